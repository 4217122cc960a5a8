import type { DetectionPolicy } from '../../../shared/domain/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import type { ObjectStore } from '../../../shared/ports';
import { TraitIds } from '../traits/trait-ids';
import { readArrays, writeArrays } from './array-file';
import { type Census, censusOf, ordinalsOf, type Segments, type Tally, tally, vouchesFor, vouching } from './census';
import { groupsOf, supportedPairs } from './components';
import { distinct, doubles } from './growing';
import { type LikelyPairs, likelyPairs, linksOf, PairBounds, Placed, type ScreenLinks, type Vouchers } from './pair-bounds';
import { joinedRows, PAIRED_ROWS, type PairedRows, pairedRows } from './paired-rows';
import { firstOf, holdersOf, MAXIMUM_ACCOUNTS, PROPOSES, recordsOf, secondOf, type TraitRecords } from './trait-records';

export type ScreenPolicy = {
  referenceAgeDays: number;
  smallestReference: number;
  hubShare: number;
  linkThreshold: number;
  minimumNetwork: number;
};

export const screenPolicyOf = (policy: DetectionPolicy): ScreenPolicy => ({
  referenceAgeDays: policy.referenceAgeDays.value,
  smallestReference: policy.smallestReference.value,
  hubShare: policy.hubShare.value,
  linkThreshold: policy.linkThreshold.value,
  minimumNetwork: policy.minimumNetwork.value,
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
  /** By ordinal, 1: joined in a group, or holding something rare that one of a group holds. */
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
  const tallies: Tally[] = [];
  for (let s = 0; s < segments.count; s++) tallies.push(tally(await segments.columns(s), known, now, policy));
  const census = censusOf(tallies, known, now, policy);
  if (census.size > MAXIMUM_ACCOUNTS) throw new Error(`${census.size} accounts: one screen holds ${MAXIMUM_ACCOUNTS} at most`);

  const rhythms = new Map<number, number>();
  for (let s = 0; s < segments.count; s++) {
    const made = recordsOf(await segments.columns(s), census, cut.partitions);
    for (const [rhythm, count] of made.rhythms) rhythms.set(rhythm, (rhythms.get(rhythm) ?? 0) + count);
    for (let p = 0; p < cut.partitions; p++)
      if (made.parts[p]!.who.length > 0) await spill.put(`${prefix}/records/${p}/${s}`, writeArrays(made.parts[p]!));
  }

  const shared: Vouchers = { ids: new TraitIds(), counts: new Uint32Array(0) };
  const counts = doubles();
  const together = new Float64Array(PROPOSES.length);
  const asked = doubles();
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

  const bounds = new PairBounds(census, rhythms, shared, policy);
  const likely = await compare(pairs, segments, census, bounds, cut, spill, prefix);
  const others = await vouchersOf(likely, segments, census);
  const exact = new PairBounds(census, rhythms, shared, policy, others);
  const links = inOrder(likely.map((part) => linksOf(part, exact)));
  const { groupOf, groups } = groupsOf(census.size, supportedPairs(links.pairs), policy.minimumNetwork);
  const candidates = Uint8Array.from(groupOf, (group) => (group > 0 ? 1 : 0));
  for (let p = 0; p < cut.partitions; p++) {
    const bytes = await spill.get(`${prefix}/lists/${p}`);
    if (!bytes) throw new Error(`${prefix}/lists/${p} is missing: this run's own spill was removed`);
    takeIn(readArrays(bytes, LISTS).lists, groupOf, candidates);
    await spill.delete(`${prefix}/lists/${p}`);
  }
  return { census, pairs: pairs.length, links, groupOf, groups, candidates, together };
}

/** Compares the accounts of each pair, a block of rows with another at a time. */
async function compare(
  pairs: Float64Array,
  segments: Segments,
  census: Census,
  bounds: PairBounds,
  { rowsAtOnce }: ScreenCut,
  spill: Pick<ObjectStore, 'put' | 'get' | 'delete'>,
  prefix: string,
): Promise<LikelyPairs[]> {
  const rowOf = new Uint32Array(census.size);
  for (const pair of pairs) {
    rowOf[firstOf(pair)] = 1;
    rowOf[secondOf(pair)] = 1;
  }
  let rows = 0;
  for (let ordinal = 0; ordinal < census.size; ordinal++) if (rowOf[ordinal] === 1) rowOf[ordinal] = ++rows;
  const blocks = Math.max(1, Math.ceil(rows / rowsAtOnce));
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const ordinals = ordinalsOf(columns, census);
    const places = Array.from({ length: blocks }, () => ({ at: [] as number[], rows: [] as number[] }));
    ordinals.forEach((ordinal, at) => {
      const row = rowOf[ordinal]!;
      if (row === 0) return;
      const block = places[Math.floor((row - 1) / rowsAtOnce)]!;
      block.at.push(at);
      block.rows.push(row - 1);
    });
    for (const [b, { at, rows: inBlock }] of places.entries()) {
      if (at.length > 0)
        await spill.put(`${prefix}/rows/${b}/${s}`, writeArrays(pairedRows(columns, Uint32Array.from(at), Uint32Array.from(inBlock))));
    }
  }
  const load = async (block: number): Promise<Placed> => {
    const parts: PairedRows[] = [];
    for (let s = 0; s < segments.count; s++) {
      const bytes = await spill.get(`${prefix}/rows/${block}/${s}`);
      if (bytes) parts.push(readArrays(bytes, PAIRED_ROWS));
    }
    return new Placed(joinedRows(parts), block * rowsAtOnce, (ordinal) => rowOf[ordinal]! - 1);
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
      if (between.length > 0) likely.push(likelyPairs(between, left, two === one ? left : await load(two), bounds));
    }
  }
  for (let b = 0; b < blocks; b++) for (let s = 0; s < segments.count; s++) await spill.delete(`${prefix}/rows/${b}/${s}`);
  return likely;
}

/** How many accounts of the reference hold what likely pairs have in common and what was not counted before. */
async function vouchersOf(likely: readonly LikelyPairs[], segments: Segments, census: Census): Promise<Vouchers> {
  const ids = new TraitIds();
  for (const { types, hashes } of likely) for (let i = 0; i < types.length; i++) if (!PROPOSES[types[i]!]) ids.of(types[i]!, hashes[i]!);
  const { vouchers } = await countTraits(ids, segments, census);
  return { ids, counts: vouchers };
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
    const { starts, types, hashes, accounts } = columns;
    for (let at = 0; at < accounts.length; at++) {
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

/** Says quickly of most traits that they are none of some: one bit of each hash, eight bits of room a trait. */
class Sieve {
  private readonly bits: Uint8Array;
  private readonly mask: number;

  constructor(ids: TraitIds) {
    let size = 1 << 12;
    while (size < 16 * ids.size) size *= 2;
    this.bits = new Uint8Array(size / 8);
    this.mask = size - 1;
    for (let id = 0; id < ids.size; id++) {
      const bit = this.bitOf(ids.types[id]!, ids.hashes[id]!);
      this.bits[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  may(type: number, hash: number): boolean {
    const bit = this.bitOf(type, hash);
    return (this.bits[bit >>> 3]! & (1 << (bit & 7))) !== 0;
  }

  /** Keyed hashes are uniform; those that are counted upwards differ in their low bits. */
  private bitOf(type: number, hash: number): number {
    return ((hash | 0) ^ Math.imul(type + 1, 0x9e3779b1)) & this.mask;
  }
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

/** Whoever holds something rare that one of a group holds may fit the group without a link. */
function takeIn(lists: Uint32Array, groupOf: Uint32Array, candidates: Uint8Array): void {
  for (let at = 0; at < lists.length; ) {
    const end = at + 1 + lists[at]!;
    let isMet = false;
    for (let i = at + 1; i < end && !isMet; i++) isMet = groupOf[lists[i]!]! > 0;
    if (isMet) for (let i = at + 1; i < end; i++) candidates[lists[i]!] = 1;
    at = end;
  }
}

/** The names of some accounts, by ordinal, in the order of segments and keys. */
export async function namesOf(wanted: Uint8Array, segments: Segments, census: Census): Promise<AccountKey[]> {
  const names: AccountKey[] = [];
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    ordinalsOf(columns, census).forEach((ordinal, at) => {
      if (wanted[ordinal] === 1) names.push(columns.accounts[at]!);
    });
  }
  return names;
}
