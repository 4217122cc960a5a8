import { FAMILIES } from '../../../shared/domain/campaigns/campaign';
import type { Indexed } from '../traits/account-traits';
import type { TraitIndex } from '../traits/trait-index';
import { coTimingNats } from './co-timing';
import { CO_TIMING_CAP, type PairLink } from './links';
import { PairSum } from './pair-sum';

/** Scores pairs of accounts. What one account holds is marked once for all its pairs. */
export class PairScores {
  /** By trait id: whether the account that was turned to holds it. A byte each, so that they stay near. */
  private held = new Uint8Array(0);
  private marked: Int32Array = new Int32Array(0);
  private readonly sum = new PairSum();

  score(index: TraitIndex, a: number, b: number): PairLink {
    const weight = this.weigh(index, a, b, Number.NEGATIVE_INFINITY);
    return { a, b, weight, families: FAMILIES.filter((_, family) => this.sum.speaks(family)) };
  }

  /** The link of a pair, if it is strong enough to join the two: `bar` nats in all, from two families at least. */
  joining(index: TraitIndex, a: number, b: number, bar: number): PairLink | undefined {
    const weight = this.weigh(index, a, b, bar);
    if (weight < bar) return undefined;
    const families = FAMILIES.filter((_, family) => this.sum.speaks(family));
    return families.length >= 2 ? { a, b, weight, families } : undefined;
  }

  /** Marks what an account holds: pairs of it come next. */
  turnTo({ ids }: Pick<Indexed, 'ids'>, traits: number): void {
    if (this.marked === ids) return;
    if (traits > this.held.length) this.held = new Uint8Array(2 * traits);
    else for (let i = 0; i < this.marked.length; i++) this.held[this.marked[i]!] = 0;
    for (let i = 0; i < ids.length; i++) this.held[ids[i]!] = 1;
    this.marked = ids;
  }

  /** The match weight of two accounts (nats). Where even the most that co-timing can say leaves it below `bar` nobody asks what it says. */
  private weigh(index: TraitIndex, a: number, b: number, bar: number): number {
    const { sum } = this;
    sum.clear();
    const one = index.accounts[a]!;
    const two = index.accounts[b]!;
    if (this.marked !== two.ids) this.turnTo(one, index.size);
    const { ids } = this.marked === two.ids ? one : two;
    const { types } = index;
    const { held } = this;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (held[id] === 1) sum.share(types[id]!, index.weight(id));
    }
    sum.settle(one, two);
    if (sum.weight + CO_TIMING_CAP >= bar) sum.timing(coTimingNats(one.profile, two.profile));
    return sum.weight;
  }
}
