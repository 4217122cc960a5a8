import { SPEAKS } from '../links/links';
import { baseRate, matchWeight } from '../traits/match-weight';
import { scattered } from '../traits/trait-ids';
import { TRAIT_NAMES, TRAIT_TYPES, typesOf } from '../traits/traits';
import { type Census, isReference, rhythmAt, vouchesFor, vouching } from './census';
import { Bytes, Doubles, distinct, Words } from './growing';
import { type ScreenColumns, sizeOf } from './screen-columns';

/** How many neighbours in a list of holders an account is paired with: star-like, never all pairs. */
export const NEIGHBOURS = 3;

export const PROPOSES: readonly boolean[] = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].links);
const SIGNUP_TIME = TRAIT_NAMES.indexOf('signup-time');
const RHYTHM = TRAIT_NAMES.indexOf('rhythm');
const COUNTED = typesOf('network-address', 'client-build');
/** Stands for "keeps the same rare rhythm and signed up together": asks about pairs and says nothing by itself. */
const RHYTHM_GROUP = TRAIT_NAMES.length;
const BUCKETS = 2 ** 20;

/** Who holds a trait that may propose a pair: `who` is twice the ordinal, one more if it vouches for it. */
export type TraitRecords = { hashes: Float64Array; who: Uint32Array; types: Uint8Array };

/** The records of one segment by partition of the hash, and how many accounts of the reference keep each rhythm. */
export function recordsOf(
  columns: ScreenColumns,
  ordinals: Uint32Array,
  census: Census,
  partitions: number,
): { parts: TraitRecords[]; rhythms: Map<number, number> } {
  const { starts, types, hashes } = columns;
  const size = sizeOf(columns);
  const rhythms = new Map<number, number>();
  const groups: { hash: number; ordinal: number }[] = [];
  const counts = new Uint32Array(partitions);
  for (let i = 0; i < types.length; i++) if (PROPOSES[types[i]!]) counts[partitionOf(types[i]!, hashes[i]!, partitions)]!++;
  for (let at = 0; at < size; at++) {
    const rhythm = rhythmAt(columns, at);
    if (rhythm === undefined) continue;
    if (isReference(columns, at, census)) {
      const how = vouching(columns, at, census);
      for (let i = starts[at]!; i < starts[at + 1]!; i++)
        if (types[i] === RHYTHM && vouchesFor(columns, at, i - starts[at]!, how)) rhythms.set(rhythm, (rhythms.get(rhythm) ?? 0) + 1);
      continue;
    }
    for (let i = starts[at]!; i < starts[at + 1]!; i++) {
      if (types[i] !== SIGNUP_TIME) continue;
      const hash = rhythm * BUCKETS + hashes[i]!;
      groups.push({ hash, ordinal: ordinals[at]! });
      counts[partitionOf(RHYTHM_GROUP, hash, partitions)]!++;
    }
  }
  const parts = Array.from(counts, (count) => ({
    hashes: new Float64Array(count),
    who: new Uint32Array(count),
    types: new Uint8Array(count),
  }));
  const filled = new Uint32Array(partitions);
  const put = (type: number, hash: number, who: number): void => {
    const partition = partitionOf(type, hash, partitions);
    const part = parts[partition]!;
    const place = filled[partition]!++;
    part.hashes[place] = hash;
    part.who[place] = who;
    part.types[place] = type;
  };
  for (let at = 0; at < size; at++) {
    const how = vouching(columns, at, census);
    const who = 2 * ordinals[at]!;
    for (let i = starts[at]!; i < starts[at + 1]!; i++) {
      if (PROPOSES[types[i]!]) put(types[i]!, hashes[i]!, who + (vouchesFor(columns, at, i - starts[at]!, how) ? 1 : 0));
    }
  }
  for (const { hash, ordinal } of groups) put(RHYTHM_GROUP, hash, 2 * ordinal);
  return { parts, rhythms };
}

const partitionOf = (type: number, hash: number, partitions: number): number =>
  partitions === 1 ? 0 : Math.floor(((scattered(type, hash) >>> 0) * partitions) / 4_294_967_296);

/** One pair as a number: the lower ordinal before the higher. */
const PAIR = 2 ** 26;
export const pairOf = (a: number, b: number): number => a * PAIR + b;
export const firstOf = (pair: number): number => Math.floor(pair / PAIR);
export const secondOf = (pair: number): number => pair % PAIR;
export const MAXIMUM_ACCOUNTS = PAIR;

/** What one partition of the hash says. `shared`: traits of two holders or more that bear on a pair, with how many vouch for them. */
export type Holders = {
  shared: { types: Uint8Array; hashes: Float64Array; vouchers: Uint32Array };
  /** Each list of holders that asks about pairs: its type, how many vouch for it, its length, then ordinals, ascending. */
  lists: Uint32Array;
  pairs: Float64Array;
  /** By type: pairs of the reference that hold the same trait, hubs left out. */
  together: Float64Array;
};

/** Pure over the records of one partition, whatever segments they came from and in whatever order. */
export function holdersOf(
  records: TraitRecords,
  { referenceSize }: Pick<Census, 'referenceSize'>,
  rhythms: ReadonlyMap<number, number>,
  hubShare: number,
): Holders {
  const { heads, next } = chained(records);
  const { hashes, who, types } = records;
  const shared = { types: new Bytes(), hashes: new Doubles(), vouchers: new Words() };
  const lists = new Words();
  const pairs = new Doubles();
  const together = new Float64Array(TRAIT_NAMES.length);
  for (let slot = 0; slot < heads.length; slot++) {
    const head = heads[slot]!;
    if (head < 0 || next[head]! < 0) continue;
    let vouchers = 0;
    let holders = 0;
    for (let at = head; at >= 0; at = next[at]!) {
      holders++;
      vouchers += who[at]! & 1;
    }
    const type = types[head]!;
    const isGroup = type === RHYTHM_GROUP;
    if (!isGroup && vouchers > 1 && baseRate(type, vouchers, referenceSize) <= hubShare) together[type]! += (vouchers * (vouchers - 1)) / 2;
    const weight = isGroup
      ? matchWeight(RHYTHM, rhythms.get(Math.floor(hashes[head]! / BUCKETS)) ?? 0, referenceSize, hubShare)
      : matchWeight(type, vouchers, referenceSize, hubShare);
    // Of addresses and clients it tells, too, that none is in common: those that weigh nothing count.
    if (weight <= 0 && !COUNTED.has(type)) continue;
    if (!isGroup) {
      shared.types.push(type);
      shared.hashes.push(hashes[head]!);
      shared.vouchers.push(vouchers);
    }
    if (weight < SPEAKS) continue;
    const list = new Uint32Array(holders);
    let filled = 0;
    for (let at = head; at >= 0; at = next[at]!) list[filled++] = who[at]! >>> 1;
    if (holders > 2) list.sort();
    else if (list[0]! > list[1]!) list.reverse();
    if (!isGroup) for (const value of [type, vouchers, holders]) lists.push(value);
    for (let i = 0; i < holders; i++) {
      if (!isGroup) lists.push(list[i]!);
      for (let step = 1; step <= NEIGHBOURS && i + step < holders; step++) pairs.push(pairOf(list[i]!, list[i + step]!));
    }
  }
  return {
    shared: { types: shared.types.filled().slice(), hashes: shared.hashes.filled().slice(), vouchers: shared.vouchers.filled().slice() },
    lists: lists.filled().slice(),
    pairs: distinct(pairs.filled()).slice(),
    together,
  };
}

/** Records of one trait after one another: `heads` has one of each, or -1; `next` the next of the same trait, or -1. */
function chained({ hashes, types }: TraitRecords): { heads: Int32Array; next: Int32Array } {
  let slots = 16;
  while (slots < 2 * hashes.length) slots *= 2;
  const heads = new Int32Array(slots).fill(-1);
  const next = new Int32Array(hashes.length);
  const mask = slots - 1;
  for (let i = 0; i < hashes.length; i++) {
    const hash = hashes[i]!;
    const type = types[i]!;
    let slot = scattered(type, hash) & mask;
    for (;;) {
      const head = heads[slot]!;
      if (head < 0 || (hashes[head] === hash && types[head] === type)) break;
      slot = (slot + 1) & mask;
    }
    next[i] = heads[slot]!;
    heads[slot] = i;
  }
  return { heads, next };
}
