import { TraitIds } from '../../traits/trait-ids';
import type { Census } from '../holders/census';

/** What stands in the objects of a run (board.ts), by name of the object. `s`: segment, `p`: partition, `b`: block of rows. */
export const RECORDS = { hashes: Float64Array, who: Uint32Array, types: Uint8Array } as const;
export const WORDS = { words: Uint32Array } as const;
export const DOUBLES = { doubles: Float64Array } as const;
export const TRAITS = { types: Uint8Array, hashes: Float64Array } as const;
/** `tally/s`: a tally with its sign-ups by day, and how often each trait of a sample is held. `numbers`: size, aged, unknown, traits. */
export const TALLY = {
  numbers: Float64Array,
  arrivals: Float64Array,
  days: Float64Array,
  signupsPerDay: Uint32Array,
  types: Uint8Array,
  hashes: Float64Array,
  counts: Uint32Array,
} as const;
/** `census`. `numbers`: size, size of the reference, whether by age. */
export const CENSUS = { numbers: Float64Array, arrivals: Float64Array, days: Float64Array, signupsPerDay: Uint32Array } as const;
/** `counts/s`, `others/s`: of those traits that the reference holds, by id, how many of it do. */
export const COUNTS = { ids: Uint32Array, counts: Uint32Array } as const;
export const RHYTHMS = { hashes: Float64Array, counts: Uint32Array } as const;
export const SHARED = { types: Uint8Array, inReference: Uint32Array } as const;
/** `met/p`: shared traits of a partition, and pairs of the reference that hold the same, by type. */
export const MET = { ...SHARED, together: Float64Array } as const;
export const ASKED = { firsts: Uint32Array, seconds: Uint32Array } as const;
export const PAIR_LIST = { starts: Uint32Array, seconds: Uint32Array } as const;
/** `likely/task`: likely pairs (meeting.ts). */
export const LIKELY = {
  pairs: Float64Array,
  starts: Uint32Array,
  types: Uint8Array,
  values: Float64Array,
  timing: Float64Array,
  ends: Uint32Array,
} as const;
export const GROUPS = { groupOf: Uint32Array, sizes: Uint32Array } as const;

export const keysOf = (map: ReadonlyMap<number, number>): Float64Array => Float64Array.from(map.keys());
export const valuesOf = (map: ReadonlyMap<number, number>): Uint32Array => Uint32Array.from(map.values());
export function mapOf(keys: Float64Array, values: Uint32Array): Map<number, number> {
  const map = new Map<number, number>();
  keys.forEach((key, at) => {
    map.set(key, values[at]!);
  });
  return map;
}

export function traitIdsOf({ types, hashes }: { types: Uint8Array; hashes: Float64Array }): TraitIds {
  const ids = new TraitIds();
  hashes.forEach((hash, at) => {
    ids.of(types[at]!, hash);
  });
  return ids;
}
export const traitsOf = ({ types, hashes, size }: TraitIds) => ({ types: types.slice(0, size), hashes: hashes.slice(0, size) });

/** Counts by id without those that are 0. */
export function sparse(counts: Uint32Array): { ids: Uint32Array; counts: Uint32Array } {
  let size = 0;
  for (const count of counts) if (count > 0) size++;
  const made = { ids: new Uint32Array(size), counts: new Uint32Array(size) };
  let at = 0;
  counts.forEach((count, id) => {
    if (count === 0) return;
    made.ids[at] = id;
    made.counts[at++] = count;
  });
  return made;
}
export function addSparse(sum: Uint32Array, { ids, counts }: { ids: Uint32Array; counts: Uint32Array }): void {
  ids.forEach((id, at) => {
    sum[id]! += counts[at]!;
  });
}

export const censusArrays = ({ size, referenceSize, byAge, arrivals, signupsPerDay }: Census) => ({
  numbers: Float64Array.of(size, referenceSize, byAge ? 1 : 0),
  arrivals,
  days: keysOf(signupsPerDay),
  signupsPerDay: valuesOf(signupsPerDay),
});
