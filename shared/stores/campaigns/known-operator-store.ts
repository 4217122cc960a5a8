import { isWatched, type KnownOperator, OPERATOR_CHAIN, OPERATORS } from '../../domain/campaigns/known-operator';
import type { Actor } from '../../domain/person';
import type { OperatorId } from '../../identity/ids';
import { type Appended, type Entry, isolated, type LedgerStore } from '../cases/ledger-store';

/** Operators known from elsewhere, one chain each. */
export class KnownOperatorStore {
  constructor(private readonly ledger: Pick<LedgerStore, 'head' | 'append' | 'allListed'>) {}

  head(id: OperatorId): Promise<Entry<KnownOperator> | undefined> {
    return this.ledger.head(OPERATOR_CHAIN, id);
  }

  append(
    head: Entry<KnownOperator> | undefined,
    operator: KnownOperator,
    by: { actor: Actor; what: 'imported' | 'revoked'; key: string },
  ): Promise<Appended<KnownOperator>> {
    return this.ledger.append(OPERATOR_CHAIN, operator.id, head, { ...by, because: [operator.because], state: operator });
  }

  /** Those that are looked for at `now`, by id. */
  async watched(now: number): Promise<KnownOperator[]> {
    const found: KnownOperator[] = [];
    for await (const { state } of this.all()) if (isWatched(state, now)) found.push(state);
    return found;
  }

  async *all(): AsyncIterable<Entry<KnownOperator>> {
    for await (const id of this.ledger.allListed(OPERATORS)) {
      const head = await isolated(
        () => this.ledger.head(OPERATOR_CHAIN, id),
        () => undefined,
      );
      if (head) yield head;
    }
  }
}
