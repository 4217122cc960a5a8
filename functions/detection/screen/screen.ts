import type { DetectionPolicy } from '../../../shared/domain/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import type { ObjectStore } from '../../../shared/ports';
import { TraitIds } from '../traits/trait-ids';
import { readArrays, writeArrays } from './array-file';
import { type Census, censusOf, ordinalsOf, type Segments, type Tally, tally, vouchesFor, vouching } from './census';
import { groupsOf, supportedPairs } from './components';
import { Fitting } from './fitting';
import { Doubles, distinct, Words } from './growing';
import { type LikelyPairs, linksOf, Meeting, PairBounds, type Placed, type ScreenLinks, type Vouchers } from './pair-bounds';
import { joinedRows, PAIRED_ROWS, type PairedRows, pairedRows } from './paired-rows';
import { accountAt, type ScreenColumns, sizeOf } from './screen-columns';
import { Sieve } from './sieve';
import { firstOf, holdersOf, MAXIMUM_ACCOUNTS, PROPOSES, recordsOf, secondOf, type TraitRecords } from './trait-records';

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
  /** Pairs that were asked about: they share something rare. */
  pairs: number;
  /** Links that may join, ascending. */
  links: ScreenLinks;
  /** By ordinal: 1 + the number of the group it is joined in, 0 in none. */
  groupOf: Uint32Array;
  groups: number;
  /** By ordinal, 1: joined in a group, or in none and fitting one without a link (fitting.ts). */
  candidates: Uint8Array;
  /** By type: pairs of the reference that hold the same trait, hubs left out. */
  together: Float64Array;
};

const RECORDS = { hashes: Float64Array, who: Uint32Array, types: Uint8Array } as const;
const LISTS = { lists: Uint32Array } as const;

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
  spill: Pick<ObjectStore, 'put' | 'get' | 'delete'>,
  prefix = 'screen',
): Promise<Screened> {
  const census = await countAll(segments, known, now, policy);
  if (census.size > MAXIMUM_ACCOUNTS) throw new Error(`${census.size} accounts: one screen holds ${MAXIMUM_ACCOUNTS} at most`);

  const rhythms = new Map<number, number>();
  const popular = new Popular();
  const ordinals: Uint32Array[] = [];
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    ordinals.push(ordinalsOf(columns, census));
    popular.sample(columns);
    const made = recordsOf(columns, ordinals[s]!, census, cut.partitions);
    for (const [rhythm, count] of made.rhythms) rhythms.set(rhythm, (rhythms.get(rhythm) ?? 0) + count);
    for (let p = 0; p < cut.partitions; p++)
      if (made.parts[p]!.who.length > 0) await spill.put(`${prefix}/records/${p}/${s}`, writeArrays(made.parts[p]!));
  }

  const shared: Vouchers = { ids: new TraitIds(), counts: new Uint32Array(0) };
  const counts = new Doubles();
  const together = new Float64Array(PROPOSES.length);
  const asked = new Doubles();
  for (let p = 0; p < cut.partitions; p++) {
    const parts: TraitRecords[] = [];
    for (let s = 0; s < segments.count; s++) {
      const key = `${prefix}/records/${p}/${s}`;
      const bytes = await spill.get(key);
      if (!bytes) continue;
      parts.push(readArrays(bytes, RECORDS));
      await spill.delete(key);
    }
    const holders = holdersOf(joinedRecords(parts), census, rhythms, policy.hubShare);
    holders.together.forEach((pairs, type) => {
      together[type]! += pairs;
    });
    const { types, hashes, vouchers } = holders.shared;
    for (let i = 0; i < types.length; i++) {
      shared.ids.of(types[i]!, hashes[i]!);
      counts.push(vouchers[i]!);
    }
    for (const pair of holders.pairs) asked.push(pair);
    await spill.put(`${prefix}/lists/${p}`, writeArrays({ lists: holders.lists }));
  }
  shared.counts = Uint32Array.from(counts.filled());
  const pairs = distinct(asked.filled()).slice();

  // What is known to be popular is counted first, so that it makes no pair likely; what likely pairs have in common is counted then.
  const bounds = new PairBounds(census, rhythms, shared, policy, await vouchersOf(popular.ids(), segments, census));
  const likely = await compare(pairs, segments, ordinals, census.size, bounds, cut, spill, prefix);
  const others = await vouchersOf(commonOf(likely), segments, census);
  const exact = new PairBounds(census, rhythms, shared, policy, others);
  const links = inOrder(likely.map((part) => linksOf(part, exact)));
  const { groupOf, sizes } = groupsOf(census.size, supportedPairs(links.pairs), policy.minimumNetwork);
  const fitting = new Fitting(groupOf, sizes, census.referenceSize, policy);
  for (let p = 0; p < cut.partitions; p++) {
    const bytes = await spill.get(`${prefix}/lists/${p}`);
    if (!bytes) throw new Error(`${prefix}/lists/${p} is missing: this run's own spill was removed`);
    fitting.take(readArrays(bytes, LISTS).lists);
    await spill.delete(`${prefix}/lists/${p}`);
  }
  const candidates = Uint8Array.from(groupOf, (group) => (group > 0 ? 1 : 0));
  for (const ordinal of fitting.accounts()) candidates[ordinal] = 1;
  return { census, pairs: pairs.length, links, groupOf, groups: sizes.length, candidates, together };
}

/** Compares the accounts of each pair, a block of rows with another at a time. */
async function compare(
  pairs: Float64Array,
  segments: Segments,
  ordinals: readonly Uint32Array[],
  size: number,
  bounds: PairBounds,
  { rowsAtOnce }: ScreenCut,
  spill: Pick<ObjectStore, 'put' | 'get' | 'delete'>,
  prefix: string,
): Promise<LikelyPairs[]> {
  const rowOf = new Uint32Array(size);
  for (const pair of pairs) {
    rowOf[firstOf(pair)] = 1;
    rowOf[secondOf(pair)] = 1;
  }
  let rows = 0;
  for (let ordinal = 0; ordinal < size; ordinal++) if (rowOf[ordinal] === 1) rowOf[ordinal] = ++rows;
  const blocks = Math.max(1, Math.ceil(rows / rowsAtOnce));
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const places = Array.from({ length: blocks }, () => ({ at: [] as number[], rows: [] as number[] }));
    ordinals[s]!.forEach((ordinal, at) => {
      const row = rowOf[ordinal]!;
      if (row === 0) return;
      const block = places[Math.floor((row - 1) / rowsAtOnce)]!;
      block.at.push(at);
      block.rows.push(row - 1);
    });
    for (const [b, { at, rows: inBlock }] of places.entries()) {
      if (at.length > 0)
        await spill.put(
          `${prefix}/rows/${b}/${s}`,
          writeArrays(pairedRows(columns, at, inBlock, (type, hash) => bounds.bears(type, hash))),
        );
    }
  }
  const meeting = new Meeting(bounds);
  const load = async (block: number): Promise<Placed> => {
    const parts: PairedRows[] = [];
    for (let s = 0; s < segments.count; s++) {
      const bytes = await spill.get(`${prefix}/rows/${block}/${s}`);
      if (bytes) parts.push(readArrays(bytes, PAIRED_ROWS));
    }
    return meeting.place(joinedRows(parts), block * rowsAtOnce, (ordinal) => rowOf[ordinal]! - 1);
  };
  // Pairs come ascending by their first: so do blocks of the first.
  const likely: LikelyPairs[] = [];
  let from = 0;
  for (let one = 0; one < blocks; one++) {
    let to = from;
    while (to < pairs.length && Math.floor((rowOf[firstOf(pairs[to]!)]! - 1) / rowsAtOnce) === one) to++;
    const ofBlock = pairs.subarray(from, to);
    from = to;
    if (ofBlock.length === 0) continue;
    const left = await load(one);
    for (let two = one; two < blocks; two++) {
      const between = blocks === 1 ? ofBlock : ofBlock.filter((pair) => Math.floor((rowOf[secondOf(pair)]! - 1) / rowsAtOnce) === two);
      if (between.length > 0) likely.push(meeting.likely(between, left, two === one ? left : await load(two)));
    }
  }
  for (let b = 0; b < blocks; b++) for (let s = 0; s < segments.count; s++) await spill.delete(`${prefix}/rows/${b}/${s}`);
  return likely;
}

/** What likely pairs have in common, of the traits that no partition counted. */
function commonOf(likely: readonly LikelyPairs[]): TraitIds {
  const ids = new TraitIds();
  for (const { types, hashes } of likely) for (let i = 0; i < types.length; i++) if (!PROPOSES[types[i]!]) ids.of(types[i]!, hashes[i]!);
  return ids;
}

async function vouchersOf(ids: TraitIds, segments: Segments, census: Census): Promise<Vouchers> {
  return { ids, counts: (await countTraits(ids, segments, census)).vouchers };
}

/** Traits that may propose no pair and that a sample of accounts often holds. Which they are changes how much is compared, never the answer. */
class Popular {
  private readonly sampled = new TraitIds();
  private readonly counts = new Words();

  sample({ starts, types, hashes }: ScreenColumns): void {
    for (let at = 0; at + 1 < starts.length; at += SAMPLED_ONE_IN) {
      for (let i = starts[at]!; i < starts[at + 1]!; i++) {
        if (PROPOSES[types[i]!]) continue;
        const id = this.sampled.of(types[i]!, hashes[i]!);
        if (id === this.counts.length) this.counts.push(0);
        this.counts.filled()[id]!++;
      }
    }
  }

  ids(): TraitIds {
    const ids = new TraitIds();
    const { types, hashes } = this.sampled;
    this.counts.filled().forEach((count, id) => {
      if (count >= OFTEN) ids.of(types[id]!, hashes[id]!);
    });
    return ids;
  }
}
const SAMPLED_ONE_IN = 32;
const OFTEN = 3;

async function countAll(segments: Segments, known: ReadonlySet<AccountKey>, now: number, policy: ScreenPolicy): Promise<Census> {
  const tallies: Tally[] = [];
  for (let s = 0; s < segments.count; s++) tallies.push(tally(await segments.columns(s), known, now, policy));
  return censusOf(tallies, known, now, policy);
}

/** How many accounts hold each of some traits, and how many of the reference vouch for it. Adds up over segments. */
export async function countTraits(
  ids: TraitIds,
  segments: Segments,
  census: Census,
): Promise<{ holders: Uint32Array; vouchers: Uint32Array }> {
  const holders = new Uint32Array(ids.size);
  const vouchers = new Uint32Array(ids.size);
  if (ids.size === 0) return { holders, vouchers };
  const wanted = new Sieve(ids);
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const { starts, types, hashes } = columns;
    const size = sizeOf(columns);
    for (let at = 0; at < size; at++) {
      const how = vouching(columns, at, census);
      for (let i = starts[at]!; i < starts[at + 1]!; i++) {
        if (!wanted.may(types[i]!, hashes[i]!)) continue;
        const id = ids.find(types[i]!, hashes[i]!);
        if (id === undefined) continue;
        holders[id]!++;
        if (vouchesFor(columns, at, i - starts[at]!, how)) vouchers[id]!++;
      }
    }
  }
  return { holders, vouchers };
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

function inOrder(parts: readonly ScreenLinks[]): ScreenLinks {
  const all = parts.flatMap(({ pairs, weights }) => Array.from(pairs, (pair, at) => ({ pair, weight: weights[at]! })));
  all.sort((x, y) => x.pair - y.pair);
  return { pairs: Float64Array.from(all, ({ pair }) => pair), weights: Float64Array.from(all, ({ weight }) => weight) };
}

/** The names of some accounts, by ordinal, in the order of segments and keys. */
export async function namesOf(wanted: Uint8Array, segments: Segments, census: Census): Promise<AccountKey[]> {
  const names: AccountKey[] = [];
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    ordinalsOf(columns, census).forEach((ordinal, at) => {
      if (wanted[ordinal] === 1) names.push(accountAt(columns, at));
    });
  }
  return names;
}
