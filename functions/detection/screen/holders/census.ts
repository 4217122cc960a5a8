import { DAY, HOUR } from '../../../../shared/domain/time';
import type { AccountKey } from '../../../../shared/identity/ids';
import { TRAIT_NAMES } from '../../traits/traits';
import { FINEST, isUsed, NEVER, placesOf, type ScreenColumns, sizeOf } from '../columns/screen-columns';

/** The columns of the account segments, one at a time: none of them need be in memory but the one that is asked for. */
export type Segments = { count: number; columns(segment: number): Promise<ScreenColumns> };

export type CensusPolicy = { referenceAgeDays: number; smallestReference: number };

const RHYTHM = TRAIT_NAMES.indexOf('rhythm');
export const SETTLED_HOURS = 72;

/** What must be known of everybody before anybody can be compared: counts that add up over segments. */
export type Tally = {
  size: number;
  /** Accounts that are in use and old enough to be reference; and those that are in no campaign. */
  aged: number;
  unknown: number;
  /** Of each account, ascending: hour of arrival and finest segment (`hour * 64 + fine`). */
  arrivals: Float64Array;
  /** By day since the epoch. */
  signupsPerDay: Map<number, number>;
};

export type Census = {
  size: number;
  referenceSize: number;
  /** Whether age and use make an account reference; else, in a young population, everybody in no campaign is. */
  byAge: boolean;
  /** ms */
  now: number;
  agedBefore: number;
  known: ReadonlySet<AccountKey>;
  /** Of everybody, ascending, as in a tally: how many came before decides who stands where. */
  arrivals: Float64Array;
  signupsPerDay: ReadonlyMap<number, number>;
};

export function tally(columns: ScreenColumns, known: ReadonlySet<AccountKey>, now: number, { referenceAgeDays }: CensusPolicy): Tally {
  const size = sizeOf(columns);
  const made: Tally = { size, aged: 0, unknown: 0, arrivals: new Float64Array(size), signupsPerDay: new Map() };
  const before = now - referenceAgeDays * DAY;
  const isKnown = knownIn(columns, known);
  for (let at = 0; at < size; at++) {
    made.arrivals[at] = arrivalOf(columns, at);
    raise(made.signupsPerDay, Math.floor(columns.bornAt[at]! / DAY), 1);
    if (isKnown?.[at] === 1) continue;
    made.unknown++;
    if (isUsed(columns, at) && columns.bornAt[at]! <= before) made.aged++;
  }
  made.arrivals.sort();
  return made;
}

/** Adds up what the segments counted: the same in any order, for any number of them. */
export function censusOf(tallies: readonly Tally[], known: ReadonlySet<AccountKey>, now: number, policy: CensusPolicy): Census {
  const all = { size: 0, aged: 0, unknown: 0, signupsPerDay: new Map<number, number>() };
  const arrivals = new Float64Array(tallies.reduce((sum, { size }) => sum + size, 0));
  for (const one of tallies) {
    arrivals.set(one.arrivals, all.size);
    all.size += one.size;
    all.aged += one.aged;
    all.unknown += one.unknown;
    for (const [day, count] of one.signupsPerDay) raise(all.signupsPerDay, day, count);
  }
  arrivals.sort();
  const byAge = all.aged >= policy.smallestReference;
  return {
    size: all.size,
    referenceSize: byAge ? all.aged : all.unknown,
    byAge,
    now,
    agedBefore: now - policy.referenceAgeDays * DAY,
    known,
    arrivals,
    signupsPerDay: all.signupsPerDay,
  };
}

/** Accounts of one segment, at most: the place of one in it and its arrival are one number. */
const PLACES = 2 ** 21;

/**
 * The place of each account of a segment among all accounts: one order whatever the number of segments, by hour of arrival, then by
 * the finest segment there may be, then by key.
 */
export function ordinalsOf(columns: ScreenColumns, { arrivals }: Pick<Census, 'arrivals'>): Uint32Array {
  const size = sizeOf(columns);
  if (size > PLACES) throw new Error(`${size} accounts: a segment holds ${PLACES} at most`);
  const order = new Float64Array(size);
  for (let at = 0; at < size; at++) order[at] = arrivalOf(columns, at) * PLACES + at;
  order.sort();
  const ordinals = new Uint32Array(size);
  let arrival = Number.NaN;
  let next = 0;
  for (const both of order) {
    const is = Math.floor(both / PLACES);
    if (is !== arrival) next = firstAtLeast(arrivals, is, next);
    arrival = is;
    ordinals[both - is * PLACES] = next++;
  }
  return ordinals;
}

/** Where the first of some ascending numbers stands that is `least` or more; none before `from` is. */
function firstAtLeast(numbers: Float64Array, least: number, from: number): number {
  let low = from;
  let step = 1;
  while (low + step < numbers.length && numbers[low + step]! < least) {
    low += step;
    step *= 2;
  }
  let high = Math.min(numbers.length, low + step);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By place: 1 for accounts that are known; undefined if nobody is. */
function knownIn(columns: ScreenColumns, known: ReadonlySet<AccountKey>): Uint8Array | undefined {
  if (known.size === 0) return undefined;
  const marks = new Uint8Array(sizeOf(columns));
  for (const at of placesOf(columns, known)) marks[at] = 1;
  return marks;
}

/** Of an account: vouches for nothing, for all it holds, or for what it has held long enough. */
export const NOT_REFERENCE = 0;
const FOR_ALL = 1;
const FOR_SETTLED = 2;

/**
 * Of each account of a segment, whether it is of the reference (what it uses is what people use), and which of its traits it vouches
 * for: one that has just taken up a new client vouches only for what it has used for three days, or came with.
 */
export function standingsIn(columns: ScreenColumns, { byAge, agedBefore, known, now }: Census): Uint8Array {
  const standings = new Uint8Array(sizeOf(columns));
  const isKnown = knownIn(columns, known);
  const settled = settledAt(now);
  for (let at = 0; at < standings.length; at++) {
    if (isKnown?.[at] === 1 || (byAge && !(isUsed(columns, at) && columns.bornAt[at]! <= agedBefore))) continue;
    standings[at] = columns.onset[at]! <= settled - 24 ? FOR_ALL : FOR_SETTLED;
  }
  return standings;
}

const settledAt = (now: number): number => Math.floor(now / HOUR) - SETTLED_HOURS;

/** Whether an account of this standing vouches for the `nth` of its traits. */
export function vouchesFor(columns: ScreenColumns, at: number, nth: number, standing: number, now: number): boolean {
  if (standing !== FOR_SETTLED) return standing === FOR_ALL;
  const since = columns.since[columns.sinceStarts[at]! + nth]!;
  return since <= settledAt(now) || columns.came[at] === NEVER || since <= columns.came[at]! + SETTLED_HOURS / 3;
}

/** The rhythm of an account, if one can be read. */
export function rhythmAt({ starts, types, hashes }: ScreenColumns, at: number): number | undefined {
  for (let i = starts[at + 1]! - 1; i >= starts[at]! && types[i]! >= RHYTHM; i--) if (types[i] === RHYTHM) return hashes[i];
  return undefined;
}

const arrivalOf = ({ fine, firstSeen }: ScreenColumns, at: number): number => firstSeen[at]! * FINEST + fine[at]!;

function raise(counts: Map<number, number>, name: number, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
