import { FAMILIES } from '../../../shared/domain/campaign';
import { coTimingAtMost } from '../links/co-timing';
import { PairSum } from '../links/pair-sum';
import { matchWeight } from '../traits/match-weight';
import type { TraitIds } from '../traits/trait-ids';
import { signupBucket, TRAIT_NAMES } from '../traits/traits';
import type { Census } from './census';
import { bytes, doubles, words } from './growing';
import type { PairedRows } from './paired-rows';
import { firstOf, PROPOSES, secondOf } from './trait-records';

/** Sums of the same weights in another order differ by less (nats). */
const ROUNDING = 1e-9;

/** How many accounts of the reference hold some traits. A trait that is not listed: nobody does, as far as that is known. */
export type Vouchers = { ids: TraitIds; counts: Uint32Array };

export type WeightPolicy = { hubShare: number; linkThreshold: number };

/**
 * The most that a pair may weigh (nats) by what both hold. What is not known yet of a trait (`others` undefined: how many accounts
 * of the reference hold it) is taken as if nobody did, and of co-timing the hours are not asked; so no pair that the index would
 * link is lost.
 */
export class PairBounds {
  readonly sum = new PairSum();
  private readonly highest: Float64Array;

  constructor(
    private readonly census: Pick<Census, 'referenceSize' | 'births'>,
    private readonly rhythms: ReadonlyMap<number, number>,
    private readonly shared: Vouchers,
    private readonly policy: WeightPolicy,
    private readonly others?: Vouchers,
  ) {
    this.highest = Float64Array.from(TRAIT_NAMES, (_, type) => this.weighed(type, 0));
  }

  weight(type: number, hash: number): number {
    if (PROPOSES[type]) {
      // Two accounts at least hold it: if it weighs anything, its partition listed it.
      const id = this.shared.ids.find(type, hash);
      return id === undefined ? 0 : this.weighed(type, this.shared.counts[id]!);
    }
    const name = TRAIT_NAMES[type]!;
    if (name === 'signup-day' || name === 'signup-hour') {
      const { day, width } = signupBucket(name, hash);
      return this.weighed(type, Math.ceil(Math.max(1, this.census.births.get(day) ?? 0) * width));
    }
    if (name === 'rhythm') return this.weighed(type, this.rhythms.get(hash) ?? 0);
    if (!this.others) return this.highest[type]!;
    const id = this.others.ids.find(type, hash);
    return this.weighed(type, id === undefined ? 0 : this.others.counts[id]!);
  }

  /** Whether what was summed up is enough to join two accounts, from two families at least. */
  get joins(): boolean {
    if (this.sum.weight < this.policy.linkThreshold - ROUNDING) return false;
    let speaking = 0;
    for (let family = 0; family < FAMILIES.length; family++) if (this.sum.speaks(family)) speaking++;
    return speaking >= 2;
  }

  private weighed(type: number, vouchers: number): number {
    return matchWeight(type, vouchers, this.census.referenceSize, this.policy.hubShare);
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

/** Compares pairs whose first row is in `left` and whose second is in `right` (the same block, or another); keeps those that may join. */
export function likelyPairs(pairs: Float64Array, left: Placed, right: Placed, bounds: PairBounds): LikelyPairs {
  const kept = { pairs: doubles(), starts: words(), types: bytes(), hashes: doubles(), timing: doubles(), ends: bytes() };
  const { sum } = bounds;
  for (const pair of pairs) {
    const [a, b] = [left.placeOf(firstOf(pair)), right.placeOf(secondOf(pair))];
    const [one, two] = [left.rows, right.rows];
    sum.clear();
    const before = kept.types.length;
    let j = two.starts[b]!;
    const end = two.starts[b + 1]!;
    for (let i = one.starts[a]!; i < one.starts[a + 1]! && j < end; i++) {
      const type = one.types[i]!;
      const hash = one.hashes[i]!;
      while (j < end && (two.types[j]! < type || (two.types[j] === type && two.hashes[j]! < hash))) j++;
      if (j >= end || two.types[j] !== type || two.hashes[j] !== hash) continue;
      sum.share(type, bounds.weight(type, hash));
      kept.types.push(type);
      kept.hashes.push(hash);
    }
    sum.settle(endOf(one, a), endOf(two, b));
    const timing = coTimingAtMost(
      one.minutes.subarray(one.minuteStarts[a]!, one.minuteStarts[a + 1]!),
      two.minutes.subarray(two.minuteStarts[b]!, two.minuteStarts[b + 1]!),
    );
    sum.timing(timing);
    if (!bounds.joins) {
      kept.types.length = before;
      kept.hashes.length = before;
      continue;
    }
    kept.pairs.push(pair);
    kept.starts.push(before);
    kept.timing.push(timing);
    for (const [rows, at] of [
      [one, a],
      [two, b],
    ] as const) {
      kept.ends.push(rows.addresses[at]!);
      kept.ends.push(rows.clients[at]!);
      kept.ends.push(rows.atOrigin[at]!);
    }
  }
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

const endOf = ({ addresses, clients, atOrigin }: PairedRows, at: number) => ({
  addresses: addresses[at]!,
  clients: clients[at]!,
  atOrigin: atOrigin[at] === 1,
});

/** A block of rows, and where each row stands in it. */
export class Placed {
  private readonly places: Int32Array;

  constructor(
    readonly rows: PairedRows,
    private readonly from: number,
    private readonly rowOf: (ordinal: number) => number,
  ) {
    this.places = new Int32Array(rows.rows.length);
    rows.rows.forEach((row, place) => {
      this.places[row - from] = place;
    });
  }

  placeOf(ordinal: number): number {
    return this.places[this.rowOf(ordinal) - this.from]!;
  }
}

/** Links as ordinals, with their weight at most (nats). */
export type ScreenLinks = { pairs: Float64Array; weights: Float64Array };

/** Sums likely pairs up again, now that it is known how many hold what they have in common. */
export function linksOf(likely: LikelyPairs, bounds: PairBounds): ScreenLinks {
  const pairs = doubles();
  const weights = doubles();
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
