import type { ObjectStore } from '../../../../shared/ports';
import { readArrays, writeArrays } from '../columns/array-file';
import type { PairList } from '../columns/pair-list';
import type { Segments } from '../holders/census';
import type { ScreenCut } from '../screen';
import { HELD_ROWS, type HeldRows, heldRows } from './held-rows';
import { type LikelyPairs, Meeting, type Placed, placed } from './meeting';
import type { PairBounds, Shared } from './pair-bounds';
import { joinedRows, PAIRED_ROWS, type PairedRows, pairedRows } from './paired-rows';

const WORDS = { words: Uint32Array } as const;

type Given = {
  segments: Segments;
  /** By segment, of each account. */
  ordinals: readonly Uint32Array[];
  /** Shared traits of the partitions before each. */
  before: Uint32Array;
  shared: Shared;
  bounds: PairBounds;
  cut: ScreenCut;
  spill: Pick<ObjectStore, 'put' | 'get' | 'delete'>;
  prefix: string;
};

/** Compares the accounts of each pair, a block of rows with another at a time. Leaves what each segment holds under `held`. */
export async function compared(pairs: PairList, given: Given): Promise<LikelyPairs[]> {
  const { ordinals, bounds, shared, spill, prefix } = given;
  const size = pairs.starts.length - 1;
  const rowOf = rowsOf(pairs);
  const rowsAtOnce = given.cut.rowsAtOnce;
  const rows = rowOf.reduce((most, row) => Math.max(most, row), 0);
  const blocks = Math.max(1, Math.ceil(rows / rowsAtOnce));
  const blockOf = (ordinal: number): number => Math.floor((rowOf[ordinal]! - 1) / rowsAtOnce);
  for (let s = 0; s < ordinals.length; s++) await cutRows(s, blocks, rowOf, given);

  const meeting = new Meeting(bounds, shared);
  const load = async (block: number): Promise<Placed> => {
    const parts: PairedRows[] = [];
    for (let s = 0; s < ordinals.length; s++) {
      const bytes = await spill.get(`${prefix}/rows/${block}/${s}`);
      if (bytes) parts.push(readArrays(bytes, PAIRED_ROWS));
    }
    return placed(joinedRows(parts), block * rowsAtOnce, (ordinal) => rowOf[ordinal]! - 1);
  };
  // Rows ascend with ordinals, and pairs with their first: so do blocks of the first.
  const likely: LikelyPairs[] = [];
  for (let one = 0, from = 0; one < blocks; one++) {
    let to = from;
    while (to < size && (rowOf[to] === 0 || blockOf(to) === one)) to++;
    const begun = from;
    from = to;
    const met = new Uint8Array(blocks);
    for (let p = pairs.starts[begun]!; p < pairs.starts[to]!; p++) met[blockOf(pairs.seconds[p]!)] = 1;
    if (!met.includes(1)) continue;
    const left = await load(one);
    for (let two = one; two < blocks; two++) {
      if (met[two] === 0) continue;
      const right = two === one ? left : await load(two);
      likely.push(meeting.likely(pairs, begun, to, left, right, blocks === 1 ? () => true : (ordinal) => blockOf(ordinal) === two));
    }
  }
  for (let b = 0; b < blocks; b++) for (let s = 0; s < ordinals.length; s++) await spill.delete(`${prefix}/rows/${b}/${s}`);
  return likely;
}

/** By ordinal: one more than the row of each account that stands in a pair, ascending; 0 of all others. */
function rowsOf({ starts, seconds }: PairList): Uint32Array {
  const rowOf = new Uint32Array(starts.length - 1);
  for (let first = 0; first < rowOf.length; first++) if (starts[first]! < starts[first + 1]!) rowOf[first] = 1;
  for (const second of seconds) rowOf[second] = 1;
  let rows = 0;
  for (let ordinal = 0; ordinal < rowOf.length; ordinal++) if (rowOf[ordinal] === 1) rowOf[ordinal] = ++rows;
  return rowOf;
}

/** One segment: puts together what its accounts hold, and gives each block the rows of those that stand in a pair. */
async function cutRows(s: number, blocks: number, rowOf: Uint32Array, given: Given): Promise<void> {
  const { segments, before, bounds, cut, spill, prefix } = given;
  const ordinals = given.ordinals[s]!;
  const columns = await segments.columns(s);
  const held = heldRows(columns, await answersOf(s, cut.partitions, spill, prefix), before);
  await spill.put(`${prefix}/held/${s}`, writeArrays(held satisfies HeldRows, Object.keys(HELD_ROWS) as (keyof HeldRows)[]));
  const counts = new Uint32Array(blocks);
  for (const ordinal of ordinals) if (rowOf[ordinal]! > 0) counts[Math.floor((rowOf[ordinal]! - 1) / cut.rowsAtOnce)]!++;
  const cuts = Array.from(counts, (count) => ({ places: new Uint32Array(count), rows: new Uint32Array(count), filled: 0 }));
  for (let at = 0; at < ordinals.length; at++) {
    const row = rowOf[ordinals[at]!]!;
    if (row === 0) continue;
    const block = cuts[Math.floor((row - 1) / cut.rowsAtOnce)]!;
    block.places[block.filled] = at;
    block.rows[block.filled++] = row - 1;
  }
  for (const [b, { places, rows, filled }] of cuts.entries()) {
    if (filled === 0) continue;
    const made = pairedRows(columns, held, places, rows, (type, hash) => bounds.weight(type, hash) > 0);
    await spill.put(`${prefix}/rows/${b}/${s}`, writeArrays(made, Object.keys(PAIRED_ROWS) as (keyof PairedRows)[]));
  }
}

/** What every partition answered a segment; nothing where it had no record of it. */
async function answersOf(s: number, partitions: number, spill: Given['spill'], prefix: string): Promise<Uint32Array[]> {
  const answers: Uint32Array[] = [];
  for (let p = 0; p < partitions; p++) {
    const key = `${prefix}/numbers/${p}/${s}`;
    const bytes = await spill.get(key);
    answers.push(bytes ? readArrays(bytes, WORDS).words : new Uint32Array(0));
    if (bytes) await spill.delete(key);
  }
  return answers;
}
