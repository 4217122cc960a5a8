import { coTimingAtMost } from '../../links/co-timing';
import type { PairEnd } from '../../links/pair-sum';
import { Bytes, Doubles, Words } from '../columns/growing';
import type { PairList } from '../columns/pair-list';
import { PROPOSES, pairOf } from '../holders/trait-records';
import type { PairBounds, Shared } from './pair-bounds';
import { endOf, type PairedRows } from './paired-rows';

/** Pairs that may join, ascending, with all that decides: what both hold, and what of each bears on it. */
export type LikelyPairs = {
  pairs: Float64Array;
  /** One longer: where the traits in common of each pair begin. */
  starts: Uint32Array;
  types: Uint8Array;
  /** What a trait that may propose a pair weighs (nats); the hash of any other. */
  values: Float64Array;
  /** Nats, at most. */
  timing: Float64Array;
  /** Of the one and of the other, as in paired rows. */
  ends: Uint32Array;
};

/** A block of rows, and where each account stands in it. */
export type Placed = { rows: PairedRows; placeOf(ordinal: number): number };

/** `from`: the first row of the block. */
export function placed(rows: PairedRows, from: number, rowOf: (ordinal: number) => number): Placed {
  const places = new Int32Array(rows.rows.length);
  for (let place = 0; place < places.length; place++) places[rows.rows[place]! - from] = place;
  return { rows, placeOf: (ordinal) => places[rowOf(ordinal) - from]! };
}

/** Traits of an account, at most: its samples are bounded. */
const MOST_TRAITS = 1024;
const SLOTS = 4096;

/**
 * Compares pairs of two blocks of rows. What one account holds stands in two small tables for all its pairs, so that what the other
 * holds is read once, in order: a few nanoseconds for each trait.
 */
export class Meeting {
  /** Numbers of the shared traits that the account holds; 0 where none stands. */
  private readonly numbers = new Uint32Array(SLOTS);
  /** One more than where each of its other traits stands. */
  private readonly places = new Uint32Array(SLOTS);
  /** Those slots that are taken. */
  private readonly takenNumbers = new Uint32Array(MOST_TRAITS);
  private readonly takenPlaces = new Uint32Array(MOST_TRAITS);
  private readonly ends = new Array<PairEnd | undefined>(2 ** 17);
  private numbered = 0;
  private others = 0;
  private hasLate = false;

  constructor(
    private readonly bounds: PairBounds,
    private readonly shared: Shared,
  ) {}

  /** Those pairs of accounts `from` up to `to` with accounts that `isIn` the right block which may join. */
  likely(
    { starts, seconds }: PairList,
    from: number,
    to: number,
    left: Placed,
    right: Placed,
    isIn: (ordinal: number) => boolean,
  ): LikelyPairs {
    const kept = {
      pairs: new Doubles(),
      starts: new Words(),
      types: new Bytes(),
      values: new Doubles(),
      timing: new Doubles(),
      ends: new Words(),
    };
    const { sum, weights } = this.bounds;
    const types = this.shared.types;
    const [one, two] = [left.rows, right.rows];
    const commonTypes = new Uint8Array(MOST_TRAITS);
    const commonValues = new Float64Array(MOST_TRAITS);
    let shared = 0;
    const share = (type: number, value: number, weight: number): void => {
      sum.share(type, weight);
      commonTypes[shared] = type;
      commonValues[shared++] = value;
    };
    for (let first = from; first < to; first++) {
      let a = -1;
      for (let p = starts[first]!; p < starts[first + 1]!; p++) {
        const second = seconds[p]!;
        if (!isIn(second)) continue;
        if (a < 0) {
          a = left.placeOf(first);
          this.turnTo(one, a);
        }
        const b = right.placeOf(second);
        sum.clear();
        shared = 0;
        for (let i = two.heldStarts[b]!; i < two.heldStarts[b + 1]!; i++) {
          const number = two.numbers[i]!;
          if (this.holds(number)) share(types[number]!, weights[number]!, weights[number]!);
        }
        this.compare(one, two, two.starts[b]!, two.lates[b]!, share);
        sum.settle(this.endOf(one.ends[a]!), this.endOf(two.ends[b]!));
        if (!this.bounds.mayYetJoin) continue;
        if (!this.hasLate) this.put(one, one.lates[a]!, one.starts[a + 1]!);
        this.hasLate = true;
        this.compare(one, two, two.lates[b]!, two.starts[b + 1]!, share);
        if (!this.bounds.mayJoin) continue;
        const timing = coTimingAtMost(
          one.minutes.subarray(one.minuteStarts[a]!, one.minuteStarts[a + 1]!),
          two.minutes.subarray(two.minuteStarts[b]!, two.minuteStarts[b + 1]!),
        );
        sum.timing(timing);
        if (!this.bounds.joins) continue;
        kept.pairs.push(pairOf(first, second));
        kept.starts.push(kept.types.length);
        for (let i = 0; i < shared; i++) {
          kept.types.push(commonTypes[i]!);
          kept.values.push(commonValues[i]!);
        }
        kept.timing.push(timing);
        kept.ends.push(one.ends[a]!);
        kept.ends.push(two.ends[b]!);
      }
      if (a >= 0) this.clear();
    }
    kept.starts.push(kept.types.length);
    return {
      pairs: kept.pairs.filled().slice(),
      starts: kept.starts.filled().slice(),
      types: kept.types.filled().slice(),
      values: kept.values.filled().slice(),
      timing: kept.timing.filled().slice(),
      ends: kept.ends.filled().slice(),
    };
  }

  private turnTo(rows: PairedRows, at: number): void {
    for (let i = rows.heldStarts[at]!; i < rows.heldStarts[at + 1]!; i++) {
      let slot = rows.numbers[i]! & (SLOTS - 1);
      while (this.numbers[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
      this.numbers[slot] = rows.numbers[i]!;
      this.takenNumbers[this.numbered++] = slot;
    }
    this.put(rows, rows.starts[at]!, rows.lates[at]!);
    this.hasLate = false;
  }

  private put(rows: PairedRows, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      let slot = slotOf(rows.types[i]!, rows.hashes[i]!);
      while (this.places[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
      this.places[slot] = i + 1;
      this.takenPlaces[this.others++] = slot;
    }
  }

  private clear(): void {
    for (let i = 0; i < this.numbered; i++) this.numbers[this.takenNumbers[i]!] = 0;
    for (let i = 0; i < this.others; i++) this.places[this.takenPlaces[i]!] = 0;
    this.numbered = 0;
    this.others = 0;
  }

  private holds(number: number): boolean {
    for (let slot = number & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const held = this.numbers[slot]!;
      if (held === number) return true;
      if (held === 0) return false;
    }
  }

  /** Shares those traits of the other, from `from` to `to`, that the account holds. */
  private compare(
    one: PairedRows,
    two: PairedRows,
    from: number,
    to: number,
    share: (type: number, value: number, weight: number) => void,
  ): void {
    for (let i = from; i < to; i++) {
      const hash = two.hashes[i]!;
      const type = two.types[i]!;
      for (let slot = slotOf(type, hash); ; slot = (slot + 1) & (SLOTS - 1)) {
        const held = this.places[slot]!;
        if (held === 0) break;
        if (one.hashes[held - 1] !== hash || one.types[held - 1] !== type) continue;
        share(type, hash, this.bounds.weight(type, hash));
        break;
      }
    }
  }

  private endOf(code: number): PairEnd {
    const known = this.ends[code] ?? endOf(code);
    this.ends[code] = known;
    return known;
  }
}

/** Keyed hashes are uniform in their low bits; buckets of time are near one another. */
const slotOf = (type: number, hash: number): number => ((hash | 0) ^ (type << 7)) & (SLOTS - 1);

/** Links as ordinals, ascending, with their weight at most (nats). */
export type ScreenLinks = { pairs: Float64Array; weights: Float64Array };

/** Sums likely pairs up again, now that it is known how many hold what they have in common. */
export function linksOf(likely: LikelyPairs, bounds: PairBounds): ScreenLinks {
  const pairs = new Doubles();
  const weights = new Doubles();
  const { sum } = bounds;
  for (let at = 0; at < likely.pairs.length; at++) {
    sum.clear();
    for (let i = likely.starts[at]!; i < likely.starts[at + 1]!; i++) {
      const type = likely.types[i]!;
      const value = likely.values[i]!;
      sum.share(type, PROPOSES[type] ? value : bounds.weight(type, value));
    }
    sum.settle(endOf(likely.ends[2 * at]!), endOf(likely.ends[2 * at + 1]!));
    sum.timing(likely.timing[at]!);
    if (!bounds.joins) continue;
    pairs.push(likely.pairs[at]!);
    weights.push(sum.weight);
  }
  return { pairs: pairs.filled().slice(), weights: weights.filled().slice() };
}
