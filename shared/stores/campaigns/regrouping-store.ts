import { holds, REGROUPING_CHAIN, REGROUPINGS, type Regrouping } from '../../domain/campaigns/regrouping';
import type { Actor } from '../../domain/person';
import { type Appended, type Entry, isolated, type LedgerStore } from '../cases/ledger-store';

/** What people decided about who belongs together, one chain each. */
export class RegroupingStore {
  constructor(private readonly ledger: Pick<LedgerStore, 'head' | 'append' | 'allListed'>) {}

  head(id: string): Promise<Entry<Regrouping> | undefined> {
    return this.ledger.head(REGROUPING_CHAIN, id);
  }

  append(
    head: Entry<Regrouping> | undefined,
    state: Regrouping,
    by: { actor: Actor; what: 'merged' | 'split' | 'added' | 'removed' | 'agreed' | 'withdrawn'; because: string; key: string },
  ): Promise<Appended<Regrouping>> {
    const { actor, what, because, key } = by;
    return this.ledger.append(REGROUPING_CHAIN, state.id, head, { actor, what, because: [because], key, state });
  }

  /** Those that hold now. */
  async holding(): Promise<Regrouping[]> {
    const found: Regrouping[] = [];
    for await (const { state } of this.all()) if (holds(state)) found.push(state);
    return found;
  }

  /** An entry that cannot be read is left out: it moves nobody. */
  async *all(): AsyncIterable<Entry<Regrouping>> {
    for await (const id of this.ledger.allListed(REGROUPINGS)) {
      const head = await isolated(
        () => this.ledger.head(REGROUPING_CHAIN, id),
        () => undefined,
      );
      if (head) yield head;
    }
  }
}
