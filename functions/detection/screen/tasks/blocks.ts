import type { PairList } from '../columns/pair-list';

/** By ordinal: one more than the row of each account that stands in a pair, ascending; 0 of all others. */
export function rowsOf({ starts, seconds }: PairList): Uint32Array {
  const rowOf = new Uint32Array(starts.length - 1);
  for (let first = 0; first < rowOf.length; first++) if (starts[first]! < starts[first + 1]!) rowOf[first] = 1;
  for (const second of seconds) rowOf[second] = 1;
  let rows = 0;
  for (let ordinal = 0; ordinal < rowOf.length; ordinal++) if (rowOf[ordinal] === 1) rowOf[ordinal] = ++rows;
  return rowOf;
}

/** Where each block of so many rows begins, by ordinal; one longer than there are blocks, of which there is one at least. */
export function beginsOf(rowOf: Uint32Array, rowsAtOnce: number): Uint32Array {
  const begins = [0];
  rowOf.forEach((row, ordinal) => {
    if (row > rowsAtOnce * begins.length) begins.push(ordinal);
  });
  return Uint32Array.from([...begins, rowOf.length]);
}

/** Which two blocks have a pair, as `one * blocks + two`, ascending. Rows ascend with ordinals, and pairs with their first. */
export function blocksThatMeet({ starts, seconds }: PairList, rowOf: Uint32Array, begins: Uint32Array, rowsAtOnce: number): number[] {
  const blocks = begins.length - 1;
  const meeting: number[] = [];
  for (let one = 0; one < blocks; one++) {
    const met = new Uint8Array(blocks);
    for (let p = starts[begins[one]!]!; p < starts[begins[one + 1]!]!; p++) met[Math.floor((rowOf[seconds[p]!]! - 1) / rowsAtOnce)] = 1;
    for (let two = one; two < blocks; two++) if (met[two] === 1) meeting.push(one * blocks + two);
  }
  return meeting;
}

/** The accounts of a segment (by place) that stand in a pair, and their rows, by block; blocks that have none are left out. */
export function rowsOfBlock(
  ordinals: Uint32Array,
  rowOf: Uint32Array,
  rowsAtOnce: number,
): { block: number; places: Uint32Array; rows: Uint32Array }[] {
  const blockOf = (row: number): number => Math.floor((row - 1) / rowsAtOnce);
  const counts = new Map<number, number>();
  for (const ordinal of ordinals) {
    const row = rowOf[ordinal]!;
    if (row > 0) counts.set(blockOf(row), (counts.get(blockOf(row)) ?? 0) + 1);
  }
  const cuts = new Map(
    [...counts].map(([block, count]) => [block, { places: new Uint32Array(count), rows: new Uint32Array(count), filled: 0 }]),
  );
  for (let at = 0; at < ordinals.length; at++) {
    const row = rowOf[ordinals[at]!]!;
    const cut = row > 0 ? cuts.get(blockOf(row)) : undefined;
    if (!cut) continue;
    cut.places[cut.filled] = at;
    cut.rows[cut.filled++] = row - 1;
  }
  return [...cuts].map(([block, { places, rows }]) => ({ block, places, rows }));
}
