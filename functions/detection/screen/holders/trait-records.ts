import { FAMILY_COUNTS_FROM } from '../../links/links';
import { baseRate, matchWeight } from '../../traits/match-weight';
import { scattered } from '../../traits/trait-ids';
import { TRAIT_NAMES, TRAIT_TYPES, typesOf } from '../../traits/traits';
import { ascending, Words } from '../columns/growing';
import { type ScreenColumns, sizeOf } from '../columns/screen-columns';
import { type Census, NOT_REFERENCE, rhythmAt, vouchesFor } from './census';

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
  standings: Uint8Array,
  { now }: Pick<Census, 'now'>,
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
    const standing = standings[at]!;
    if (standing !== NOT_REFERENCE) {
      for (let i = starts[at]!; i < starts[at + 1]!; i++)
        if (types[i] === RHYTHM && vouchesFor(columns, at, i - starts[at]!, standing, now))
          rhythms.set(rhythm, (rhythms.get(rhythm) ?? 0) + 1);
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
    const standing = standings[at]!;
    const who = 2 * ordinals[at]!;
    for (let i = starts[at]!; i < starts[at + 1]!; i++) {
      if (PROPOSES[types[i]!]) put(types[i]!, hashes[i]!, who + (vouchesFor(columns, at, i - starts[at]!, standing, now) ? 1 : 0));
    }
  }
  for (const { hash, ordinal } of groups) put(RHYTHM_GROUP, hash, 2 * ordinal);
  return { parts, rhythms };
}

export const partitionOf = (type: number, hash: number, partitions: number): number =>
  partitions === 1 ? 0 : Math.floor(((scattered(type, hash) >>> 0) * partitions) / 4_294_967_296);

/** One pair as a number: the lower ordinal before the higher. */
const PAIR = 2 ** 26;
export const pairOf = (a: number, b: number): number => a * PAIR + b;
export const firstOf = (pair: number): number => Math.floor(pair / PAIR);
export const secondOf = (pair: number): number => pair % PAIR;
export const MAXIMUM_ACCOUNTS = PAIR;

/**
 * What one partition of the hash says. A trait is shared if two accounts or more hold it and it bears on a pair; shared traits are
 * numbered from 1 within the partition, in an order that means nothing.
 */
export type Holders = {
  /** Of each shared trait, from number 1 on. */
  shared: { types: Uint8Array; inReference: Uint32Array };
  /** Of each record, as they came: the number of the shared trait it is about, or 0. */
  numbers: Uint32Array;
  /** Each list of holders that asks about pairs: the trait's number, how many hold it, then their ordinals, ascending. */
  lists: Uint32Array;
  /** Pairs that are asked about, each as often as it is proposed. */
  firsts: Uint32Array;
  seconds: Uint32Array;
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
  const { groupOf, first, count, vouching } = grouped(records);
  const groups = first.length;
  const { hashes, who, types } = records;
  const shared = { types: new Uint8Array(groups), inReference: new Uint32Array(groups) };
  const numberOf = new Uint32Array(groups);
  /** Where the holders of each group that asks about pairs stand, one more; 0 for all others. */
  const placeOf = new Uint32Array(groups);
  const together = new Float64Array(TRAIT_NAMES.length);
  let sharing = 0;
  let asking = 0;
  for (let group = 0; group < groups; group++) {
    if (count[group]! < 2) continue;
    const type = types[first[group]!]!;
    const inReference = vouching[group]!;
    const isRhythm = type === RHYTHM_GROUP;
    if (!isRhythm && inReference > 1 && baseRate(type, inReference, referenceSize) <= hubShare)
      together[type]! += (inReference * (inReference - 1)) / 2;
    const weight = isRhythm
      ? matchWeight(RHYTHM, rhythms.get(Math.floor(hashes[first[group]!]! / BUCKETS)) ?? 0, referenceSize, hubShare)
      : matchWeight(type, inReference, referenceSize, hubShare);
    // Of addresses and clients it tells, too, that none is in common: those that weigh nothing count.
    if (weight <= 0 && !COUNTED.has(type)) continue;
    if (!isRhythm) {
      shared.types[sharing] = type;
      shared.inReference[sharing++] = inReference;
      numberOf[group] = sharing;
    }
    if (weight < FAMILY_COUNTS_FROM) continue;
    placeOf[group] = asking + 1;
    asking += count[group]!;
  }
  const numbers = new Uint32Array(who.length);
  const holders = new Uint32Array(asking);
  const filled = new Uint32Array(groups);
  for (let i = 0; i < who.length; i++) {
    const group = groupOf[i]!;
    numbers[i] = numberOf[group]!;
    if (placeOf[group]! > 0) holders[placeOf[group]! - 1 + filled[group]!++] = who[i]! >>> 1;
  }
  const lists = new Words();
  const firsts = new Words();
  const seconds = new Words();
  for (let group = 0; group < groups; group++) {
    if (placeOf[group] === 0) continue;
    const from = placeOf[group]! - 1;
    const to = from + count[group]!;
    ascending(holders, from, to);
    if (numberOf[group]! > 0) {
      lists.push(numberOf[group]!);
      lists.push(to - from);
    }
    for (let i = from; i < to; i++) {
      if (numberOf[group]! > 0) lists.push(holders[i]!);
      for (let next = i + 1; next <= i + NEIGHBOURS && next < to; next++) {
        firsts.push(holders[i]!);
        seconds.push(holders[next]!);
      }
    }
  }
  return {
    shared: { types: shared.types.slice(0, sharing), inReference: shared.inReference.slice(0, sharing) },
    numbers,
    lists: lists.filled().slice(),
    firsts: firsts.filled().slice(),
    seconds: seconds.filled().slice(),
    together,
  };
}

/** Records by what they are about: `groupOf` each, and of each group its first record, how many there are, and how many of them vouch. */
function grouped({ hashes, types, who }: TraitRecords): {
  groupOf: Uint32Array;
  first: Uint32Array;
  count: Uint32Array;
  vouching: Uint32Array;
} {
  const size = hashes.length;
  let slots = 16;
  while (slots < 2 * size) slots *= 2;
  const mask = slots - 1;
  const table = new Uint32Array(slots);
  const groupOf = new Uint32Array(size);
  const first = new Uint32Array(size);
  const count = new Uint32Array(size);
  const vouching = new Uint32Array(size);
  let groups = 0;
  for (let i = 0; i < size; i++) {
    const hash = hashes[i]!;
    const type = types[i]!;
    let slot = scattered(type, hash) & mask;
    let group = table[slot]!;
    while (group > 0) {
      const known = first[group - 1]!;
      if (hashes[known] === hash && types[known] === type) break;
      slot = (slot + 1) & mask;
      group = table[slot]!;
    }
    if (group === 0) {
      first[groups] = i;
      group = ++groups;
      table[slot] = group;
    }
    groupOf[i] = group - 1;
    count[group - 1]!++;
    vouching[group - 1]! += who[i]! & 1;
  }
  return { groupOf, first: first.subarray(0, groups), count: count.subarray(0, groups), vouching: vouching.subarray(0, groups) };
}
