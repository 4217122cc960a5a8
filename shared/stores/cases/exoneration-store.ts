import { ACCOUNT_CHAIN } from '../../domain/cases/action';
import {
  EXONERATION_CHAIN,
  EXONERATIONS,
  type Exoneration,
  type Exonerations,
  type Scope,
  scopeLabel,
  scopeOf,
} from '../../domain/cases/exoneration';
import type { What } from '../../domain/cases/ledger-events';
import type { Actor } from '../../domain/person';
import { DAY } from '../../domain/time';
import { type AccountKey, accountKey } from '../../identity/ids';
import type { Table } from '../../ports';
import { type Appended, type Entry, isolated, type LedgerStore } from './ledger-store';

const EXONERATED = 'EXONERATED';

/** Standing words of people, one chain a scope. */
export class ExonerationStore {
  constructor(
    private readonly table: Table,
    private readonly ledger: LedgerStore,
  ) {}

  head(scope: Scope): Promise<Entry<Exoneration> | undefined> {
    return this.ledger.head(EXONERATION_CHAIN, scopeLabel(scope));
  }

  append(
    head: Entry<Exoneration> | undefined,
    exoneration: Exoneration,
    by: { actor: Actor; what: What; key?: string },
  ): Promise<Appended<Exoneration>> {
    const draft = { ...by, because: [exoneration.because], state: exoneration };
    return this.ledger.append(EXONERATION_CHAIN, scopeLabel(exoneration.scope), head, draft);
  }

  /** All that hold at `now`, by label of scope. Granted appeals and undone campaigns are on the accounts' own chains, not in here. */
  async holding(now: number): Promise<Exonerations> {
    const found = new Map<string, Exoneration>();
    for await (const label of this.ledger.allListed(EXONERATIONS)) {
      const state = await isolated(
        async () => (await this.head(scopeOf(label)))?.state,
        () => unreadable(scopeOf(label), now),
      );
      if (state && !state.revoked && state.until > now) found.set(label, state);
    }
    return found;
  }

  /** Before the entry that exonerates an account on its own chain: a granted appeal, an undone campaign, a reviewer's word. */
  async exonerating(account: AccountKey): Promise<void> {
    await this.table.put({ pk: EXONERATED, sk: account });
  }

  /** Accounts that are exonerated at `now` by an entry of their own chain, in key order. */
  async *accounts(now: number): AsyncIterable<{ account: AccountKey; until: number; because: readonly string[] }> {
    for await (const subject of this.ledger.allListed(EXONERATED)) {
      const head = await isolated(
        () => this.ledger.head(ACCOUNT_CHAIN, subject),
        () => undefined,
      );
      const until = head?.state.exoneratedUntil ?? 0;
      if (head && until > now) yield { account: accountKey(subject), until, because: head.because };
    }
  }

  async *all(): AsyncIterable<Entry<Exoneration>> {
    for await (const label of this.ledger.allListed(EXONERATIONS)) {
      const head = await isolated(
        () => this.ledger.head(EXONERATION_CHAIN, label),
        () => undefined,
      );
      if (head) yield head;
    }
  }
}

/** Somebody said something, and it cannot be read any more: until it is repaired, people decide about whom it is about. */
const unreadable = (scope: Scope, now: number): Exoneration => ({
  scope,
  effect: 'protected',
  until: now + DAY,
  because: 'what was said about it cannot be read',
  by: 'nobody',
  revoked: false,
});
