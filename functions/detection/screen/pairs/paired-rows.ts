import { TRAIT_NAMES } from '../../traits/traits';
import { isAtOrigin, type ScreenColumns } from '../columns/screen-columns';
import { PROPOSES } from '../holders/trait-records';
import type { HeldRows } from './held-rows';

/** Traits from this type on are content and timing: what they may say at most is known before they are compared. */
export const LATE = TRAIT_NAMES.indexOf('prompt-phrase');

/**
 * What is compared of the accounts that stand in a pair: a block of them, by `row`. Shared traits that may propose a pair stand as
 * their numbers; all others that bear on one by type and hash, ascending; the late ones begin at `lates`.
 */
export type PairedRows = {
  rows: Uint32Array;
  /** Addresses, those of them it came back to, clients and whether it is where it signed up, as one number (endCode). */
  ends: Uint32Array;
  heldStarts: Uint32Array;
  numbers: Uint32Array;
  starts: Uint32Array;
  lates: Uint32Array;
  types: Uint8Array;
  hashes: Float64Array;
  minuteStarts: Uint32Array;
  minutes: Uint32Array;
};

export const PAIRED_ROWS = {
  rows: Uint32Array,
  ends: Uint32Array,
  heldStarts: Uint32Array,
  numbers: Uint32Array,
  starts: Uint32Array,
  lates: Uint32Array,
  types: Uint8Array,
  hashes: Float64Array,
  minuteStarts: Uint32Array,
  minutes: Uint32Array,
} as const;
export type PairedRowsName = keyof typeof PAIRED_ROWS;

const endCode = ({ addresses, revisited, clients }: ScreenColumns, at: number, atOrigin: boolean): number =>
  (revisited[at]! << 17) | (addresses[at]! << 9) | (clients[at]! << 1) | (atOrigin ? 1 : 0);
export const endOf = (code: number) => ({
  addresses: (code >>> 9) & 255,
  revisited: code >>> 17,
  clients: (code >>> 1) & 255,
  atOrigin: (code & 1) === 1,
});

/** Those accounts of a segment (`places`, and the `rows` of each) that stand in a pair, with those of their traits that bear on one. */
export function pairedRows(
  columns: ScreenColumns,
  held: HeldRows,
  places: Uint32Array,
  rows: Uint32Array,
  bears: (type: number, hash: number) => boolean,
): PairedRows {
  let most = 0;
  let numbers = 0;
  let minutes = 0;
  for (const at of places) {
    most += columns.starts[at + 1]! - columns.starts[at]!;
    numbers += held.starts[at + 1]! - held.starts[at]!;
    minutes += columns.minuteStarts[at + 1]! - columns.minuteStarts[at]!;
  }
  const made = emptyRows(places.length, numbers, most, minutes);
  made.rows.set(rows);
  let trait = 0;
  let minute = 0;
  let number = 0;
  for (let place = 0; place < places.length; place++) {
    const at = places[place]!;
    made.ends[place] = endCode(columns, at, isAtOrigin(columns, at));
    made.heldStarts[place] = number;
    made.starts[place] = trait;
    made.minuteStarts[place] = minute;
    for (let i = held.starts[at]!; i < held.starts[at + 1]!; i++) made.numbers[number++] = held.numbers[i]!;
    let late = -1;
    for (let i = columns.starts[at]!; i < columns.starts[at + 1]!; i++) {
      const type = columns.types[i]!;
      if (type >= LATE && late < 0) late = trait;
      if (PROPOSES[type] || !bears(type, columns.hashes[i]!)) continue;
      made.types[trait] = type;
      made.hashes[trait++] = columns.hashes[i]!;
    }
    made.lates[place] = late < 0 ? trait : late;
    for (let i = columns.minuteStarts[at]!; i < columns.minuteStarts[at + 1]!; i++) made.minutes[minute++] = columns.minutes[i]!;
  }
  made.heldStarts[places.length] = number;
  made.starts[places.length] = trait;
  made.minuteStarts[places.length] = minute;
  return { ...made, types: made.types.slice(0, trait), hashes: made.hashes.slice(0, trait) };
}

/** The parts that the segments gave of one block, as one. */
export function joinedRows(parts: readonly PairedRows[]): PairedRows {
  if (parts.length === 1) return parts[0]!;
  const sum = (name: PairedRowsName): number => parts.reduce((total, part) => total + part[name].length, 0);
  const made = emptyRows(sum('rows'), sum('numbers'), sum('types'), sum('minutes'));
  let row = 0;
  let number = 0;
  let trait = 0;
  let minute = 0;
  for (const part of parts) {
    made.rows.set(part.rows, row);
    made.ends.set(part.ends, row);
    made.numbers.set(part.numbers, number);
    made.types.set(part.types, trait);
    made.hashes.set(part.hashes, trait);
    made.minutes.set(part.minutes, minute);
    for (let i = 0; i <= part.rows.length; i++) {
      made.heldStarts[row + i] = number + part.heldStarts[i]!;
      made.starts[row + i] = trait + part.starts[i]!;
      made.minuteStarts[row + i] = minute + part.minuteStarts[i]!;
    }
    for (let i = 0; i < part.rows.length; i++) made.lates[row + i] = trait + part.lates[i]!;
    row += part.rows.length;
    number += part.numbers.length;
    trait += part.types.length;
    minute += part.minutes.length;
  }
  return made;
}

const emptyRows = (rows: number, numbers: number, traits: number, minutes: number): PairedRows => ({
  rows: new Uint32Array(rows),
  ends: new Uint32Array(rows),
  heldStarts: new Uint32Array(rows + 1),
  numbers: new Uint32Array(numbers),
  starts: new Uint32Array(rows + 1),
  lates: new Uint32Array(rows),
  types: new Uint8Array(traits),
  hashes: new Float64Array(traits),
  minuteStarts: new Uint32Array(rows + 1),
  minutes: new Uint32Array(minutes),
});
