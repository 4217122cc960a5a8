import { z } from 'zod';
import { checked } from '../../domain/checked';
import type { OperatorId } from '../../identity/ids';
import type { Table } from '../../ports';

const Sighted = z.object({ indicators: z.array(z.string()) });
const SIGHTED = 'SIGHTED';

/**
 * Which indicators of imported operators any account here was ever seen with, by `type/hash`: one row an operator in the graph
 * table. Detection writes, people read: an import of which nothing is ever seen was made under another identifier key.
 */
export class SightingStore {
  constructor(private readonly graph: Table) {}

  async seen(operator: OperatorId): Promise<ReadonlySet<string>> {
    const row = await this.graph.get(SIGHTED, operator);
    return new Set(row ? Sighted.parse(row).indicators : []);
  }

  /** Adds; what was seen once stays. Writes only what is new. */
  async note(operator: OperatorId, indicators: readonly string[]): Promise<void> {
    const before = await this.seen(operator);
    const all = new Set([...before, ...indicators]);
    if (all.size > before.size)
      await this.graph.put({
        pk: SIGHTED,
        sk: operator,
        ...checked(Sighted, { indicators: [...all].sort() }, `sightings of operator ${operator}`),
      });
  }
}
