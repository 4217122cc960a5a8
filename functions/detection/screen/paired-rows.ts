import { isAtOrigin, type ScreenColumns } from './screen-columns';

/** What is compared of the accounts that stand in a pair: a block of them, by `row`. */
export type PairedRows = {
  rows: Uint32Array;
  addresses: Uint8Array;
  clients: Uint8Array;
  atOrigin: Uint8Array;
  starts: Uint32Array;
  types: Uint8Array;
  hashes: Float64Array;
  minuteStarts: Uint32Array;
  minutes: Uint32Array;
};

const ARRAYS = {
  rows: Uint32Array,
  addresses: Uint8Array,
  clients: Uint8Array,
  atOrigin: Uint8Array,
  starts: Uint32Array,
  types: Uint8Array,
  hashes: Float64Array,
  minuteStarts: Uint32Array,
  minutes: Uint32Array,
} as const;
export type PairedRowsName = keyof typeof ARRAYS;
export const PAIRED_ROWS = ARRAYS;

/** Those accounts of a segment (`places`, and the `row` of each) that stand in a pair, with those of their traits that bear on one. */
export function pairedRows(
  columns: ScreenColumns,
  places: readonly number[],
  rows: readonly number[],
  bears: (type: number, hash: number) => boolean,
): PairedRows {
  let most = 0;
  let minutes = 0;
  for (const at of places) {
    most += columns.starts[at + 1]! - columns.starts[at]!;
    minutes += columns.minuteStarts[at + 1]! - columns.minuteStarts[at]!;
  }
  const made = emptyRows(places.length, most, minutes);
  made.rows.set(rows);
  let trait = 0;
  let minute = 0;
  places.forEach((at, place) => {
    made.addresses[place] = columns.addresses[at]!;
    made.clients[place] = columns.clients[at]!;
    made.atOrigin[place] = isAtOrigin(columns, at) ? 1 : 0;
    made.starts[place] = trait;
    made.minuteStarts[place] = minute;
    for (let i = columns.starts[at]!; i < columns.starts[at + 1]!; i++) {
      if (!bears(columns.types[i]!, columns.hashes[i]!)) continue;
      made.types[trait] = columns.types[i]!;
      made.hashes[trait++] = columns.hashes[i]!;
    }
    const active = columns.minutes.subarray(columns.minuteStarts[at]!, columns.minuteStarts[at + 1]!);
    made.minutes.set(active, minute);
    minute += active.length;
  });
  made.starts[places.length] = trait;
  made.minuteStarts[places.length] = minute;
  return { ...made, types: made.types.slice(0, trait), hashes: made.hashes.slice(0, trait) };
}

/** The parts that the segments gave of one block, as one. */
export function joinedRows(parts: readonly PairedRows[]): PairedRows {
  const sum = (name: PairedRowsName): number => parts.reduce((total, part) => total + part[name].length, 0);
  const made = emptyRows(sum('rows'), sum('types'), sum('minutes'));
  let row = 0;
  let trait = 0;
  let minute = 0;
  for (const part of parts) {
    made.rows.set(part.rows, row);
    made.addresses.set(part.addresses, row);
    made.clients.set(part.clients, row);
    made.atOrigin.set(part.atOrigin, row);
    made.types.set(part.types, trait);
    made.hashes.set(part.hashes, trait);
    made.minutes.set(part.minutes, minute);
    for (let i = 0; i <= part.rows.length; i++) {
      made.starts[row + i] = trait + part.starts[i]!;
      made.minuteStarts[row + i] = minute + part.minuteStarts[i]!;
    }
    row += part.rows.length;
    trait += part.types.length;
    minute += part.minutes.length;
  }
  return made;
}

const emptyRows = (rows: number, traits: number, minutes: number): PairedRows => ({
  rows: new Uint32Array(rows),
  addresses: new Uint8Array(rows),
  clients: new Uint8Array(rows),
  atOrigin: new Uint8Array(rows),
  starts: new Uint32Array(rows + 1),
  types: new Uint8Array(traits),
  hashes: new Float64Array(traits),
  minuteStarts: new Uint32Array(rows + 1),
  minutes: new Uint32Array(minutes),
});
