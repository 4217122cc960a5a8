import { FAMILIES, type Family } from '../../../shared/domain/campaigns/campaign';
import { FAMILY_COUNTS_FROM, type PairLink, POOL_FROM_ADDRESSES, POOL_OVERLAP } from '../links/links';
import type { Indexed } from '../traits/account-traits';
import { inSteps } from '../traits/match-weight';
import type { TraitIndex } from '../traits/trait-index';
import { FAMILY_CAP, SIGNUP_ORIGIN, TRAIT_NAMES, TRAIT_TYPES, typesOf } from '../traits/traits';

export type NetworkPolicy = { linkThreshold: number; memberThreshold: number; minimumNetwork: number };
export type Membership = { entry: Indexed; score: number; byFamily: Record<Family, number>; families: Family[] };
/** `foundBy: 'content'`: nothing links its members but what they ask for (findings/content-candidates.ts). */
export type Network = { members: Membership[]; profile: GroupProfile; foundBy?: 'content' };

/** Disjoint sets with path halving. */
export class UnionFind {
  private readonly parent: Int32Array;
  constructor(size: number) {
    this.parent = new Int32Array(size);
    for (let i = 0; i < size; i++) this.parent[i] = i;
  }
  find(x: number): number {
    let at = x;
    while (this.parent[at] !== at) {
      this.parent[at] = this.parent[this.parent[at]!]!;
      at = this.parent[at]!;
    }
    return at;
  }
  /** The lower root wins, so the outcome does not depend on the order of unions. */
  union(a: number, b: number): void {
    const x = this.find(a);
    const y = this.find(b);
    if (x < y) this.parent[y] = x;
    else if (y < x) this.parent[x] = y;
  }
  /** The sets, by their least member, each ascending. */
  parts(): number[][] {
    const parts = new Map<number, number[]>();
    for (let x = 0; x < this.parent.length; x++) {
      const root = this.find(x);
      const part = parts.get(root);
      if (part) part.push(x);
      else parts.set(root, [x]);
    }
    return [...parts.values()];
  }
}

/** Links whose ends have another account in common: one coincidence does not join two networks. */
export function supported(links: readonly PairLink[]): PairLink[] {
  const { from, neighbours } = adjacencyOf(links);
  return links.filter(({ a, b }) => {
    const [one, other] = from[a + 1]! - from[a]! < from[b + 1]! - from[b]! ? [a, b] : [b, a];
    let at = from[other]!;
    const end = from[other + 1]!;
    for (let i = from[one]!; i < from[one + 1]!; i++) {
      const wanted = neighbours[i]!;
      while (at < end && neighbours[at]! < wanted) at++;
      if (at < end && neighbours[at] === wanted) return true;
    }
    return false;
  });
}

/** Whom each account is linked with, ascending: those of `x` stand from `from[x]` to `from[x + 1]`. */
function adjacencyOf(links: readonly PairLink[]): { from: Int32Array; neighbours: Int32Array } {
  let size = 0;
  for (const { a, b } of links) size = Math.max(size, a + 1, b + 1);
  const from = new Int32Array(size + 1);
  for (const { a, b } of links) {
    from[a + 1]!++;
    from[b + 1]!++;
  }
  for (let x = 0; x < size; x++) from[x + 1]! += from[x]!;
  const neighbours = new Int32Array(2 * links.length);
  const next = from.slice();
  for (const { a, b } of links) {
    neighbours[next[a]!++] = b;
    neighbours[next[b]!++] = a;
  }
  for (let x = 0; x < size; x++) neighbours.subarray(from[x]!, from[x + 1]!).sort();
  return { from, neighbours };
}

/** Connected components of at least the minimum size. */
export function components(size: number, links: readonly PairLink[], minimum: number): number[][] {
  const sets = new UnionFind(size);
  for (const { a, b } of links) sets.union(a, b);
  const groups = new Map<number, number[]>();
  const seen = new Set<number>();
  for (const { a, b } of links) {
    for (const order of [a, b]) {
      if (seen.has(order)) continue;
      seen.add(order);
      const root = sets.find(order);
      const group = groups.get(root);
      if (group) group.push(order);
      else groups.set(root, [order]);
    }
  }
  return [...groups.values()].filter((group) => group.length >= minimum).map((group) => group.sort((x, y) => x - y));
}

const FAMILY_OF = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].family);
const CAPS = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].cap);
const PROPOSES = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].links);
/** Types of which an account has few, so that lacking the group's is news. */
const TELLING = (['client-build', 'network-address', 'system-prompt', 'rhythm'] as const).map((name) => TRAIT_NAMES.indexOf(name));
const COMMON = 0.05;
const ADDRESS = TRAIT_NAMES.indexOf('network-address');
const PREFIX = TRAIT_NAMES.indexOf('network-prefix');
const PHRASE = TRAIT_NAMES.indexOf('prompt-phrase');
/** To have signed up when the others did may link two accounts; it makes nobody a member by itself (nats, at most). */
const WHEN = typesOf('signup-time', 'signup-day', 'signup-hour');
const MOST_WHEN = 3;
const SIGNUP_TIME = TRAIT_NAMES.indexOf('signup-time');
const CLIENT = TRAIT_NAMES.indexOf('client-build');
const FEW_PHRASES = 8;
const PHRASE_SCALE = 2;
/** What a phrase says that no other member has (nats). */
const ORDINARY = inSteps(Math.log(0.1));

/** Accounts outside, by chance, at an address that was not met outside yet. */
const POOL_PRIOR = 0.2;
/**
 * `outside`: accounts outside the group that use any of them; `established`: those of these that are in the reference. `nats`: what it says
 * of an account to use it: as many times as likely in the group as outside, less the wrong accounts it offers.
 */
export type Pool = { addresses: ReadonlySet<number>; inside: number; outside: number; established: number; nats: number };

/** How a group differs from the population: the share of members holding each trait. */
export class GroupProfile {
  readonly counts = new Map<number, number>();
  /** Share of members (with any trait of the type) that hold one of the group's own traits of the type. */
  private readonly coverage = new Map<number, number>();
  /** Of the reference, how many are members, and how many of those hold each trait: commonness is counted outside the group. */
  private readonly inReference = new Map<number, number>();
  private referenceMembers = 0;
  private readonly orders: ReadonlySet<number>;
  private pooled: Pool | undefined;

  constructor(
    private readonly index: TraitIndex,
    readonly size: number,
    members: Iterable<Indexed>,
  ) {
    const all = [...members];
    this.orders = new Set(all.map(({ order }) => order));
    for (const { ids, established } of all) {
      if (established) this.referenceMembers++;
      for (const id of ids) {
        this.counts.set(id, (this.counts.get(id) ?? 0) + 1);
        if (established) this.inReference.set(id, (this.inReference.get(id) ?? 0) + 1);
      }
    }
    for (const type of TELLING) {
      let having = 0;
      let holding = 0;
      for (const { ids } of all) {
        let has = false;
        let holds = false;
        for (let i = 0; i < ids.length && !holds; i++) {
          if (index.types[ids[i]!] !== type) continue;
          has = true;
          holds = this.own(ids[i]!);
        }
        if (has) having++;
        if (holds) holding++;
      }
      if (having >= size / 3) this.coverage.set(type, holding / having);
    }
  }

  /** Whether the group holds the trait commonly, and far more than the population. */
  own(id: number): boolean {
    const share = (this.counts.get(id) ?? 0) / this.size;
    return share >= COMMON && share > 5 * this.base(id) && !this.index.isHub(id);
  }

  /** Share of unrelated accounts outside the group that hold a trait, smoothed. */
  base(id: number): number {
    return this.index.base(id, this.inReference.get(id) ?? 0, this.referenceMembers);
  }

  /** The group's own addresses, two members each at least, as the one thing that they are; and who else uses any of them. */
  get pool(): Pool {
    if (!this.pooled) {
      const { index } = this;
      const addresses = new Set<number>();
      for (const [id, count] of this.counts)
        if (index.types[id] === ADDRESS && count >= 2 && count / this.size > 5 * this.base(id)) addresses.add(id);
      const users = new Set<number>();
      for (const id of addresses) for (const order of index.holders(id)) users.add(order);
      let inside = 0;
      let established = 0;
      for (const order of users) {
        if (this.orders.has(order)) inside++;
        else if (index.accounts[order]!.established) established++;
      }
      // An index of few holds only some of those outside: their counts are of everybody.
      let outside = users.size - inside;
      for (const id of addresses) {
        outside = Math.max(outside, index.holdersOf(id) - this.counts.get(id)!);
        established = Math.max(established, index.referenceHolders[id]! - (this.inReference.get(id) ?? 0));
      }
      const others = index.population - this.size;
      const nats = Math.log(((inside / this.size) * 0.9) / ((outside + POOL_PRIOR) / (others + 1))) - Math.log(1 + outside);
      this.pooled = { addresses, inside, outside, established, nats: Math.min(CAPS[ADDRESS]!, Math.max(0, nats)) };
    }
    return this.pooled;
  }

  /** Accounts, by order and ascending, that hold one of the group's own traits which may propose a pair. */
  candidates(): readonly number[] {
    const found = new Set<number>();
    for (const id of this.counts.keys()) {
      if (!this.own(id) || !PROPOSES[this.index.types[id]!] || this.index.weight(id) < FAMILY_COUNTS_FROM) continue;
      for (const order of this.index.holders(id)) found.add(order);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** ln(P(account's traits | member) / P(… | population)), by family, capped; `inside`: the account is one of those counted. */
  score(entry: Indexed, inside: boolean): Membership {
    const { index } = this;
    const { types } = index;
    const byFamily: Record<Family, number> = { infrastructure: 0, payment: 0, registration: 0, timing: 0, content: 0 };
    const others = this.size - (inside ? 1 : 0);
    const lacking = new Set(this.coverage.keys());
    const holds = new Set<number>();
    let phrases = 0;
    let phraseSum = 0;
    let when = 0;
    let coarse = 0;
    let poolShared = 0;
    let prefix = 0;
    let client = 0;
    for (const id of entry.ids) {
      const type = types[id]!;
      if (lacking.has(type)) holds.add(type);
      const count = (this.counts.get(id) ?? 0) - (inside ? 1 : 0);
      const share = others > 0 ? count / others : 0;
      const base = this.base(id);
      if (type === PHRASE) {
        phrases++;
        phraseSum += share > 0 ? inSteps(Math.log((share * 0.9 + base * 0.1) / base)) : ORDINARY;
        continue;
      }
      if (share <= 0) continue;
      const wrong = Math.max(0, index.referenceHolders[id]! - (this.inReference.get(id) ?? 0));
      const weight = inSteps(Math.min(CAPS[type]!, Math.max(0, Math.log((share * 0.9) / base) - Math.log(1 + wrong))));
      // What is used together counts once: one pool, one tool, not each of its addresses and builds.
      if (type === ADDRESS) {
        if (this.pool.addresses.has(id)) poolShared++;
        continue;
      }
      if (type === PREFIX) {
        prefix = Math.max(prefix, weight);
        continue;
      }
      if (type === CLIENT) {
        client = Math.max(client, weight);
        if (this.own(id)) lacking.delete(type);
        continue;
      }
      if (WHEN.has(type)) {
        when += weight;
        if (type === SIGNUP_TIME) coarse += weight;
        continue;
      }
      byFamily[entry.atOrigin && SIGNUP_ORIGIN.has(type) ? 'infrastructure' : FAMILY_OF[type]!] += weight;
      if (this.own(id)) lacking.delete(type);
    }
    // Someone with a pool of addresses belongs to the group's pool or does not: neighbours at one hosting company share networks only.
    const inPool = poolShared > 0 && (entry.addresses < POOL_FROM_ADDRESSES || poolShared >= POOL_OVERLAP * entry.addresses);
    if (inPool) lacking.delete(ADDRESS);
    byFamily.infrastructure += client + (inPool ? Math.max(this.pool.nats, prefix) : entry.addresses < POOL_FROM_ADDRESSES ? prefix : 0);
    byFamily.registration +=
      byFamily.payment >= FAMILY_COUNTS_FROM || byFamily.registration >= FAMILY_COUNTS_FROM ? Math.min(MOST_WHEN, when) : coarse;
    // Phrases are many and hang together: their mean speaks, not their sum, and ordinary phrases speak against.
    if (phrases >= FEW_PHRASES) byFamily.content += (phraseSum / phrases) * PHRASE_SCALE;
    for (const type of lacking) {
      if (!holds.has(type)) continue;
      const covered = this.coverage.get(type)!;
      byFamily[TRAIT_TYPES[TRAIT_NAMES[type]!].family] += inSteps(Math.log((1 - covered + 0.03) / 0.95));
    }
    let score = 0;
    const families: Family[] = [];
    for (const family of FAMILIES) {
      byFamily[family] = Math.min(FAMILY_CAP[family], byFamily[family]);
      score += byFamily[family];
      if (byFamily[family] >= FAMILY_COUNTS_FROM) families.push(family);
    }
    return { entry, score, byFamily, families };
  }
}

/** Refines a component until it stays: bystanders fall off, accounts of no other component (`free`) that fit the group come in. */
export function refine(
  index: TraitIndex,
  component: readonly number[],
  free: (order: number) => boolean,
  policy: NetworkPolicy,
): Network | undefined {
  /** Who is linked says what the group is; who comes in without a link vouches for nobody. */
  let linked = new Set(component);
  let network: Network | undefined;
  for (let round = 0; round < 4; round++) {
    if (linked.size < policy.minimumNetwork) return undefined;
    const profile = new GroupProfile(
      index,
      linked.size,
      [...linked].map((order) => index.accounts[order]!),
    );
    const candidates = new Set(linked);
    for (const order of profile.candidates()) if (free(order)) candidates.add(order);
    const members: Membership[] = [];
    for (const order of candidates) {
      const membership = profile.score(index.accounts[order]!, linked.has(order));
      if (membership.score >= policy.memberThreshold && membership.families.length >= 2) members.push(membership);
    }
    const next = new Set(members.map(({ entry }) => entry.order).filter((order) => linked.has(order)));
    network = { members, profile };
    if (next.size === linked.size) break;
    linked = next;
  }
  return network && network.members.length >= policy.minimumNetwork ? network : undefined;
}
