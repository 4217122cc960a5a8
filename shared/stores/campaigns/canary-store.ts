import { CANARIES, CANARY_CHAIN, type CanarySet } from '../../domain/campaigns/canary';
import type { Actor } from '../../domain/person';
import type { Hash64 } from '../../identity/ids';
import type { Table } from '../../ports';
import { type Appended, type Entry, isolated, type LedgerStore } from '../cases/ledger-store';

const ISSUED = 'ISSUED';
const pointerOf = (token: Hash64): { pk: string; sk: string } => ({ pk: `CANARY#${token}`, sk: ISSUED });

/** Sets of canary tokens, one chain each, and a pointer for each token, written before the set that it points to. */
export class CanaryStore {
  constructor(
    private readonly table: Pick<Table, 'get' | 'put'>,
    private readonly ledger: Pick<LedgerStore, 'head' | 'append' | 'allListed'>,
  ) {}

  head(id: string): Promise<Entry<CanarySet> | undefined> {
    return this.ledger.head(CANARY_CHAIN, id);
  }

  async append(
    head: Entry<CanarySet> | undefined,
    state: CanarySet,
    by: { actor: Actor; what: 'tokens issued' | 'echoed' | 'withdrawn'; because: string; key?: string },
  ): Promise<Appended<CanarySet>> {
    if (!head) for (const token of state.tokens) await this.table.put({ ...pointerOf(token), set: state.id });
    const { because, ...rest } = by;
    return this.ledger.append(CANARY_CHAIN, state.id, head, { ...rest, because: [because], state });
  }

  /** The set that a token was issued in; undefined: never issued. */
  async setOf(token: Hash64): Promise<Entry<CanarySet> | undefined> {
    const { pk, sk } = pointerOf(token);
    const pointer = await this.table.get(pk, sk);
    const head = pointer && (await this.head(String(pointer.set)));
    return head?.state.tokens.includes(token) ? head : undefined;
  }

  /** A set that cannot be read is left out: it links nobody. */
  async *all(): AsyncIterable<Entry<CanarySet>> {
    for await (const id of this.ledger.allListed(CANARIES)) {
      const head = await isolated(
        () => this.ledger.head(CANARY_CHAIN, id),
        () => undefined,
      );
      if (head) yield head;
    }
  }
}
