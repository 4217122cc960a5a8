import { DAY, HOUR } from '../../../shared/domain/time';
import type { AccountKey } from '../../../shared/identity/ids';
import { TRAIT_NAMES } from '../traits/traits';
import { accountAt, FINEST, isUsed, NEVER, type ScreenColumns, sizeOf } from './screen-columns';

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
  /** By hour of arrival and finest segment (`hour * 64 + fine`). */
  arrivals: Map<number, number>;
  /** By day since the epoch. */
  births: Map<number, number>;
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
  /** Ordinal of the first account of each (hour of arrival, finest segment). */
  bases: ReadonlyMap<number, number>;
  births: ReadonlyMap<number, number>;
};

export function tally(columns: ScreenColumns, known: ReadonlySet<AccountKey>, now: number, { referenceAgeDays }: CensusPolicy): Tally {
  const size = sizeOf(columns);
  const made: Tally = { size, aged: 0, unknown: 0, arrivals: new Map(), births: new Map() };
  const before = now - referenceAgeDays * DAY;
  for (let at = 0; at < size; at++) {
    raise(made.arrivals, arrivalOf(columns, at), 1);
    raise(made.births, Math.floor(columns.bornAt[at]! / DAY), 1);
    if (known.size > 0 && known.has(accountAt(columns, at))) continue;
    made.unknown++;
    if (isUsed(columns, at) && columns.bornAt[at]! <= before) made.aged++;
  }
  return made;
}

/** Adds up what the segments counted: the same in any order, for any number of them. */
export function censusOf(tallies: Iterable<Tally>, known: ReadonlySet<AccountKey>, now: number, policy: CensusPolicy): Census {
  const all: Tally = { size: 0, aged: 0, unknown: 0, arrivals: new Map(), births: new Map() };
  for (const one of tallies) {
    all.size += one.size;
    all.aged += one.aged;
    all.unknown += one.unknown;
    for (const [name, count] of one.arrivals) raise(all.arrivals, name, count);
    for (const [day, count] of one.births) raise(all.births, day, count);
  }
  const bases = new Map<number, number>();
  let before = 0;
  for (const name of Float64Array.from(all.arrivals.keys()).sort()) {
    bases.set(name, before);
    before += all.arrivals.get(name)!;
  }
  const byAge = all.aged >= policy.smallestReference;
  return {
    size: all.size,
    referenceSize: byAge ? all.aged : all.unknown,
    byAge,
    now,
    agedBefore: now - policy.referenceAgeDays * DAY,
    known,
    bases,
    births: all.births,
  };
}

/**
 * The place of each account of a segment among all accounts: one order whatever the number of segments, by hour of arrival, then by
 * the finest segment there may be, then by key.
 */
export function ordinalsOf(columns: ScreenColumns, { bases }: Census): Uint32Array {
  const taken = new Map<number, number>();
  const ordinals = new Uint32Array(sizeOf(columns));
  for (let at = 0; at < ordinals.length; at++) {
    const name = arrivalOf(columns, at);
    const next = taken.get(name) ?? bases.get(name)!;
    taken.set(name, next + 1);
    ordinals[at] = next;
  }
  return ordinals;
}

/** Whether an account is of the reference: what it uses is what people use. */
export const isReference = (columns: ScreenColumns, at: number, { byAge, agedBefore, known }: Census): boolean =>
  (!byAge || (isUsed(columns, at) && columns.bornAt[at]! <= agedBefore)) && (known.size === 0 || !known.has(accountAt(columns, at)));

/**
 * Which traits of an account it vouches for: all or none of them, or the hours up to which it does. One that has just taken up a
 * new client vouches only for what it has used for three days, or came with.
 */
export function vouching(columns: ScreenColumns, at: number, census: Census): boolean | { settled: number; came: number } {
  if (!isReference(columns, at, census)) return false;
  const settled = Math.floor(census.now / HOUR) - SETTLED_HOURS;
  if (columns.onset[at]! <= settled - 24) return true;
  return { settled, came: columns.came[at] === NEVER ? Number.POSITIVE_INFINITY : columns.came[at]! + SETTLED_HOURS / 3 };
}

/** Whether an account vouches for the `nth` of its traits. */
export const vouchesFor = (columns: ScreenColumns, at: number, nth: number, how: ReturnType<typeof vouching>): boolean => {
  if (typeof how === 'boolean') return how;
  const since = columns.since[columns.sinceStarts[at]! + nth]!;
  return since <= how.settled || since <= how.came;
};

/** The rhythm of an account, if one can be read. */
export function rhythmAt({ starts, types, hashes }: ScreenColumns, at: number): number | undefined {
  for (let i = starts[at + 1]! - 1; i >= starts[at]! && types[i]! >= RHYTHM; i--) if (types[i] === RHYTHM) return hashes[i];
  return undefined;
}

const arrivalOf = ({ fine, firstSeen }: ScreenColumns, at: number): number => firstSeen[at]! * FINEST + fine[at]!;

function raise(counts: Map<number, number>, name: number, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
