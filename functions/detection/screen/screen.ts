import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import type { ObjectStore } from '../../../shared/ports';
import { TraitIds } from '../traits/trait-ids';
import { readArrays, writeArrays } from './columns/array-file';
import { Bytes, Doubles, Words } from './columns/growing';
import { pairList } from './columns/pair-list';
import { groupsOf, supportedPairs } from './components';
import { type Census, censusOf, ordinalsOf, type Segments, standingsIn, type Tally, tally } from './holders/census';
import { Popular } from './holders/popular';
import { countTraits, TraitCounts } from './holders/trait-counts';
import { holdersOf, MAXIMUM_ACCOUNTS, PROPOSES, pairOf, recordsOf, type TraitRecords } from './holders/trait-records';
import { compared } from './pairs/compared';
import { Fitting } from './pairs/fitting';
import { HELD_ROWS } from './pairs/held-rows';
import { type LikelyPairs, linksOf, type ScreenLinks } from './pairs/meeting';
import { PairBounds, type Shared } from './pairs/pair-bounds';

export type ScreenPolicy = {
  referenceAgeDays: number;
  smallestReference: number;
  hubShare: number;
  linkThreshold: number;
  minimumNetwork: number;
  memberThreshold: number;
};

export const screenPolicyOf = (policy: DetectionPolicy): ScreenPolicy => ({
  referenceAgeDays: policy.referenceAgeDays.value,
  smallestReference: policy.smallestReference.value,
  hubShare: policy.hubShare.value,
  linkThreshold: policy.linkThreshold.value,
  minimumNetwork: policy.minimumNetwork.value,
  memberThreshold: policy.memberThreshold.value,
});

/** How the work is cut. None of it changes the answer. */
export type ScreenCut = {
  /** Partitions of what accounts hold: of each, all holders stand together in memory. */
  partitions: number;
  /** Accounts of pairs that stand in memory together, twice. */
  rowsAtOnce: number;
};

export type Screened = {
  census: Census;
  /** Traits of all accounts, as often as they are held. */
  traits: number;
  /** Pairs that were asked about: they share something rare. */
  pairs: number;
  /** Links that may join, ascending. */
  links: ScreenLinks;
  /** By ordinal: 1 + the number of the group it is joined in, 0 in none. */
  groupOf: Uint32Array;
  groups: number;
  /** Who must be looked at with a group without being joined in it (fitting.ts), ascending: pairs of an ordinal and 1 + a group's number. */
  guests: Float64Array;
  /** By type: pairs of the reference that hold the same trait, hubs left out. */
  together: Float64Array;
};

const RECORDS = { hashes: Float64Array, who: Uint32Array, types: Uint8Array } as const;
const WORDS = { words: Uint32Array } as const;
type Spill = Pick<ObjectStore, 'put' | 'get' | 'delete'>;

/**
 * Everybody, in columns: who may be joined to whom. It keeps all that the judgement with profiles could link (pair-bounds.ts), and
 * leaves out nearly everybody else. Every step is a task over one segment, one partition or one block of rows that reads and writes
 * objects (`spill`, under `prefix`), so it runs in a loop here and under a map of functions elsewhere; only counts, pairs and links,
 * which are few, come together.
 */
export async function screen(
  segments: Segments,
  known: ReadonlySet<AccountKey>,
  now: number,
  policy: ScreenPolicy,
  cut: ScreenCut,
  spill: Spill,
  prefix = 'screen',
): Promise<Screened> {
  const tallies: Tally[] = [];
  const popular = new Popular();
  let traits = 0;
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    tallies.push(tally(columns, known, now, policy));
    popular.sample(columns);
    traits += columns.types.length;
  }
  const census = censusOf(tallies, known, now, policy);
  if (census.size > MAXIMUM_ACCOUNTS) throw new Error(`${census.size} accounts: one screen holds ${MAXIMUM_ACCOUNTS} at most`);

  // What is known to be popular is counted first, so that it makes no pair likely; what likely pairs have in common is counted then.
  const often = new TraitCounts(popular.ids());
  const { rhythms, ordinals } = await emit(segments, census, often, cut, spill, prefix);
  const { shared, before, together, asked } = await meetHolders(segments.count, census, rhythms, policy, cut, spill, prefix);
  const pairs = pairList(census.size, asked.splice(0));

  const first = { ids: often.ids, counts: often.inReference };
  const bounds = new PairBounds(census, rhythms, shared, policy, [first]);
  const likely = await compared(pairs, { segments, ordinals, before, shared, bounds, cut, spill, prefix });
  const others = await countTraits(uncounted(likely, often.ids), segments, census);
  const exact = new PairBounds(census, rhythms, shared, policy, [first, { ids: others.ids, counts: others.inReference }]);
  const links = inOrder(likely.map((part) => linksOf(part, exact)));
  const { groupOf, sizes } = groupsOf(census.size, supportedPairs(census.size, links.pairs), policy.minimumNetwork);

  const guests = new Doubles();
  const fitting = new Fitting(groupOf, sizes, census.referenceSize, policy, shared);
  for (let p = 0; p < cut.partitions; p++) fitting.take(readArrays(await taken(spill, `${prefix}/lists/${p}`), WORDS).words, before[p]!);
  for (let s = 0; s < segments.count; s++) {
    const { starts, numbers } = readArrays(await taken(spill, `${prefix}/held/${s}`), HELD_ROWS);
    ordinals[s]!.forEach((ordinal, at) => {
      for (const group of fitting.groupsOf(groupOf[ordinal]!, numbers, starts[at]!, starts[at + 1]!)) guests.push(pairOf(ordinal, group));
    });
  }
  return {
    census,
    traits,
    pairs: pairs.seconds.length,
    links,
    groupOf,
    groups: sizes.length,
    guests: guests.filled().slice().sort(),
    together,
  };
}

/** Each segment gives its records to the partitions, counts what is popular, and says in which order its accounts stand. */
async function emit(
  segments: Segments,
  census: Census,
  often: TraitCounts,
  { partitions }: ScreenCut,
  spill: Spill,
  prefix: string,
): Promise<{ rhythms: Map<number, number>; ordinals: Uint32Array[] }> {
  const rhythms = new Map<number, number>();
  const ordinals: Uint32Array[] = [];
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const standings = standingsIn(columns, census);
    ordinals.push(ordinalsOf(columns, census));
    often.add(columns, standings, census.now);
    const made = recordsOf(columns, ordinals[s]!, standings, census, partitions);
    for (const [rhythm, count] of made.rhythms) rhythms.set(rhythm, (rhythms.get(rhythm) ?? 0) + count);
    for (let p = 0; p < partitions; p++)
      if (made.parts[p]!.who.length > 0) await spill.put(`${prefix}/records/${p}/${s}`, writeArrays(made.parts[p]!));
  }
  return { rhythms, ordinals };
}

/** Each partition reads its records, and answers every segment which shared trait each is about. */
async function meetHolders(
  segments: number,
  census: Census,
  rhythms: ReadonlyMap<number, number>,
  { hubShare }: ScreenPolicy,
  { partitions }: ScreenCut,
  spill: Spill,
  prefix: string,
): Promise<{ shared: Shared; before: Uint32Array; together: Float64Array; asked: { firsts: Uint32Array; seconds: Uint32Array }[] }> {
  const types = new Bytes();
  const inReference = new Words();
  types.push(0);
  inReference.push(0);
  const before = new Uint32Array(partitions);
  const together = new Float64Array(PROPOSES.length);
  const asked: { firsts: Uint32Array; seconds: Uint32Array }[] = [];
  for (let p = 0; p < partitions; p++) {
    before[p] = types.length - 1;
    const parts: { segment: number; records: TraitRecords }[] = [];
    for (let s = 0; s < segments; s++) {
      const key = `${prefix}/records/${p}/${s}`;
      const bytes = await spill.get(key);
      if (!bytes) continue;
      parts.push({ segment: s, records: readArrays(bytes, RECORDS) });
      await spill.delete(key);
    }
    const found = holdersOf(joinedRecords(parts.map(({ records }) => records)), census, rhythms, hubShare);
    found.together.forEach((pairs, type) => {
      together[type]! += pairs;
    });
    for (const type of found.shared.types) types.push(type);
    for (const count of found.shared.inReference) inReference.push(count);
    asked.push({ firsts: found.firsts, seconds: found.seconds });
    await spill.put(`${prefix}/lists/${p}`, writeArrays({ words: found.lists }));
    let from = 0;
    for (const { segment, records } of parts) {
      const to = from + records.who.length;
      await spill.put(`${prefix}/numbers/${p}/${segment}`, writeArrays({ words: found.numbers.subarray(from, to) }));
      from = to;
    }
  }
  return { shared: { types: types.filled().slice(), inReference: inReference.filled().slice() }, before, together, asked };
}

/** What this run spilled before, once. */
async function taken(spill: Spill, key: string): Promise<Uint8Array> {
  const bytes = await spill.get(key);
  if (!bytes) throw new Error(`${key} is missing: this run's own spill was removed`);
  await spill.delete(key);
  return bytes;
}

/** What likely pairs have in common, of the traits that may propose no pair and were not counted yet. */
function uncounted(likely: readonly LikelyPairs[], counted: TraitIds): TraitIds {
  const ids = new TraitIds();
  for (const { types, values } of likely)
    for (let i = 0; i < types.length; i++)
      if (!PROPOSES[types[i]!] && counted.find(types[i]!, values[i]!) === undefined) ids.of(types[i]!, values[i]!);
  return ids;
}

function joinedRecords(parts: readonly TraitRecords[]): TraitRecords {
  const length = parts.reduce((sum, { who }) => sum + who.length, 0);
  const joined = { hashes: new Float64Array(length), who: new Uint32Array(length), types: new Uint8Array(length) };
  let at = 0;
  for (const part of parts) {
    joined.hashes.set(part.hashes, at);
    joined.who.set(part.who, at);
    joined.types.set(part.types, at);
    at += part.who.length;
  }
  return joined;
}

/** Links of parts, each ascending, as one. */
function inOrder(parts: readonly ScreenLinks[]): ScreenLinks {
  if (parts.length === 1) return parts[0]!;
  const size = parts.reduce((sum, { pairs }) => sum + pairs.length, 0);
  const merged = { pairs: new Float64Array(size), weights: new Float64Array(size) };
  const next = parts.map(() => 0);
  for (let at = 0; at < size; at++) {
    let least = -1;
    for (let part = 0; part < parts.length; part++) {
      const pair = parts[part]!.pairs[next[part]!];
      if (pair !== undefined && (least < 0 || pair < parts[least]!.pairs[next[least]!]!)) least = part;
    }
    merged.pairs[at] = parts[least]!.pairs[next[least]!]!;
    merged.weights[at] = parts[least]!.weights[next[least]!++]!;
  }
  return merged;
}
