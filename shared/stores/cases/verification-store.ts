import { VERIFICATION_CHAIN, VERIFICATIONS, type VerificationState } from '../../domain/cases/verification';
import { type AccountKey, accountKey } from '../../identity/ids';
import type { Table } from '../../ports';
import { type Entry, isolated, type LedgerStore } from './ledger-store';

const OPEN = 'VERIFICATIONS-OPEN';

/** Verifications: a chain each, and a list of pointers to those that are waited for, which come before what they point to. */
export class VerificationStore {
  constructor(
    private readonly table: Table,
    private readonly ledger: LedgerStore,
  ) {}

  head(account: AccountKey): Promise<Entry<VerificationState> | undefined> {
    return isolated(
      () => this.ledger.head(VERIFICATION_CHAIN, account),
      () => undefined,
    );
  }

  /** Points at the entry that is about to say that it is waited for. */
  async waiting(account: AccountKey, sequence: number): Promise<void> {
    await this.table.put({ pk: OPEN, sk: `${account}#${sequence}` });
  }

  /** Those that are waited for. A pointer goes once there is an entry of its number that says something else. `tidy: false`: for whoever only looks. */
  async *open({ tidy = true }: { tidy?: boolean } = {}): AsyncIterable<{ account: AccountKey; head: Entry<VerificationState> }> {
    for await (const pointer of this.ledger.allListed(OPEN)) {
      const [subject = '', sequence] = pointer.split('#');
      const account = accountKey(subject);
      const head = await this.head(account);
      if (!head) continue;
      if (head.state.progress.kind === 'waiting' && head.sequence === Number(sequence)) yield { account, head };
      else if (tidy && head.sequence >= Number(sequence)) await this.table.delete(OPEN, pointer);
    }
  }

  /** All there ever were, in order of account, one page. */
  async page(
    after?: string,
    limit = 50,
  ): Promise<{ verifications: { account: AccountKey; head: Entry<VerificationState> }[]; next?: string }> {
    const { subjects, next } = await this.ledger.listed(VERIFICATIONS, after, limit);
    const heads = await Promise.all(subjects.map(accountKey).map(async (account) => ({ account, head: await this.head(account) })));
    return {
      verifications: heads.flatMap(({ account, head }) => (head ? [{ account, head }] : [])),
      ...(next === undefined ? {} : { next }),
    };
  }
}
