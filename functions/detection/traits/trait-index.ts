import { DAY, HOUR } from '../../../shared/domain/time';
import type { AccountKey } from '../../../shared/identity/ids';
import { hashNumber } from '../../../shared/identity/keyed-hash';
import type { Profile } from '../profiles/profile';
import { type Indexed, unread } from './account-traits';
import { HeldTraits } from './held-traits';
import { HolderCounts } from './holder-counts';
import { HolderLists } from './holder-lists';
import { baseRate, matchWeight } from './match-weight';
import { SignupsPerDay } from './signups-per-day';
import { TraitIds } from './trait-ids';
import { onsetOf, signupBucket, TRAIT_NAMES, TRAIT_TYPES } from './traits';

const RHYTHM = TRAIT_NAMES.indexOf('rhythm');
const PROPOSES = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].links);
const SETTLED_HOURS = 72;
/** Weights of traits with fewer holders than this are worked out once an update: they depend on type and holders only. */
const REMEMBERED = 256;
const BY_DAY = TRAIT_NAMES.map((name) => (name === 'signup-day' || name === 'signup-hour' ? name : undefined));

/** What was counted over everybody; of a trait that one account holds alone nothing was. `together`: pairs of the reference that hold the same trait of a type, hubs left out. */
export type Counted = {
  /** Accounts of the population. */
  size: number;
  referenceSize: number;
  isReference(account: AccountKey): boolean;
  inReference(type: number, hash: number): number;
  holders(type: number, hash: number): number;
  signupsPerDay: ReadonlyMap<number, number>;
  together(type: number): number;
  /** What was worked out for one index holds for any other of the same counts. */
  weights: Float64Array;
};
/** Weights by type and number of holders; NaN where none was asked for since the last update. */
export const weightsUnasked = (): Float64Array => new Float64Array(TRAIT_NAMES.length * REMEMBERED).fill(Number.NaN);
const NOTHING = { types: new Uint8Array(0), size: 0 };

/**
 * Traits by id, with how many accounts of the reference population hold each, and who holds it.
 *
 * The reference is who has been here for long (`referenceAge`) and is in no known network: a campaign of new accounts,
 * however large, does not make its own tool look popular. With too few of them, everybody is the reference.
 */
export class TraitIndex {
  private readonly ids = new TraitIds();
  private readonly held = new HeldTraits(this.ids);
  private readonly counts = new HolderCounts();
  /** Of traits that may propose a pair. */
  private readonly lists = new HolderLists();
  accounts: Indexed[] = [];
  referenceSize = 0;
  private updates = 0;
  private readonly pairShares = new Map<string, number>();
  private readonly cache = new Map<Profile, Indexed>();

  /**
   * `census`: what is known of everybody where the index holds only some of them (screen/): who is reference, and how many hold what.
   * Without one the index counts those that it holds.
   */
  constructor(
    private readonly policy: { referenceAgeDays: number; smallestReference: number; hubShare: number },
    private readonly census?: Counted,
  ) {
    this.weights = census?.weights ?? weightsUnasked();
  }

  /** Accounts of the population, in this index or not. */
  get population(): number {
    return this.census?.size ?? this.accounts.length;
  }

  /** Accounts of the population that were made after a day began (ms). */
  bornSince(day: number): number {
    if (!this.census) return this.accounts.reduce((sum, { bornAt }) => sum + (bornAt > day ? 1 : 0), 0);
    let born = 0;
    for (const [on, count] of this.census.signupsPerDay) if (on >= Math.floor(day / DAY)) born += count;
    return born;
  }

  /** Whether anybody holds a trait, in this index or not. */
  isHeld(type: (typeof TRAIT_NAMES)[number], hash: number): boolean {
    return this.census ? this.census.holders(TRAIT_NAMES.indexOf(type), hash) > 0 : this.find(type, hash) !== undefined;
  }

  /** Traits that anybody ever had; their types and hashes, by id. */
  get size(): number {
    return this.ids.size;
  }
  get types(): Uint8Array {
    return this.ids.types;
  }
  get hashes(): Float64Array {
    return this.ids.hashes;
  }

  /**
   * Brings the index up to the population, which nobody leaves: `changed` has, in the population's order where they are new, all who
   * came or changed since the last update. `known`: members of campaigns, who are not reference.
   */
  update(changed: Iterable<Profile>, releases: ReadonlyMap<string, number>, now: number, known: ReadonlySet<Profile>): void {
    this.updates++;
    this.read(changed, releases);
    if (this.census) this.take(this.census, now);
    else {
      this.markReference(now, known);
      this.count(now);
    }
    if (!this.census) this.weights.fill(Number.NaN);
    this.pairShares.clear();
  }

  /** Reads what accounts hold, and counts nothing yet. */
  read(changed: Iterable<Profile>, releases: ReadonlyMap<string, number>): void {
    const fresh: Indexed[] = [];
    for (const profile of changed) {
      const entry = this.cache.get(profile) ?? this.begin(profile);
      if (entry.revision !== profile.revision) fresh.push(entry);
    }
    for (const entry of fresh.sort((a, b) => a.order - b.order)) this.refresh(entry, releases);
  }

  private begin(profile: Profile): Indexed {
    const entry = unread(profile, this.accounts.length);
    this.cache.set(profile, entry);
    this.accounts.push(entry);
    return entry;
  }

  /** Reads the traits of an account again. */
  private refresh(entry: Indexed, releases: ReadonlyMap<string, number>): void {
    const { profile, order } = entry;
    const { ids, since, come, gone } = this.held.of(profile, releases, entry.ids);
    for (const id of gone) if (this.proposes(id)) this.lists.leave(id, order);
    for (const id of come) if (this.proposes(id)) this.lists.join(id, order);
    this.counts.grow(this.ids.size);
    this.counts.replace(entry, ids, { gone, come });
    entry.since = since;
    entry.onset = (onsetOf(profile) ?? Number.NEGATIVE_INFINITY) * 24;
    this.signupsPerDay.move(entry.bornAt, profile.bornAt);
    entry.bornAt = profile.bornAt;
    entry.used = profile.exchanges > 0;
    entry.revision = profile.revision;
    entry.addresses = profile.samples.ips.keys.length;
    entry.revisited = profile.samples.ips.revisited();
    entry.clients = profile.samples.clients.keys.length;
    entry.rhythm = this.firstOf(RHYTHM, ids);
    const { signupPrefix } = profile.facts;
    entry.atOrigin = signupPrefix !== undefined && profile.samples.prefixes.keys.includes(hashNumber(signupPrefix));
  }

  private firstOf(type: number, ids: Int32Array): number | undefined {
    const { types } = this;
    for (let i = 0; i < ids.length; i++) if (types[ids[i]!] === type) return ids[i];
    return undefined;
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

  /** Who holds what, and who vouches for it. */
  private count(now: number): void {
    for (const entry of this.accounts) {
      const vouched = vouchedFor(entry, now);
      if (entry.counted !== vouched) this.counts.count(entry, vouched);
    }
    this.expectSignups();
    this.lists.settle();
  }

  /** Everything that counts everybody, as it was counted elsewhere. */
  private take({ referenceSize, isReference, inReference, holders, signupsPerDay }: Counted, now: number): void {
    this.referenceSize = referenceSize;
    for (const entry of this.accounts) entry.established = isReference(entry.profile.account);
    const { types, hashes, size } = this.ids;
    this.counts.grow(size);
    for (let id = 0; id < size; id++) {
      this.counts.inReference[id] = inReference(types[id]!, hashes[id]!);
      this.counts.holders[id] = holders(types[id]!, hashes[id]!);
    }
    // What nobody counted is held here alone.
    for (const entry of this.accounts) {
      const vouched = vouchedFor(entry, now);
      entry.ids.forEach((id, at) => {
        if (this.counts.holders[id]! > 0) return;
        this.counts.holders[id] = 1;
        this.counts.inReference[id] = vouched === true || (vouched !== false && vouched[at] === 1) ? 1 : 0;
      });
    }
    this.signupsPerDay.replace(signupsPerDay);
    this.expectSignups();
    this.lists.settle();
  }

  /**
   * Nobody of the reference signed up this week, so it cannot say how rare it is to sign up within one hour: the day's own
   * sign-ups do, spread evenly. On a launch day many share an hour and it says nothing.
   */
  private expectSignups(): void {
    const { size, types, hashes } = this.ids;
    for (let id = this.looked; id < size; id++) {
      const name = BY_DAY[types[id]!];
      if (name) this.signups.push({ id, ...signupBucket(name, hashes[id]!) });
    }
    this.looked = size;
    for (const { id, day, width } of this.signups) this.referenceHolders[id] = Math.ceil(Math.max(1, this.signupsPerDay.on(day)) * width);
  }
  /** Traits of having signed up within some hours of a day; which traits were looked through for them. */
  private readonly signups: { id: number; day: number; width: number }[] = [];
  private looked = 0;
  private readonly signupsPerDay = new SignupsPerDay();

  /** Accounts of the reference that vouch for each trait, by id. */
  get referenceHolders(): Int32Array {
    return this.counts.inReference;
  }

  /** Orders of the accounts that hold a trait which may propose a pair, ascending; the same list as long as it stands. */
  holders(id: number): readonly number[] {
    return this.lists.of(id);
  }

  /** Traits that may propose a pair and that two accounts hold, or more, with their holders. */
  get shared(): ReadonlyMap<number, readonly number[]> {
    return this.lists.shared;
  }

  /**
   * Share of unrelated accounts that hold the trait, smoothed by the type's prior. `holders` of the trait, and `members`, of the reference
   * are left out: those of a group whose traits are compared with everybody else's.
   */
  base(id: number, holders = 0, members = 0): number {
    return baseRate(this.types[id]!, Math.max(0, this.referenceHolders[id]! - holders), Math.max(0, this.referenceSize - members));
  }

  /** A trait that so many hold that it links nobody. */
  isHub(id: number): boolean {
    return this.base(id) > this.policy.hubShare;
  }

  /** What sharing the trait says for "same operator" (nats). */
  weight(id: number): number {
    const holders = this.referenceHolders[id]!;
    if (holders >= REMEMBERED) return this.weigh(id);
    const place = this.types[id]! * REMEMBERED + holders;
    const known = this.weights[place]!;
    if (!Number.isNaN(known)) return known;
    const weight = this.weigh(id);
    this.weights[place] = weight;
    return weight;
  }
  private readonly weights: Float64Array;

  private weigh(id: number): number {
    return matchWeight(this.types[id]!, this.referenceHolders[id]!, this.referenceSize, this.policy.hubShare);
  }

  /** An account's entry, if it is in the index. By name: a profile that rests packed is another object each time that it is read. */
  entryOf(account: AccountKey): Indexed | undefined {
    for (; this.named < this.accounts.length; this.named++) {
      const entry = this.accounts[this.named]!;
      this.byName.set(entry.profile.account, entry);
    }
    return this.byName.get(account);
  }
  private readonly byName = new Map<AccountKey, Indexed>();
  private named = 0;

  /** Every trait that any account of the index ever had. */
  get traits(): TraitIds {
    return this.ids;
  }

  /** The id of a trait, if any account of the index has it. */
  find(type: (typeof TRAIT_NAMES)[number], hash: number): number | undefined {
    const id = this.ids.find(TRAIT_NAMES.indexOf(type), hash);
    return id !== undefined && this.counts.holders[id]! > 0 ? id : undefined;
  }

  /** Traits of an account that somebody else holds too, ascending: what a pair can have in common. Most are its own alone. */
  common(entry: Indexed): readonly number[] {
    if (entry.common.update !== this.updates) {
      const { ids } = entry;
      const { holders } = this.counts;
      const shared: number[] = [];
      for (let i = 0; i < ids.length; i++) if (holders[ids[i]!]! >= 2) shared.push(ids[i]!);
      entry.common = { ids: shared, update: this.updates };
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
    let together = 0.5 + (this.census?.together(wanted) ?? 0);
    const { types, size } = this.census ? NOTHING : this.ids;
    for (let id = 0; id < size; id++) {
      if (types[id] !== wanted) continue;
      const holders = this.referenceHolders[id]!;
      if (holders > 1 && this.base(id) <= this.policy.hubShare) together += (holders * (holders - 1)) / 2;
    }
    const share = together / Math.max(1, (this.referenceSize * (this.referenceSize - 1)) / 2);
    this.pairShares.set(type, share);
    return share;
  }

  typeName(id: number): (typeof TRAIT_NAMES)[number] {
    return TRAIT_NAMES[this.types[id]!]!;
  }
}

/**
 * An established account vouches for what it uses; one that has just taken up a new client vouches only for what it has used for three
 * days, or came with: what a thief brought to it yesterday is not what people use. By place, 1 for those of its traits.
 */
function vouchedFor({ established, onset, profile, since }: Indexed, now: number): boolean | Uint8Array {
  const settled = Math.floor(now / HOUR) - SETTLED_HOURS;
  if (!established || onset <= settled - 24) return established;
  const came = Math.floor(profile.firstUse / HOUR) + SETTLED_HOURS / 3;
  return Uint8Array.from(since, (hour) => (hour <= settled || hour <= came ? 1 : 0));
}
