import type { Hash64 } from '../../shared/model/ids';
import { hashNumber } from '../../shared/model/keyed-hash';
import { DAY, HOUR } from '../../shared/model/time';
import { HolderCounts, type Holding } from './holder-counts';
import { HolderLists } from './holder-lists';
import type { Profile } from './profile';
import { onsetOf, SAMPLED, signupBucket, TRAIT_NAMES, TRAIT_TYPES, unsampledTraits } from './traits';

const CAPS = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].cap);
const PRIORS = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].prior);

const PROPOSES = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].links);
const SETTLED_HOURS = 72;
/** More hours since the epoch than any event has: the year 3883. */
const HOURS = 2 ** 24;

/** An account with its traits as sorted ids into the index. */
export type Indexed = {
  profile: Profile;
  ids: Int32Array;
  /** Since which hour (since the epoch) it holds each. */
  since: Int32Array;
  order: number;
  bornAt: number;
  /** Whether it ever exchanged anything. */
  used: boolean;
  established: boolean;
  /** Hour of the day on which a settled account took up a new client, if it did. */
  onset: number;
  /** The profile's, when its traits were read. */
  revision: number;
  addresses: number;
  clients: number;
  /** It works from the network that it signed up from: then the one says nothing beside the other. */
  atOrigin: boolean;
  counted: Holding['counted'];
  /** Those of `ids` that somebody else holds too, as of an update. */
  common: { ids: readonly number[]; update: number };
};

/**
 * Traits by id, with how many accounts of the reference population hold each, and who holds it.
 *
 * The reference is who has been here for long (`referenceAge`) and is in no known network: a campaign of new accounts,
 * however large, does not make its own tool look popular. With too few of them, everybody is the reference.
 */
export class TraitIndex {
  private readonly ids = TRAIT_NAMES.map(() => new Map<number, number>());
  readonly types: number[] = [];
  readonly hashes: number[] = [];
  private readonly counts = new HolderCounts();
  /** Of traits that may propose a pair. */
  private readonly lists = new HolderLists();
  /** Traits that may propose a pair and that two accounts hold, or more; ascending. */
  shared: number[] = [];
  accounts: Indexed[] = [];
  referenceSize = 0;
  private updates = 0;
  private readonly pairShares = new Map<string, number>();
  private readonly cache = new Map<Profile, Indexed>();

  constructor(private readonly policy: { referenceAgeDays: number; smallestReference: number; hubShare: number }) {}

  /** Brings the index up to the population, which nobody leaves and which keeps its order. `known`: members of campaigns, who are not reference. */
  update(profiles: Iterable<Profile>, releases: ReadonlyMap<string, number>, now: number, known: ReadonlySet<Profile>): void {
    this.updates++;
    let order = 0;
    for (const profile of profiles) {
      let entry = this.accounts[order];
      if (!entry) {
        entry = unread(profile, order);
        this.cache.set(profile, entry);
        this.accounts.push(entry);
      }
      if (entry.revision !== profile.revision) this.refresh(entry, releases);
      order++;
    }
    this.markReference(now, known);
    this.count(now);
    this.weigh();
    this.pairShares.clear();
  }

  /** Reads the traits of an account again. */
  private refresh(entry: Indexed, releases: ReadonlyMap<string, number>): void {
    const { profile, order, ids: before } = entry;
    const { ids, since } = this.heldBy(profile, releases);
    onlyIn(before, ids, (id) => {
      if (this.proposes(id)) this.lists.leave(id, order);
    });
    onlyIn(ids, before, (id) => {
      if (this.proposes(id)) this.lists.join(id, order);
    });
    this.counts.drop(entry);
    entry.ids = ids;
    entry.since = since;
    entry.onset = (onsetOf(profile) ?? Number.NEGATIVE_INFINITY) * 24;
    entry.bornAt = profile.bornAt;
    entry.used = profile.exchanges > 0;
    entry.revision = profile.revision;
    entry.addresses = profile.samples.ips.keys.length;
    entry.clients = profile.samples.clients.keys.length;
    const { signupPrefix } = profile.facts;
    entry.atOrigin = signupPrefix !== undefined && profile.samples.prefixes.keys.includes(hashNumber(signupPrefix));
  }

  private proposes(id: number): boolean {
    return PROPOSES[this.types[id]!]!;
  }

  private markReference(now: number, known: ReadonlySet<Profile>): void {
    const age = this.policy.referenceAgeDays * DAY;
    this.referenceSize = 0;
    for (const entry of this.accounts) {
      entry.established = entry.used && entry.bornAt <= now - age && !known.has(entry.profile);
      if (entry.established) this.referenceSize++;
    }
    if (this.referenceSize >= this.policy.smallestReference) return;
    this.referenceSize = 0;
    for (const entry of this.accounts) {
      entry.established = !known.has(entry.profile);
      if (entry.established) this.referenceSize++;
    }
  }

  /** Trait ids of an account, ascending, with the hour since when it holds each. */
  private heldBy(profile: Profile, releases: ReadonlyMap<string, number>): Pick<Indexed, 'ids' | 'since'> {
    const { samples } = profile;
    const others = unsampledTraits(profile, releases);
    const held = new Float64Array(others.length + SAMPLED.reduce((sum, { sample }) => sum + samples[sample].keys.length, 0));
    let count = 0;
    // Id and hour in one number: sorted, the earliest hour of an id comes first.
    const hold = (type: number, hash: number, first: number): void => {
      held[count++] = this.id(type, hash) * HOURS + Math.max(0, Math.min(HOURS - 1, first));
    };
    for (const { type, hash, first } of others) hold(type, hash, first);
    for (const { type, sample } of SAMPLED) {
      const { keys, first } = samples[sample];
      for (let i = 0; i < keys.length; i++) hold(type, keys[i]!, first[i]!);
    }
    held.sort();
    const ids = new Int32Array(held.length);
    const since = new Int32Array(held.length);
    let size = 0;
    for (let i = 0; i < held.length; i++) {
      const id = Math.floor(held[i]! / HOURS);
      if (size > 0 && ids[size - 1] === id) continue;
      ids[size] = id;
      since[size] = held[i]! - id * HOURS;
      size++;
    }
    return { ids: ids.slice(0, size), since: since.slice(0, size) };
  }

  /**
   * Who holds what. An established account vouches for what it uses; one that has just taken up a new client vouches only
   * for what it has used for three days, or came with: what a thief brought to it yesterday is not what people use.
   */
  private count(now: number): void {
    const settled = Math.floor(now / HOUR) - SETTLED_HOURS;
    const size = this.types.length;
    this.counts.grow(size);
    for (const entry of this.accounts) {
      const { since, established, onset, profile } = entry;
      if (!established || onset <= settled - 24) this.counts.count(entry, established);
      else {
        const came = Math.floor(profile.firstUse / HOUR) + SETTLED_HOURS / 3;
        this.counts.count(
          entry,
          Uint8Array.from(since, (hour) => (hour <= settled || hour <= came ? 1 : 0)),
        );
      }
    }
    this.expectSignups();
    this.lists.settle();
    this.shared = [];
    for (let id = 0; id < size; id++) if (this.counts.holders[id]! >= 2 && this.proposes(id)) this.shared.push(id);
  }

  /**
   * Nobody of the reference signed up this week, so it cannot say how rare it is to sign up within one hour: the day's own
   * sign-ups do, spread evenly. On a launch day many share an hour and it says nothing.
   */
  private expectSignups(): void {
    const days = new Map<number, number>();
    for (const { profile } of this.accounts) {
      const day = Math.floor(profile.bornAt / DAY);
      days.set(day, (days.get(day) ?? 0) + 1);
    }
    for (const type of ['signup-day', 'signup-hour'] as const) {
      for (const [hash, id] of this.ids[TRAIT_NAMES.indexOf(type)]!) {
        const { day, width } = signupBucket(type, hash);
        this.referenceHolders[id] = Math.ceil((days.get(day) ?? 1) * width);
      }
    }
  }

  /** Accounts of the reference that vouch for each trait, by id. */
  get referenceHolders(): Int32Array {
    return this.counts.vouchers;
  }

  /** Orders of the accounts that hold a trait which may propose a pair, ascending; the same list as long as it stands. */
  holders(id: number): readonly number[] {
    return this.lists.of(id);
  }

  private id(type: number, hash: number): number {
    const ofType = this.ids[type]!;
    const known = ofType.get(hash);
    if (known !== undefined) return known;
    const made = this.types.push(type) - 1;
    this.hashes.push(hash);
    ofType.set(hash, made);
    return made;
  }

  /** Share of unrelated accounts that hold the trait, smoothed by the type's prior. */
  base(id: number): number {
    return (this.referenceHolders[id]! + PRIORS[this.types[id]!]!) / (this.referenceSize + 1);
  }

  /**
   * What sharing the trait says for "same operator" (nats): ln(P(both | same) / P(both | unrelated)) with the base rate
   * as the probability that the other one of an unrelated pair has it too (Fellegi and Sunter, JASA 1969), less
   * ln(1 + established holders): a pair is asked about because it shares the trait, and a trait that n unrelated
   * accounts hold offers that many wrong partners. So a carrier's NAT, a VPN's exit and a popular client link nobody,
   * in a population of any size.
   */
  weight(id: number): number {
    return this.weights[id]!;
  }

  private weigh(): void {
    const size = this.types.length;
    if (this.weights.length < size) this.weights = new Float64Array(size * 2);
    // A weight depends on the type and the number of holders only, and most traits have none or one.
    const known = CAPS.map((): number[] => []);
    for (let id = 0; id < size; id++) {
      const ofType = known[this.types[id]!]!;
      const holders = this.referenceHolders[id]!;
      let weight = ofType[holders];
      if (weight === undefined) {
        const base = this.base(id);
        weight =
          base > this.policy.hubShare ? 0 : Math.min(CAPS[this.types[id]!]!, Math.max(0, Math.log(0.8 / base) - Math.log(1 + holders)));
        ofType[holders] = weight;
      }
      this.weights[id] = weight;
    }
  }
  private weights = new Float64Array(0);

  /** An account's entry, if it is of the population. */
  entryOf(profile: Profile): Indexed | undefined {
    return this.cache.get(profile);
  }

  /** The id of a trait, if any account ever had it. */
  find(type: (typeof TRAIT_NAMES)[number], hash: number): number | undefined {
    return this.ids[TRAIT_NAMES.indexOf(type)]?.get(hash);
  }

  /** Traits of an account that somebody else holds too, ascending: what a pair can have in common. Most are its own alone. */
  common(entry: Indexed): readonly number[] {
    if (entry.common.update !== this.updates) {
      const ids: number[] = [];
      for (const id of entry.ids) if (this.holdersOf(id) >= 2) ids.push(id);
      entry.common = { ids, update: this.updates };
    }
    return entry.common.ids;
  }

  /** Accounts that hold the trait, of everybody. */
  holdersOf(id: number): number {
    return this.counts.holders[id]!;
  }

  /** Share of pairs of unrelated accounts that hold the same trait of a type, smoothed by half a pair. Hubs are left out: they link nobody. */
  pairShare(type: (typeof TRAIT_NAMES)[number]): number {
    const known = this.pairShares.get(type);
    if (known !== undefined) return known;
    const wanted = TRAIT_NAMES.indexOf(type);
    let together = 0.5;
    for (let id = 0; id < this.types.length; id++) {
      const holders = this.referenceHolders[id]!;
      if (this.types[id] === wanted && holders > 1 && this.base(id) <= this.policy.hubShare) together += (holders * (holders - 1)) / 2;
    }
    const share = together / Math.max(1, (this.referenceSize * (this.referenceSize - 1)) / 2);
    this.pairShares.set(type, share);
    return share;
  }

  /** Share of the reference that holds a trait, by its hash; undefined when nobody was ever seen with it. */
  referenceShare(type: (typeof TRAIT_NAMES)[number], hash: Hash64): number | undefined {
    const id = this.find(type, hashNumber(hash));
    return id === undefined ? undefined : this.referenceHolders[id]! / Math.max(1, this.referenceSize);
  }

  typeName(id: number): (typeof TRAIT_NAMES)[number] {
    return TRAIT_NAMES[this.types[id]!]!;
  }
}

const NONE = new Int32Array(0);

/** An account of which nothing was read yet. */
const unread = (profile: Profile, order: number): Indexed => ({
  profile,
  ids: NONE,
  since: NONE,
  order,
  bornAt: profile.bornAt,
  used: false,
  established: false,
  onset: Number.NEGATIVE_INFINITY,
  revision: Number.NaN,
  addresses: 0,
  clients: 0,
  atOrigin: false,
  counted: undefined,
  common: { ids: [], update: 0 },
});

/** What stands in one ascending list and not in the other. */
function onlyIn(one: Int32Array, other: Int32Array, take: (id: number) => void): void {
  let j = 0;
  for (let i = 0; i < one.length; i++) {
    const id = one[i]!;
    while (j < other.length && other[j]! < id) j++;
    if (other[j] !== id) take(id);
  }
}
