import type { Campaign } from '../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../shared/domain/campaigns/known-operator';
import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import { membersOfHostile } from './campaigns/hostile';
import { type Watched, watch } from './campaigns/known-operators';
import { restingOf } from './campaigns/resting';
import { controlFalseDiscovery } from './findings/assess';
import { baselineOf } from './findings/baseline';
import type { GroupContext } from './findings/measures';
import { type Judgement, judge } from './judgement';
import type { Population } from './profiles/population';
import type { Profile } from './profiles/profile';
import { byArrival } from './screen/screened';
import { TraitIndex } from './traits/trait-index';

export type EverybodyGiven = { before: readonly Campaign[]; policy: DetectionPolicy; operators: readonly KnownOperator[]; now: number };

/** A population that fits into memory: an index of everybody. It is kept from run to run, which decides how long a run takes, never what it finds. */
export class Everybody {
  private index: TraitIndex | undefined;
  private indexPolicy = '';
  private indexed: Population | undefined;

  judge(
    population: Population,
    { before, policy, operators, now }: EverybodyGiven,
  ): Judgement & { context: GroupContext; watched: readonly Watched[] } {
    if (population.forgot) this.forget();
    const index = this.indexFor(policy, population);
    const members = new Set<Profile>();
    for (const account of membersOfHostile(before)) {
      const profile = population.profiles.get(account);
      if (profile) members.add(profile);
    }
    const fresh = index.accounts.length === 0 ? population.profiles.values() : population.touched;
    index.update([...fresh].sort(byArrival), population.releases, now, members);
    const watched = watch(operators, index, policy.memberThreshold.value);
    const context = { index, baseline: baselineOf(index), releases: population.releases, operators: watched, now };
    const named = new Set(
      before.flatMap(({ classification, members: held }) => (classification === 'unclear' ? [] : held.map(({ account }) => account))),
    );
    const judgement = judge(context, { policy, named, rests: restingOf(before, now) });
    return { ...judgement, assessments: controlFalseDiscovery(judgement.assessments, policy), context, watched };
  }

  /** Nothing that was kept of an index of everybody holds any more. */
  forget(): void {
    this.index = undefined;
  }

  private indexFor(policy: DetectionPolicy, population: Population): TraitIndex {
    const numbers = {
      referenceAgeDays: policy.referenceAgeDays.value,
      smallestReference: policy.smallestReference.value,
      hubShare: policy.hubShare.value,
    };
    // A new index each week: traits that nobody holds any more are dropped.
    const name = JSON.stringify([numbers, Math.floor(population.span.start / 168)]);
    if (!this.index || this.indexPolicy !== name || this.indexed !== population) {
      this.index = new TraitIndex(numbers);
      this.indexed = population;
    }
    this.indexPolicy = name;
    return this.index;
  }
}
