import { FAMILIES } from '../../../../shared/domain/campaigns/campaign';
import { CO_TIMING_CAP } from '../../links/links';
import { PairSum } from '../../links/pair-sum';
import { matchWeight } from '../../traits/match-weight';
import type { TraitIds } from '../../traits/trait-ids';
import { signupBucket, TRAIT_NAMES } from '../../traits/traits';
import type { Census } from '../holders/census';
import { Sieve } from '../holders/sieve';

const REMEMBERED = 1024;
/** Sums of the same weights in another order differ by less (nats). */
const ROUNDING = 1e-9;

/** By number, from 1 on: shared traits that may propose a pair (trait-records.ts), and how many accounts of the reference vouch for each. */
export type Shared = { types: Uint8Array; inReference: Uint32Array };

/** How many accounts of the reference hold some traits. */
export type Vouchers = { ids: TraitIds; counts: Uint32Array };

const SIGNUP_DAY = TRAIT_NAMES.indexOf('signup-day');
const SIGNUP_HOUR = TRAIT_NAMES.indexOf('signup-hour');
const RHYTHM = TRAIT_NAMES.indexOf('rhythm');
const CONTENT = FAMILIES.indexOf('content');
const TIMING = FAMILIES.indexOf('timing');

export type WeightPolicy = { hubShare: number; linkThreshold: number };

/**
 * The most that a pair may weigh (nats) by what both hold. Of what may propose a pair everything is known; what is not known yet of
 * another trait (no `others` counted it: how many accounts of the reference hold it) is taken as if nobody did, and of co-timing the
 * hours are not asked; so no pair that the index would link is lost.
 */
export class PairBounds {
  readonly sum = new PairSum();
  /** By number of a shared trait. */
  readonly weights: Float64Array;
  private readonly highest: Float64Array;
  /** `weights`: by id. */
  private readonly others: readonly { may: Sieve; ids: TraitIds; weights: Float64Array }[];
  /** By type and number of holders in the reference; NaN where it was not asked for yet. */
  private readonly remembered = new Float64Array(TRAIT_NAMES.length * REMEMBERED).fill(Number.NaN);
  /** Of buckets of sign-ups: twice the hash, one more for hours. */
  private readonly signups = new Map<number, number>();

  constructor(
    private readonly census: Pick<Census, 'referenceSize' | 'signupsPerDay'>,
    private readonly rhythms: ReadonlyMap<number, number>,
    shared: Shared,
    private readonly policy: WeightPolicy,
    others: readonly Vouchers[],
  ) {
    this.others = others.map(({ ids, counts }) => ({
      may: new Sieve(ids),
      ids,
      weights: Float64Array.from(counts, (inReference, id) => this.weighed(ids.types[id]!, inReference)),
    }));
    this.highest = Float64Array.from(TRAIT_NAMES, (_, type) => this.weighed(type, 0));
    this.weights = new Float64Array(shared.types.length);
    for (let number = 1; number < shared.types.length; number++)
      this.weights[number] = this.weighed(shared.types[number]!, shared.inReference[number]!);
  }

  /** Of a trait that may propose no pair. */
  weight(type: number, hash: number): number {
    if (type === SIGNUP_DAY || type === SIGNUP_HOUR) return this.signup(type, hash);
    if (type === RHYTHM) return this.weighed(type, this.rhythms.get(hash) ?? 0);
    for (const { may, ids, weights } of this.others) {
      if (!may.may(type, hash)) continue;
      const id = ids.find(type, hash);
      if (id !== undefined) return weights[id]!;
    }
    return this.highest[type]!;
  }

  /** Whether co-timing could still make it enough. */
  get mayJoin(): boolean {
    return this.sum.weight + CO_TIMING_CAP >= this.policy.linkThreshold - ROUNDING;
  }

  /** The same before what both ask for, and when, was summed up. */
  get mayYetJoin(): boolean {
    return this.sum.weight + this.sum.room(CONTENT) + this.sum.room(TIMING) >= this.policy.linkThreshold - ROUNDING;
  }

  /** Whether what was summed up is enough to join two accounts, from two families at least. */
  get joins(): boolean {
    if (this.sum.weight < this.policy.linkThreshold - ROUNDING) return false;
    let speaking = 0;
    for (let family = 0; family < FAMILIES.length; family++) if (this.sum.speaks(family)) speaking++;
    return speaking >= 2;
  }

  private signup(type: number, hash: number): number {
    const name = 2 * hash + (type === SIGNUP_HOUR ? 1 : 0);
    const known = this.signups.get(name);
    if (known !== undefined) return known;
    const { day, width } = signupBucket(type === SIGNUP_DAY ? 'signup-day' : 'signup-hour', hash);
    const weight = this.weighed(type, Math.ceil(Math.max(1, this.census.signupsPerDay.get(day) ?? 0) * width));
    this.signups.set(name, weight);
    return weight;
  }

  private weighed(type: number, inReference: number): number {
    if (inReference >= REMEMBERED) return matchWeight(type, inReference, this.census.referenceSize, this.policy.hubShare);
    const place = type * REMEMBERED + inReference;
    const known = this.remembered[place]!;
    if (!Number.isNaN(known)) return known;
    const weight = matchWeight(type, inReference, this.census.referenceSize, this.policy.hubShare);
    this.remembered[place] = weight;
    return weight;
  }
}
