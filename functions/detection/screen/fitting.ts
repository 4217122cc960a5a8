import { FAMILIES } from '../../../shared/domain/campaign';
import { baseRate } from '../traits/match-weight';
import { FAMILY_CAP, TRAIT_NAMES, TRAIT_TYPES } from '../traits/traits';
import { Words } from './growing';
import type { Shared } from './pair-bounds';

const FAMILY_OF = TRAIT_NAMES.map((name) => FAMILIES.indexOf(TRAIT_TYPES[name].family));
const CAPS = FAMILIES.map((family) => FAMILY_CAP[family]);
/** A trait is a group's own if this share of it holds it, and so many times the share of the population (networks.ts). */
const COMMON = 0.05;
const TIMES = 5;
/** Of what a member must say, the share that must come from traits that may propose a pair; the judgement asks for the rest. */
const PROPOSED = 0.5;
/** Sums of the same weights in another order differ by less (nats). */
const ROUNDING = 1e-9;

/** Accounts of no group that hold so much of what is a group's own that they may be members without a link. */
export class Fitting {
  /** By number of a shared trait: one more than where the groups whose own it is stand in `owners`; their count comes first. */
  private readonly owned: Uint32Array;
  private readonly owners = new Words();
  /** By number: how many accounts of each group hold it, while a list is read. */
  private readonly counts: Uint32Array;

  constructor(
    private readonly groupOf: Uint32Array,
    private readonly sizes: readonly number[],
    private readonly referenceSize: number,
    private readonly policy: { memberThreshold: number },
    private readonly shared: Shared,
    /** By number of a shared trait (nats). */
    private readonly weights: Float64Array,
  ) {
    this.owned = new Uint32Array(shared.types.length);
    this.counts = new Uint32Array(sizes.length + 1);
  }

  /** Lists of holders, as a partition wrote them; `before`: shared traits of the partitions before it. */
  take(lists: Uint32Array, before: number): void {
    for (let at = 0; at < lists.length; ) {
      const holders = lists[at + 1]!;
      this.list(before + lists[at]!, lists, at + 2, at + 2 + holders);
      at += 2 + holders;
    }
  }

  /** Whether an account of no group fits one, by the numbers of the shared traits it holds (from `from` to `to`). */
  fits(numbers: Uint32Array, from: number, to: number): boolean {
    const groups: number[] = [];
    const sums: Float64Array[] = [];
    const owners = this.owners.filled();
    for (let i = from; i < to; i++) {
      const place = this.owned[numbers[i]!]!;
      if (place === 0) continue;
      const type = this.shared.types[numbers[i]!]!;
      const weight = this.weights[numbers[i]!]!;
      for (let owner = place; owner < place + owners[place - 1]!; owner++) {
        let which = groups.indexOf(owners[owner]!);
        if (which < 0) {
          which = groups.push(owners[owner]!) - 1;
          sums.push(new Float64Array(CAPS.length));
        }
        sums[which]![FAMILY_OF[type]!]! += weight;
      }
    }
    return sums.some((nats) => {
      let sum = 0;
      for (let family = 0; family < CAPS.length; family++) sum += Math.min(CAPS[family]!, nats[family]!);
      return sum >= PROPOSED * this.policy.memberThreshold - ROUNDING;
    });
  }

  private list(number: number, lists: Uint32Array, from: number, to: number): void {
    const { counts, groupOf, sizes } = this;
    const found: number[] = [];
    let free = 0;
    for (let i = from; i < to; i++) {
      const group = groupOf[lists[i]!]!;
      if (group === 0) free++;
      else if (counts[group]!++ === 0) found.push(group);
    }
    if (free > 0 && found.length > 0) {
      const type = this.shared.types[number]!;
      const vouchers = this.shared.vouchers[number]!;
      const own = found.filter((group) => {
        const count = counts[group]!;
        const share = count / sizes[group - 1]!;
        // Commonness is counted outside the group. Who of the group is reference is not known here: as rare as it can be, then.
        return share >= COMMON && share > TIMES * baseRate(type, Math.max(0, vouchers - count), this.referenceSize);
      });
      if (own.length > 0) {
        this.owners.push(own.length);
        this.owned[number] = this.owners.length;
        for (const group of own) this.owners.push(group);
      }
    }
    for (const group of found) counts[group] = 0;
  }
}
