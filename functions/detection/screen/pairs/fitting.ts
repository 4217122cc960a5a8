import { FAMILIES } from '../../../../shared/domain/campaigns/campaign';
import { baseRate, inSteps } from '../../traits/match-weight';
import { FAMILY_CAP, TRAIT_NAMES, TRAIT_TYPES } from '../../traits/traits';
import { Doubles, Words } from '../columns/growing';
import type { Shared } from './pair-bounds';

const TYPE_CAPS = TRAIT_NAMES.map((name) => TRAIT_TYPES[name].cap);
const FAMILY_OF = TRAIT_NAMES.map((name) => FAMILIES.indexOf(TRAIT_TYPES[name].family));
const CAPS = FAMILIES.map((family) => FAMILY_CAP[family]);
/**
 * A trait is a group's own if this share of it holds it, and so many times the share of the population (networks.ts); and here, if it is
 * not one member's alone: whoever shares something rare with one of a few has nothing to do with the others.
 */
const COMMON = 0.05;
const TIMES = 5;
const HOLDERS = 2;
/** Of what a member must say, the share that must come from traits that may propose a pair; the judgement asks for the rest. */
const PROPOSED = 0.5;
/** Sums of the same weights in another order differ by less (nats). */
const ROUNDING = 1e-9;

const PAYMENT = TRAIT_NAMES.indexOf('payment-instrument');
const NONE: readonly number[] = [];

/**
 * Which groups an account must be looked at with although no link joins it to them, as a guest: it holds so much of what is a group's own
 * that it may be a member, or it pays with an instrument that somebody of the group pays with (an operator's cells are not cut along his
 * cards). An account of another group must hold half of what it holds of its own.
 */
export class Fitting {
  /** By number of a shared trait: one more than where the groups whose own it is stand in `owners`; their count comes first. */
  private readonly owned: Uint32Array;
  private readonly owners = new Words();
  /** Of each place in `owners`: what the trait says of whoever holds it, at most (nats). */
  private readonly weights = new Doubles();
  /** Groups that pay with an instrument which others pay with, too, by number. */
  private readonly payers = new Map<number, number[]>();
  /** By number: how many accounts of each group hold it, while a list is read. */
  private readonly counts: Uint32Array;

  constructor(
    private readonly groupOf: Uint32Array,
    private readonly sizes: readonly number[],
    private readonly referenceSize: number,
    private readonly policy: { memberThreshold: number },
    private readonly shared: Shared,
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

  /** The groups that an account is a guest of; `own`: the one it is in, or 0. By the numbers of the shared traits it holds (from `from` to `to`). */
  groupsOf(own: number, numbers: Uint32Array, from: number, to: number): readonly number[] {
    const groups: number[] = [];
    const sums: Float64Array[] = [];
    const paidWith: number[] = [];
    const owners = this.owners.filled();
    const weights = this.weights.filled();
    for (let i = from; i < to; i++) {
      const number = numbers[i]!;
      const type = this.shared.types[number]!;
      if (type === PAYMENT) for (const group of this.payers.get(number) ?? NONE) if (group !== own) paidWith.push(group);
      const place = this.owned[number]!;
      if (place === 0) continue;
      for (let owner = place; owner < place + owners[place - 1]!; owner++) {
        let which = groups.indexOf(owners[owner]!);
        if (which < 0) {
          which = groups.push(owners[owner]!) - 1;
          sums.push(new Float64Array(CAPS.length));
        }
        sums[which]![FAMILY_OF[type]!]! += weights[owner]!;
      }
    }
    const nats = sums.map(capped);
    const held = own === 0 ? 0 : (nats[groups.indexOf(own)] ?? 0);
    const enough = PROPOSED * Math.max(this.policy.memberThreshold, held) - ROUNDING;
    const fitting = groups.filter((group, which) => group !== own && nats[which]! >= enough);
    return paidWith.length === 0 ? fitting : [...new Set([...fitting, ...paidWith])];
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
    if (found.length > 1 || (free > 0 && found.length > 0)) {
      const type = this.shared.types[number]!;
      if (type === PAYMENT) this.payers.set(number, found);
      const inReference = this.shared.inReference[number]!;
      // Commonness is counted outside the group. Who of the group is reference is not known here: as rare as it can be, then.
      const outside = (group: number): number => Math.max(0, inReference - counts[group]!);
      const rate = (group: number): number => baseRate(type, outside(group), this.referenceSize);
      const own = found.filter((group) => {
        const share = counts[group]! / sizes[group - 1]!;
        return counts[group]! >= HOLDERS && share >= COMMON && share > TIMES * rate(group);
      });
      if (own.length > 0) {
        this.owners.push(own.length);
        this.weights.push(0);
        this.owned[number] = this.owners.length;
        for (const group of own) {
          const nats = Math.log((0.9 * counts[group]!) / sizes[group - 1]! / rate(group)) - Math.log(1 + outside(group));
          this.owners.push(group);
          this.weights.push(inSteps(Math.min(TYPE_CAPS[type]!, Math.max(0, nats))));
        }
      }
    }
    for (const group of found) counts[group] = 0;
  }
}

function capped(nats: Float64Array): number {
  let sum = 0;
  for (let family = 0; family < CAPS.length; family++) sum += Math.min(CAPS[family]!, nats[family]!);
  return sum;
}
