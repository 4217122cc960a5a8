import { FAMILIES } from '../../../shared/domain/campaigns/campaign';
import type { Indexed } from '../traits/account-traits';
import type { TraitIndex } from '../traits/trait-index';
import { coTimingNats } from './co-timing';
import { CO_TIMING_CAP, type PairLink } from './links';
import { PairSum } from './pair-sum';

/**
 * The traits that two accounts both hold (ids, ascending), as long as neither list of theirs is replaced; and what their minutes say (nats), if
 * it was asked for, as long as neither account changes.
 */
type InCommon = {
  one: Int32Array;
  two: Int32Array;
  ids: readonly number[];
  revisions: readonly [number, number];
  timing: number | undefined;
};
/** More than there are orders. */
const ORDERS = 2 ** 26;

/**
 * Scores pairs of accounts. What one account holds is marked once for all its pairs. Kept from run to run (`begin`), it looks only at pairs of
 * which an end changed for what they have in common; what that says is asked anew each time, for everybody else may have changed.
 */
export class PairScores {
  private common: Map<number, InCommon> | undefined;
  private before: ReadonlyMap<number, InCommon> = new Map();
  /** By trait id: whether the account that was turned to holds it. A byte each, so that they stay near. */
  private held = new Uint8Array(0);
  private marked: Int32Array = new Int32Array(0);
  private readonly sum = new PairSum();

  /** A run begins. What the run before did not ask about is forgotten. */
  begin(): void {
    this.before = this.common ?? this.before;
    this.common = new Map();
  }

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
  private turnTo({ ids }: Pick<Indexed, 'ids'>, traits: number): void {
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
    const common = this.commonOf(index, a, b);
    const { ids } = common;
    const { types } = index;
    for (let i = 0; i < ids.length; i++) sum.share(types[ids[i]!]!, index.weight(ids[i]!));
    sum.settle(one, two);
    if (sum.weight + CO_TIMING_CAP >= bar) {
      common.timing ??= coTimingNats(one.profile, two.profile);
      sum.timing(common.timing);
    }
    return sum.weight;
  }

  private commonOf(index: TraitIndex, a: number, b: number): InCommon {
    const one = index.accounts[a]!;
    const two = index.accounts[b]!;
    const known = this.before.get(a * ORDERS + b);
    const isSame = known !== undefined && known.one === one.ids && known.two === two.ids;
    const revisions = [one.revision, two.revision] as const;
    const isUnchanged = isSame && known.revisions[0] === revisions[0] && known.revisions[1] === revisions[1];
    const common = isUnchanged
      ? known
      : { one: one.ids, two: two.ids, ids: isSame ? known.ids : this.sharedOf(one, two, index.size), revisions, timing: undefined };
    this.common?.set(a * ORDERS + b, common);
    return common;
  }

  private sharedOf(one: Indexed, two: Indexed, traits: number): number[] {
    if (this.marked !== two.ids) this.turnTo(one, traits);
    const { ids } = this.marked === two.ids ? one : two;
    const { held } = this;
    const shared: number[] = [];
    for (let i = 0; i < ids.length; i++) if (held[ids[i]!] === 1) shared.push(ids[i]!);
    return shared;
  }
}
