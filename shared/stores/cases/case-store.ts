import { CASE_CHAIN, type CaseState, isClosed } from '../../domain/cases/case';
import { type AccountKey, accountKey, type CampaignId, type CaseId, caseId } from '../../identity/ids';
import type { Item, Table } from '../../ports';
import { type Appended, type Draft, type Entry, isolated, type LedgerStore } from './ledger-store';

const OPEN = 'OPEN';
const EXPECTED = 'EXPECTED';
const ordinal = (n: number): string => String(n).padStart(4, '0');

/** `asked`: whether an answer is known. `sequence`: of an entry that the account's chain has; 0 if none was noted. */
export type Touched = { asked: boolean; sequence: number };

const touchedBy = (id: CaseId): string => `TOUCHED#${id}`;
const touchedIn = ({ asked, sequence }: Item): Touched => ({
  asked: asked === true,
  sequence: typeof sequence === 'number' ? sequence : 0,
});

/** What `LedgerStore.heads` is asked with. */
export const sequencesOf = (touched: ReadonlyMap<AccountKey, Touched>): Map<AccountKey, number> =>
  new Map([...touched].map(([account, { sequence }]) => [account, sequence]));

/**
 * Cases: a chain each, and pointers beside it (which accounts it touched, who appealed). Pointers come before what they
 * point to, so that an undo finds every account that a case may have acted on.
 */
export class CaseStore {
  constructor(
    private readonly table: Table,
    private readonly ledger: LedgerStore,
  ) {}

  head(id: CaseId): Promise<Entry<CaseState> | undefined> {
    return this.ledger.head(CASE_CHAIN, id);
  }

  /** For commands that give back or close: see LedgerStore.headToRepair. */
  headToRepair(id: CaseId): Promise<Entry<CaseState> | undefined> {
    return this.ledger.headToRepair(CASE_CHAIN, id);
  }

  append(id: CaseId, head: Entry<CaseState>, draft: Draft<CaseState>): Promise<Appended<CaseState>> {
    return this.ledger.append(CASE_CHAIN, id, head, draft);
  }

  /** The newest case about a campaign. A pointer without a case is an opening that crashed: the one before counts. */
  async latestOf(campaign: CampaignId): Promise<{ id: CaseId; head: Entry<CaseState> } | undefined> {
    const { items } = await this.table.query({ pk: `CASES-OF#${campaign}`, reverse: true, limit: 2 });
    for (const { sk } of items) {
      const id = caseId(`${campaign}.${sk}`);
      const head = await this.head(id);
      if (head) return { id, head };
    }
    return undefined;
  }

  /**
   * Opens the case that follows `latest` (what the caller looked at when it decided; undefined: there was none). Whoever
   * decided on the same grounds meanwhile opened the same case, and the other is answered `overtaken`.
   */
  async open(
    campaign: CampaignId,
    latest: CaseId | undefined,
    draft: Draft<CaseState>,
  ): Promise<{ id: CaseId; opened: Appended<CaseState> }> {
    const next = latest === undefined ? 1 : Number(latest.slice(campaign.length + 1)) + 1;
    const id = caseId(`${campaign}.${ordinal(next)}`);
    await this.table.put({ pk: `CASES-OF#${campaign}`, sk: ordinal(next) });
    await this.table.put({ pk: OPEN, sk: id });
    return { id, opened: await this.ledger.append(CASE_CHAIN, id, undefined, draft) };
  }

  /**
   * Cases in which something may still happen by itself. Closed ones that a crash left on the list are taken off it. One that cannot
   * be read stands still (`unreadable` says why) and stops no other. `tidy: false`: for whoever only looks.
   */
  async openCases({
    unreadable = () => {},
    tidy = true,
  }: {
    unreadable?: (because: string) => void;
    tidy?: boolean;
  } = {}): Promise<{ id: CaseId; head: Entry<CaseState> }[]> {
    const found: { id: CaseId; head: Entry<CaseState> }[] = [];
    for (const { sk } of await this.rows(OPEN)) {
      const id = caseId(sk);
      const head = await isolated(
        () => this.head(id),
        (bad) => {
          unreadable(bad.message);
          return undefined;
        },
      );
      if (!head) continue;
      if (isClosed(head.state.progress)) {
        if (tidy) await this.table.delete(OPEN, id);
      } else found.push({ id, head });
    }
    return found;
  }

  /** All cases in order of id, one page; closed ones too. One that cannot be read is left out. */
  async page(after?: string, limit = 50): Promise<{ cases: { id: CaseId; head: Entry<CaseState> }[]; next?: string }> {
    const { subjects, next } = await this.ledger.listed('CASES', after, limit);
    const heads = await Promise.all(
      subjects.map(async (subject) => {
        const id = caseId(subject);
        const head = await isolated(
          () => this.head(id),
          () => undefined,
        );
        return { id, head };
      }),
    );
    const cases = heads.flatMap(({ id, head }) => (head ? [{ id, head }] : []));
    return { cases, ...(next === undefined ? {} : { next }) };
  }

  history(id: CaseId): Promise<Entry<CaseState>[]> {
    return this.ledger.history(CASE_CHAIN, id);
  }

  /**
   * Before an action is asked for (`asked: false`), and after it was answered. `sequence`: an entry that the account's chain has, so that
   * heads of many can be read together (`LedgerStore.heads`).
   */
  async touch(id: CaseId, account: AccountKey, { asked, sequence }: Touched): Promise<void> {
    await this.table.put({ pk: touchedBy(id), sk: account, asked, ...(sequence > 0 ? { sequence } : {}) });
  }

  /** Every account the case may have acted on, in key order. */
  async touched(id: CaseId): Promise<ReadonlyMap<AccountKey, Touched>> {
    const found = new Map<AccountKey, Touched>();
    for (const row of await this.rows(touchedBy(id))) found.set(accountKey(row.sk), touchedIn(row));
    return found;
  }

  async touchedOne(id: CaseId, account: AccountKey): Promise<Touched | undefined> {
    const row = await this.table.get(touchedBy(id), account);
    return row && touchedIn(row);
  }

  /** Accounts of the case whose action was answered: settled as far as the case is concerned. */
  async answered(id: CaseId): Promise<AccountKey[]> {
    return [...(await this.touched(id))].filter(([, { asked }]) => asked).map(([account]) => account);
  }

  /** By when the execution that moves the case will have looked at it again; null: none has to, until people say something. */
  async expectBack(id: CaseId, by: number | null): Promise<void> {
    await this.table.put({ pk: EXPECTED, sk: id, ...(by === null ? {} : { by }) });
  }

  /** Undefined: no execution was ever heard of. */
  async expectedBack(id: CaseId): Promise<{ by: number | null } | undefined> {
    const row = await this.table.get(EXPECTED, id);
    return row && { by: row.by === undefined ? null : Number(row.by) };
  }

  async appealed(id: CaseId, appeal: string): Promise<void> {
    await this.table.put({ pk: `APPEALED#${id}`, sk: appeal });
  }

  async appeals(id: CaseId): Promise<string[]> {
    return (await this.rows(`APPEALED#${id}`)).map(({ sk }) => sk);
  }

  private async rows(pk: string): Promise<Item[]> {
    const rows: Item[] = [];
    let after: string | undefined;
    do {
      const page = await this.table.query({ pk, ...(after === undefined ? {} : { after }) });
      rows.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }
}
