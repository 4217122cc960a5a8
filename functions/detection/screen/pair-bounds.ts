import { FAMILIES } from '../../../shared/domain/campaign';
import { coTimingAtMost } from '../links/co-timing';
import { CO_TIMING_CAP } from '../links/links';
import { PairSum } from '../links/pair-sum';
import { matchWeight } from '../traits/match-weight';
import { TraitIds } from '../traits/trait-ids';
import { signupBucket, TRAIT_NAMES } from '../traits/traits';
import type { Census } from './census';
import { Bytes, Doubles, Words } from './growing';
import type { PairedRows } from './paired-rows';
import { Sieve } from './sieve';
import { firstOf, PROPOSES, secondOf } from './trait-records';

const REMEMBERED = 1024;
/** Sums of the same weights in another order differ by less (nats). */
const ROUNDING = 1e-9;

/** How many accounts of the reference hold some traits. A trait that is not listed: nobody does, as far as that is known. */
export type Vouchers = { ids: TraitIds; counts: Uint32Array };

const SIGNUP_DAY = TRAIT_NAMES.indexOf('signup-day');
const SIGNUP_HOUR = TRAIT_NAMES.indexOf('signup-hour');
const RHYTHM = TRAIT_NAMES.indexOf('rhythm');

export type WeightPolicy = { hubShare: number; linkThreshold: number };

/**
 * The most that a pair may weigh (nats) by what both hold. What is not known yet of a trait (`others` undefined: how many accounts
 * of the reference hold it) is taken as if nobody did, and of co-timing the hours are not asked; so no pair that the index would
 * link is lost.
 */
export class PairBounds {
  readonly sum = new PairSum();
  private readonly highest: Float64Array;
  private readonly isShared: Sieve;
  private readonly isOther: Sieve | undefined;
  /** By type and number of vouchers; NaN where it was not asked for yet. */
  private readonly weights = new Float64Array(TRAIT_NAMES.length * REMEMBERED).fill(Number.NaN);

  constructor(
    private readonly census: Pick<Census, 'referenceSize' | 'births'>,
    private readonly rhythms: ReadonlyMap<number, number>,
    private readonly shared: Vouchers,
    private readonly policy: WeightPolicy,
    private readonly others?: Vouchers,
  ) {
    this.isShared = new Sieve(shared.ids);
    this.isOther = others && new Sieve(others.ids);
    this.highest = Float64Array.from(TRAIT_NAMES, (_, type) => this.weighed(type, 0));
  }

  weight(type: number, hash: number): number {
    if (PROPOSES[type]) {
      // Two accounts at least hold it: if it weighs anything, its partition listed it.
      const id = this.isShared.may(type, hash) ? this.shared.ids.find(type, hash) : undefined;
      return id === undefined ? 0 : this.weighed(type, this.shared.counts[id]!);
    }
    if (type === SIGNUP_DAY || type === SIGNUP_HOUR) {
      const { day, width } = signupBucket(type === SIGNUP_DAY ? 'signup-day' : 'signup-hour', hash);
      return this.weighed(type, Math.ceil(Math.max(1, this.census.births.get(day) ?? 0) * width));
    }
    if (type === RHYTHM) return this.weighed(type, this.rhythms.get(hash) ?? 0);
    if (!this.others || !this.isOther!.may(type, hash)) return this.highest[type]!;
    const id = this.others.ids.find(type, hash);
    return id === undefined ? this.highest[type]! : this.weighed(type, this.others.counts[id]!);
  }

  /** Whether two accounts that both hold it are told apart by it, or told to be one. */
  bears(type: number, hash: number): boolean {
    if (PROPOSES[type]) return this.isShared.may(type, hash) && this.shared.ids.find(type, hash) !== undefined;
    return this.weight(type, hash) > 0;
  }

  /** Whether co-timing could still make it enough. */
  get mayJoin(): boolean {
    return this.sum.weight + CO_TIMING_CAP >= this.policy.linkThreshold - ROUNDING;
  }

  /** Whether what was summed up is enough to join two accounts, from two families at least. */
  get joins(): boolean {
    if (this.sum.weight < this.policy.linkThreshold - ROUNDING) return false;
    let speaking = 0;
    for (let family = 0; family < FAMILIES.length; family++) if (this.sum.speaks(family)) speaking++;
    return speaking >= 2;
  }

  private weighed(type: number, vouchers: number): number {
    if (vouchers >= REMEMBERED) return matchWeight(type, vouchers, this.census.referenceSize, this.policy.hubShare);
    const place = type * REMEMBERED + vouchers;
    const known = this.weights[place]!;
    if (!Number.isNaN(known)) return known;
    const weight = matchWeight(type, vouchers, this.census.referenceSize, this.policy.hubShare);
    this.weights[place] = weight;
    return weight;
  }
}

/** Pairs that may join, with all that decides: what both hold, and what of each bears on it. */
export type LikelyPairs = {
  pairs: Float64Array;
  /** One longer: where the traits in common of each pair begin. */
  starts: Uint32Array;
  types: Uint8Array;
  hashes: Float64Array;
  /** Nats, at most. */
  timing: Float64Array;
  /** addresses, clients, atOrigin of the one and of the other, six bytes a pair. */
  ends: Uint8Array;
};

/**
 * Compares pairs of two blocks of rows. What they hold is numbered here, and what an account holds is marked once for all its pairs:
 * half a nanosecond for each trait that is not in common.
 */
export class Meeting {
  private readonly ids = new TraitIds();
  private readonly weights = new Doubles();
  /** By id: whether the account whose pairs are compared holds it. */
  private marks = new Uint8Array(0);

  constructor(private readonly bounds: PairBounds) {}

  /** `from`: the first row of the block. */
  place(rows: PairedRows, from: number, rowOf: (ordinal: number) => number): Placed {
    const { types, hashes } = rows;
    const ids = new Uint32Array(types.length);
    for (let i = 0; i < ids.length; i++) {
      const id = this.ids.of(types[i]!, hashes[i]!);
      if (id === this.weights.length) this.weights.push(this.bounds.weight(types[i]!, hashes[i]!));
      ids[i] = id;
    }
    const places = new Int32Array(rows.rows.length);
    for (let place = 0; place < places.length; place++) places[rows.rows[place]! - from] = place;
    return { rows, ids, placeOf: (ordinal) => places[rowOf(ordinal) - from]! };
  }

  /** Those of some pairs (ascending) that may join: the first of each is in `left`, the second in `right` (the same block, or another). */
  likely(pairs: Float64Array, left: Placed, right: Placed): LikelyPairs {
    const kept = {
      pairs: new Doubles(),
      starts: new Words(),
      types: new Bytes(),
      hashes: new Doubles(),
      timing: new Doubles(),
      ends: new Bytes(),
    };
    const { sum } = this.bounds;
    const { types, hashes } = this.ids;
    const weights = this.weights.filled();
    if (this.marks.length < this.ids.size) this.marks = new Uint8Array(this.ids.size);
    const { marks } = this;
    const [one, two] = [left.rows, right.rows];
    const [mine, theirs] = [left.ids, right.ids];
    const common = new Uint32Array(MOST_TRAITS);
    let marked = -1;
    for (let p = 0; p < pairs.length; p++) {
      const pair = pairs[p]!;
      const a = left.placeOf(firstOf(pair));
      const b = right.placeOf(secondOf(pair));
      if (a !== marked) {
        if (marked >= 0) for (let i = one.starts[marked]!; i < one.starts[marked + 1]!; i++) marks[mine[i]!] = 0;
        for (let i = one.starts[a]!; i < one.starts[a + 1]!; i++) marks[mine[i]!] = 1;
        marked = a;
      }
      sum.clear();
      let shared = 0;
      for (let i = two.starts[b]!; i < two.starts[b + 1]!; i++) {
        const id = theirs[i]!;
        if (marks[id] === 0) continue;
        sum.share(types[id]!, weights[id]!);
        common[shared++] = id;
      }
      sum.settle(endOf(one, a), endOf(two, b));
      if (!this.bounds.mayJoin) continue;
      const timing = coTimingAtMost(
        one.minutes.subarray(one.minuteStarts[a]!, one.minuteStarts[a + 1]!),
        two.minutes.subarray(two.minuteStarts[b]!, two.minuteStarts[b + 1]!),
      );
      sum.timing(timing);
      if (!this.bounds.joins) continue;
      kept.pairs.push(pair);
      kept.starts.push(kept.types.length);
      for (let i = 0; i < shared; i++) {
        kept.types.push(types[common[i]!]!);
        kept.hashes.push(hashes[common[i]!]!);
      }
      kept.timing.push(timing);
      for (const { addresses, clients, atOrigin } of [endOf(one, a), endOf(two, b)]) {
        kept.ends.push(addresses);
        kept.ends.push(clients);
        kept.ends.push(atOrigin ? 1 : 0);
      }
    }
    if (marked >= 0) for (let i = one.starts[marked]!; i < one.starts[marked + 1]!; i++) marks[mine[i]!] = 0;
    kept.starts.push(kept.types.length);
    return {
      pairs: kept.pairs.filled().slice(),
      starts: kept.starts.filled().slice(),
      types: kept.types.filled().slice(),
      hashes: kept.hashes.filled().slice(),
      timing: kept.timing.filled().slice(),
      ends: kept.ends.filled().slice(),
    };
  }
}

/** Traits of an account, at most: its samples are bounded. */
const MOST_TRAITS = 1024;

const endOf = ({ addresses, clients, atOrigin }: PairedRows, at: number) => ({
  addresses: addresses[at]!,
  clients: clients[at]!,
  atOrigin: atOrigin[at] === 1,
});

/** A block of rows with what they hold by number, and where each account stands in it. */
export type Placed = { rows: PairedRows; ids: Uint32Array; placeOf(ordinal: number): number };

/** Links as ordinals, with their weight at most (nats). */
export type ScreenLinks = { pairs: Float64Array; weights: Float64Array };

/** Sums likely pairs up again, now that it is known how many hold what they have in common. */
export function linksOf(likely: LikelyPairs, bounds: PairBounds): ScreenLinks {
  const pairs = new Doubles();
  const weights = new Doubles();
  const { sum } = bounds;
  likely.pairs.forEach((pair, at) => {
    sum.clear();
    for (let i = likely.starts[at]!; i < likely.starts[at + 1]!; i++)
      sum.share(likely.types[i]!, bounds.weight(likely.types[i]!, likely.hashes[i]!));
    const end = (from: number) => ({
      addresses: likely.ends[6 * at + from]!,
      clients: likely.ends[6 * at + from + 1]!,
      atOrigin: likely.ends[6 * at + from + 2] === 1,
    });
    sum.settle(end(0), end(3));
    sum.timing(likely.timing[at]!);
    if (!bounds.joins) return;
    pairs.push(pair);
    weights.push(sum.weight);
  });
  return { pairs: pairs.filled().slice(), weights: weights.filled().slice() };
}
