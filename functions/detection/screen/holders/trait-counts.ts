import type { TraitIds } from '../../traits/trait-ids';
import { TRAIT_NAMES } from '../../traits/traits';
import { type ScreenColumns, sizeOf } from '../columns/screen-columns';
import { type Census, type Segments, standingsIn, vouchesFor } from './census';
import { Sieve } from './sieve';

/** How many accounts hold each of some traits, and how many of the reference vouch for it. Adds up over segments. */
export class TraitCounts {
  readonly holders: Uint32Array;
  readonly inReference: Uint32Array;
  /** By type: whether any of the traits is of it. */
  private readonly hasType = new Uint8Array(TRAIT_NAMES.length);

  constructor(
    readonly ids: TraitIds,
    private readonly wanted = new Sieve(ids),
  ) {
    this.holders = new Uint32Array(ids.size);
    this.inReference = new Uint32Array(ids.size);
    for (let id = 0; id < ids.size; id++) this.hasType[ids.types[id]!] = 1;
  }

  add(columns: ScreenColumns, standings: Uint8Array, now: number): void {
    const { ids, holders, inReference, wanted, hasType } = this;
    if (ids.size === 0) return;
    const { starts, types, hashes } = columns;
    const size = sizeOf(columns);
    for (let at = 0; at < size; at++) {
      for (let i = starts[at]!; i < starts[at + 1]!; i++) {
        if (hasType[types[i]!] === 0 || !wanted.may(types[i]!, hashes[i]!)) continue;
        const id = ids.find(types[i]!, hashes[i]!);
        if (id === undefined) continue;
        holders[id]!++;
        if (vouchesFor(columns, at, i - starts[at]!, standings[at]!, now)) inReference[id]!++;
      }
    }
  }
}

export async function countTraits(ids: TraitIds, segments: Segments, census: Census): Promise<TraitCounts> {
  const counts = new TraitCounts(ids);
  if (ids.size === 0) return counts;
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    counts.add(columns, standingsIn(columns, census), census.now);
  }
  return counts;
}
