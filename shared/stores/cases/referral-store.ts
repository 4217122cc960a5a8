import { isOpen, REFERRAL_CHAIN, REFERRALS, type Referral } from '../../domain/cases/referral';
import type { CampaignId } from '../../identity/ids';
import type { Table } from '../../ports';
import { type Appended, type Draft, type Entry, isolated, type LedgerStore } from './ledger-store';

const OPEN = 'REFERRALS-OPEN';

/** Referrals to abuse desks: a chain each, and a list of pointers to those that wait, which come before what they point to. */
export class ReferralStore {
  constructor(
    private readonly table: Table,
    private readonly ledger: LedgerStore,
  ) {}

  head(id: string): Promise<Entry<Referral> | undefined> {
    return this.ledger.head(REFERRAL_CHAIN, id);
  }

  async append(head: Entry<Referral> | undefined, draft: Draft<Referral>): Promise<Appended<Referral>> {
    const { state } = draft;
    if (isOpen(state.progress)) await this.table.put({ pk: OPEN, sk: `${state.id}#${(head?.sequence ?? 0) + 1}` });
    return this.ledger.append(REFERRAL_CHAIN, state.id, head, draft);
  }

  /** Those that wait. A pointer goes once there is an entry of its number that says something else. `tidy: false`: for whoever only looks. */
  async *open({ tidy = true }: { tidy?: boolean } = {}): AsyncIterable<Entry<Referral>> {
    for await (const pointer of this.ledger.allListed(OPEN)) {
      const [id = '', sequence] = pointer.split('#');
      const head = await this.readable(id);
      if (!head) continue;
      if (isOpen(head.state.progress) && head.sequence === Number(sequence)) yield head;
      else if (tidy && head.sequence >= Number(sequence)) await this.table.delete(OPEN, pointer);
    }
  }

  /** Of one campaign, to every cloud, oldest first. */
  async ofCampaign(campaign: CampaignId): Promise<Entry<Referral>[]> {
    const found: Entry<Referral>[] = [];
    let after: string | undefined;
    do {
      const page = await this.table.query({ pk: REFERRALS, prefix: `${campaign}.`, ...(after === undefined ? {} : { after }) });
      for (const { sk } of page.items) {
        const head = await this.readable(sk);
        if (head) found.push(head);
      }
      after = page.next;
    } while (after !== undefined);
    return found.sort((one, other) => one.state.askedAt - other.state.askedAt || (one.state.id < other.state.id ? -1 : 1));
  }

  /** All there ever were, in order of their ids, one page. */
  async page(after?: string, limit = 50): Promise<{ referrals: Entry<Referral>[]; next?: string }> {
    const { subjects, next } = await this.ledger.listed(REFERRALS, after, limit);
    const heads = await Promise.all(subjects.map((id) => this.readable(id)));
    return { referrals: heads.filter((head) => head !== undefined), ...(next === undefined ? {} : { next }) };
  }

  private readable(id: string): Promise<Entry<Referral> | undefined> {
    return isolated(
      () => this.head(id),
      () => undefined,
    );
  }
}
