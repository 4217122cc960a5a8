import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import { TraitIds } from '../traits/trait-ids';
import type { Arrays, Constructors } from './columns/array-file';
import { Bytes, Doubles, Words } from './columns/growing';
import { pairList } from './columns/pair-list';
import { writeColumns } from './columns/screen-columns';
import { groupsOf, supportedPairs } from './components';
import { type Census, censusOf, type Segments, type Tally } from './holders/census';
import { Popular } from './holders/popular';
import { MAXIMUM_ACCOUNTS, PROPOSES } from './holders/trait-records';
import { type LikelyPairs, linksOf, type ScreenLinks } from './pairs/meeting';
import { PairBounds } from './pairs/pair-bounds';
import { beginsOf, blocksThatMeet, rowsOf } from './tasks/blocks';
import { Board, type BoardStore } from './tasks/board';
import {
  ASKED,
  addSparse,
  CENSUS,
  COUNTS,
  censusArrays,
  DOUBLES,
  GROUPS,
  keysOf,
  LIKELY,
  MET,
  mapOf,
  PAIR_LIST,
  RHYTHMS,
  SHARED,
  TALLY,
  TRAITS,
  traitsOf,
  valuesOf,
  WORDS,
} from './tasks/objects';
import { type Given, type ScreenTask, ScreenTasks } from './tasks/screen-tasks';

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

/**
 * Carries out tasks of one step in any order, and returns when each of them has ended well: functions side by side, where there are
 * some. It finds what they need under the run's prefix, the columns of the segments too.
 */
export type Elsewhere = (tasks: readonly ScreenTask[]) => Promise<void>;

/**
 * Everybody, in columns: who may be joined to whom. It keeps all that the judgement with profiles could link (pair-bounds.ts), and
 * leaves out nearly everybody else. Every step is tasks over one segment, one partition or two blocks of rows that read and write
 * objects (`store`, under `prefix`; tasks/screen-tasks.ts): here one after the other, or `elsewhere`, where columns may stand already. Between the steps only counts, pairs
 * and links, which are few, come together.
 */
export async function screen(
  segments: Segments,
  known: ReadonlySet<AccountKey>,
  now: number,
  policy: ScreenPolicy,
  cut: ScreenCut,
  store: BoardStore,
  { prefix = 'screen', elsewhere, areColumnsThere = false }: { prefix?: string; elsewhere?: Elsewhere; areColumnsThere?: boolean } = {},
): Promise<Screened> {
  const board = new Board(store, prefix);
  const { count } = segments;
  const step = stepsOf(new ScreenTasks(board, segments), board, elsewhere);
  const bySegment = (name: string): string[] => numbered(count).map((s) => `${name}/${s}`);
  const byPartition = (name: string): string[] => numbered(cut.partitions).map((p) => `${name}/${p}`);
  await board.putJson('given', { now, known: [...known], segments: count, ...cut, policy } satisfies Given);
  if (elsewhere && !areColumnsThere)
    for (let s = 0; s < count; s++) await store.put(`${prefix}/columns/${s}`, writeColumns(await segments.columns(s)));

  await step('count', numbered(count));
  const { census, traits, popular } = await counted(board, count, known, now, policy);
  await board.put('census', CENSUS, censusArrays(census));
  await board.put('popular', TRAITS, traitsOf(popular));

  // What is known to be popular is counted first, so that it makes no pair likely; what likely pairs have in common is counted then.
  await step('emit', numbered(count));
  const often = await added(board, bySegment('counts'), popular.size);
  await board.put('often', WORDS, { words: often });
  const rhythms = new Map<number, number>();
  for (let s = 0; s < count; s++) {
    const { hashes, counts } = await board.get(`keeping/${s}`, RHYTHMS);
    for (const [hash, keeping] of mapOf(hashes, counts)) rhythms.set(hash, (rhythms.get(hash) ?? 0) + keeping);
  }
  await board.put('rhythms', RHYTHMS, { hashes: keysOf(rhythms), counts: valuesOf(rhythms) });

  await step('meet', numbered(cut.partitions), (p) => numbered(count).map((s) => `records/${p}/${s}`));
  const { shared, before, together } = await met(board, cut.partitions);
  const pairs = await pairList(census.size, () => read(board, byPartition('asked'), ASKED));
  await board.remove(byPartition('asked'));
  const rowOf = rowsOf(pairs);
  const begins = beginsOf(rowOf, cut.rowsAtOnce);
  await board.put('shared', SHARED, shared);
  await board.put('before', WORDS, { words: before });
  await board.put('pairs', PAIR_LIST, pairs);
  await board.put('row-of', WORDS, { words: rowOf });
  await board.put('begins', WORDS, { words: begins });

  await step('cut', numbered(count), (s) => byPartition('numbers').map((name) => `${name}/${s}`));
  const meeting = blocksThatMeet(pairs, rowOf, begins, cut.rowsAtOnce);
  await step('compare', meeting);
  await board.remove(numbered(begins.length - 1).flatMap((block) => bySegment(`rows/${block}`)));
  // Read twice, two blocks at a time: together they are the largest of all that comes here.
  const likely = (): AsyncIterable<LikelyPairs> =>
    read(
      board,
      meeting.map((at) => `likely/${at}`),
      LIKELY,
    );
  const others = await uncounted(likely(), popular);
  await board.put('uncounted', TRAITS, traitsOf(others));
  if (others.size > 0) await step('recount', numbered(count));
  const exact = new PairBounds(census, rhythms, shared, policy, [
    { ids: popular, counts: often },
    { ids: others, counts: await added(board, others.size > 0 ? bySegment('others') : [], others.size) },
  ]);
  const parts: ScreenLinks[] = [];
  for await (const part of likely()) parts.push(linksOf(part, exact));
  const links = inOrder(parts);
  const { groupOf, sizes } = groupsOf(census.size, supportedPairs(census.size, links.pairs), policy.minimumNetwork);
  await board.put('groups', GROUPS, { groupOf, sizes: Uint32Array.from(sizes) });

  await step('visit', numbered(count), (s) => [`held/${s}`, `ordinals/${s}`]);
  const guests = new Doubles();
  for (const name of bySegment('guests')) for (const guest of (await board.get(name, DOUBLES)).doubles) guests.push(guest);
  // Who put the columns there asks more of them, by the same census.
  await board.remove([
    ...(areColumnsThere ? [] : ASKED_LATER),
    ...ONCE,
    ...byPartition('lists'),
    ...byPartition('met'),
    ...meeting.map((at) => `likely/${at}`),
  ]);
  await board.remove(
    ['tally', 'counts', 'keeping', 'others', 'guests', ...(elsewhere && !areColumnsThere ? ['columns'] : [])].flatMap(bySegment),
  );
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

/** Objects of a run that there is one of. */
const ASKED_LATER = ['given', 'census'];
const ONCE = ['popular', 'often', 'rhythms', 'shared', 'before', 'pairs', 'row-of', 'begins', 'uncounted', 'groups'];

const numbered = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** Carries out the tasks of a step; `reads` names what a task alone reads, which goes once the task has ended well. */
function stepsOf(tasks: ScreenTasks, board: Board, elsewhere: Elsewhere | undefined) {
  return async (step: ScreenTask['step'], places: readonly number[], reads: (at: number) => string[] = () => []): Promise<void> => {
    if (elsewhere) await elsewhere(places.map((at) => ({ step, at })));
    for (const at of places) {
      if (!elsewhere) await tasks.do({ step, at });
      await board.remove(reads(at));
    }
  };
}

/** Objects one after another. */
async function* read<T extends Arrays>(board: Board, names: readonly string[], of: Constructors<T>): AsyncIterable<T> {
  for (const name of names) yield board.get(name, of);
}

/** What the segments counted, together. */
async function counted(
  board: Board,
  count: number,
  known: ReadonlySet<AccountKey>,
  now: number,
  policy: ScreenPolicy,
): Promise<{ census: Census; traits: number; popular: TraitIds }> {
  const tallies: Tally[] = [];
  const popular = new Popular();
  let traits = 0;
  for (let s = 0; s < count; s++) {
    const { numbers, arrivals, days, signupsPerDay, ...sample } = await board.get(`tally/${s}`, TALLY);
    const [size, aged, unknown, held] = numbers;
    tallies.push({ size: size!, aged: aged!, unknown: unknown!, arrivals, signupsPerDay: mapOf(days, signupsPerDay) });
    popular.add(sample);
    traits += held!;
  }
  const census = censusOf(tallies, known, now, policy);
  if (census.size > MAXIMUM_ACCOUNTS) throw new Error(`${census.size} accounts: one screen holds ${MAXIMUM_ACCOUNTS} at most`);
  return { census, traits, popular: popular.ids() };
}

/** Counts of segments by the id of a trait, together. */
async function added(board: Board, names: readonly string[], size: number): Promise<Uint32Array> {
  const sum = new Uint32Array(size);
  for (const name of names) addSparse(sum, await board.get(name, COUNTS));
  return sum;
}

/** Shared traits of all partitions, numbered on from one to the next; `before`: how many stand before each. */
async function met(board: Board, partitions: number) {
  const types = new Bytes();
  const inReference = new Words();
  types.push(0);
  inReference.push(0);
  const before = new Uint32Array(partitions);
  const together = new Float64Array(PROPOSES.length);
  for (let p = 0; p < partitions; p++) {
    before[p] = types.length - 1;
    const found = await board.get(`met/${p}`, MET);
    found.together.forEach((pairs, type) => {
      together[type]! += pairs;
    });
    for (const type of found.types) types.push(type);
    for (const count of found.inReference) inReference.push(count);
  }
  return { shared: { types: types.filled().slice(), inReference: inReference.filled().slice() }, before, together };
}

/** What likely pairs have in common, of the traits that may propose no pair and were not counted yet. */
async function uncounted(likely: AsyncIterable<LikelyPairs>, counted: TraitIds): Promise<TraitIds> {
  const ids = new TraitIds();
  for await (const { types, values } of likely)
    for (let i = 0; i < types.length; i++)
      if (!PROPOSES[types[i]!] && counted.find(types[i]!, values[i]!) === undefined) ids.of(types[i]!, values[i]!);
  return ids;
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
