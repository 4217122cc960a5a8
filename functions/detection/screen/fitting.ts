import { FAMILIES } from '../../../shared/domain/campaign';
import { baseRate, matchWeight } from '../traits/match-weight';
import { FAMILY_CAP, TRAIT_NAMES, TRAIT_TYPES } from '../traits/traits';
import { firstOf, pairOf } from './trait-records';

const FAMILY_OF = TRAIT_NAMES.map((name) => FAMILIES.indexOf(TRAIT_TYPES[name].family));
const CAPS = FAMILIES.map((family) => FAMILY_CAP[family]);
/** A trait is a group's own if this share of it holds it, and so many times the share of the population (networks.ts). */
const COMMON = 0.05;
const TIMES = 5;
/** Of what a member must say, the share that must come from traits that may propose a pair; the judgement asks for the rest. */
const PROPOSED = 0.5;

/** Accounts of no group that hold so much of what is a group's own that they may be members without a link. */
export class Fitting {
  /** By account and group: nats by family. */
  private readonly sums = new Map<number, Float64Array>();

  constructor(
    private readonly groupOf: Uint32Array,
    private readonly sizes: readonly number[],
    private readonly referenceSize: number,
    private readonly policy: { hubShare: number; memberThreshold: number },
  ) {}

  /** Lists of holders, as a partition wrote them. */
  take(lists: Uint32Array): void {
    for (let at = 0; at < lists.length; ) {
      const [type, vouchers, holders] = [lists[at]!, lists[at + 1]!, lists[at + 2]!];
      this.list(type, vouchers, lists.subarray(at + 3, at + 3 + holders));
      at += 3 + holders;
    }
  }

  /** Ordinals of those that fit, ascending. */
  accounts(): number[] {
    const found = new Set<number>();
    for (const [name, nats] of this.sums) {
      let sum = 0;
      for (let family = 0; family < CAPS.length; family++) sum += Math.min(CAPS[family]!, nats[family]!);
      if (sum >= PROPOSED * this.policy.memberThreshold) found.add(firstOf(name));
    }
    return [...found].sort((a, b) => a - b);
  }

  private list(type: number, vouchers: number, holders: Uint32Array): void {
    const counts = new Map<number, number>();
    let free = 0;
    for (const holder of holders) {
      const group = this.groupOf[holder]!;
      if (group > 0) counts.set(group, (counts.get(group) ?? 0) + 1);
      else free++;
    }
    if (free === 0 || counts.size === 0) return;
    const weight = matchWeight(type, vouchers, this.referenceSize, this.policy.hubShare);
    for (const [group, count] of counts) {
      const share = count / this.sizes[group - 1]!;
      // Commonness is counted outside the group. Who of the group is reference is not known here: as rare as it can be, then.
      const least = TIMES * baseRate(type, Math.max(0, vouchers - count), this.referenceSize);
      if (share < COMMON || share <= least) continue;
      for (const holder of holders) if (this.groupOf[holder] === 0) this.add(pairOf(holder, group), FAMILY_OF[type]!, weight);
    }
  }

  private add(name: number, family: number, nats: number): void {
    let sums = this.sums.get(name);
    if (!sums) {
      sums = new Float64Array(FAMILIES.length);
      this.sums.set(name, sums);
    }
    sums[family]! += nats;
  }
}
