import { EXONERATION_CHAIN, EXONERATIONS, type Exoneration, type Exonerations, type Scope, scopeLabel } from '../model/exoneration';
import type { Actor } from '../model/person';
import type { Appended, Entry, LedgerStore } from './ledger-store';

/** Standing words of people, one chain a scope. */
export class ExonerationStore {
  constructor(private readonly ledger: LedgerStore) {}

  head(scope: Scope): Promise<Entry<Exoneration> | undefined> {
    return this.ledger.head(EXONERATION_CHAIN, scopeLabel(scope));
  }

  append(
    head: Entry<Exoneration> | undefined,
    exoneration: Exoneration,
    by: { actor: Actor; what: string; key?: string },
  ): Promise<Appended<Exoneration>> {
    const draft = { ...by, because: [exoneration.because], state: exoneration };
    return this.ledger.append(EXONERATION_CHAIN, scopeLabel(exoneration.scope), head, draft);
  }

  /** All that hold at `now`, by label of scope. Granted appeals and undone campaigns are on the accounts' own chains, not in here. */
  async holding(now: number): Promise<Exonerations> {
    const found = new Map<string, Exoneration>();
    for await (const entry of this.all()) {
      if (!entry.state.revoked && entry.state.until > now) found.set(scopeLabel(entry.state.scope), entry.state);
    }
    return found;
  }

  async *all(): AsyncIterable<Entry<Exoneration>> {
    for await (const label of this.ledger.allListed(EXONERATIONS)) {
      const head = await this.ledger.head(EXONERATION_CHAIN, label);
      if (head) yield head;
    }
  }
}
