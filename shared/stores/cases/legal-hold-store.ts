import { HOLD_CHAIN, LEGAL_HOLDS, type LegalHold } from '../../domain/cases/legal-hold';
import type { Actor } from '../../domain/person';
import type { Appended, Entry, LedgerStore } from './ledger-store';

/** Legal holds, one chain each. A hold that cannot be read throws: nobody may take it for released. */
export class LegalHoldStore {
  constructor(private readonly ledger: Pick<LedgerStore, 'head' | 'append' | 'allListed'>) {}

  head(id: string): Promise<Entry<LegalHold> | undefined> {
    return this.ledger.head(HOLD_CHAIN, id);
  }

  append(
    head: Entry<LegalHold> | undefined,
    state: LegalHold,
    by: { actor: Actor; what: 'placed' | 'released'; because: string; key: string },
  ): Promise<Appended<LegalHold>> {
    const { actor, what, because, key } = by;
    return this.ledger.append(HOLD_CHAIN, state.id, head, { actor, what, because: [because], key, state });
  }

  async all(): Promise<LegalHold[]> {
    const found: LegalHold[] = [];
    for await (const id of this.ledger.allListed(LEGAL_HOLDS)) {
      const head = await this.ledger.head(HOLD_CHAIN, id);
      if (head) found.push(head.state);
    }
    return found.sort((one, other) => other.placedAt - one.placedAt || (one.id < other.id ? -1 : 1));
  }
}
