import type { Campaign } from '../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../shared/domain/campaigns/known-operator';
import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import { HOUR } from '../../shared/domain/time';
import { membersOfHostile } from './campaigns/hostile';
import { type Watched, watch } from './campaigns/known-operators';
import { restingOf } from './campaigns/resting';
import { type Assessment, controlFalseDiscovery } from './findings/assess';
import { type Baseline, baselineOf } from './findings/baseline';
import type { GroupContext } from './findings/measures';
import { type Judgement, judge } from './judgement';
import { CandidatePairs } from './links/candidate-pairs';
import type { Population } from './profiles/population';
import type { Profile } from './profiles/profile';
import { byArrival } from './screen/screened';
import { TraitIndex } from './traits/trait-index';

const BASELINE_FOR = 6 * HOUR;

export type EverybodyGiven = { before: readonly Campaign[]; policy: DetectionPolicy; operators: readonly KnownOperator[]; now: number };

/**
 * A population that fits into memory: an index of everybody, kept from run to run with what was said of networks that did not change. What is
 * kept decides how long a run takes, never what it finds.
 */
export class Everybody {
  private index: TraitIndex | undefined;
  private indexPolicy = '';
  private indexed: Population | undefined;
  private pairs = new CandidatePairs();
  /** What was said of a network whose members did not change since, and with which operators in mind. */
  private assessed = new Map<string, Assessment>();
  private assessedWith = '';
  private baseline: { index: TraitIndex; at: number; value: Baseline } | undefined;

  judge(
    population: Population,
    { before, policy, operators, now }: EverybodyGiven,
  ): Judgement & { context: GroupContext; watched: readonly Watched[] } {
    const index = this.indexFor(policy, population);
    const members = new Set<Profile>();
    for (const account of membersOfHostile(before)) {
      const profile = population.profiles.get(account);
      if (profile) members.add(profile);
    }
    const fresh = index.accounts.length === 0 ? population.profiles.values() : population.touched;
    index.update([...fresh].sort(byArrival), population.releases, now, members);
    this.forgetIfOtherOperators(operators);
    const watched = watch(operators, index, policy.memberThreshold.value);
    const context = { index, baseline: this.baselineFor(index, now), releases: population.releases, operators: watched, now };
    const named = new Set(
      before.flatMap(({ classification, members: held }) => (classification === 'unclear' ? [] : held.map(({ account }) => account))),
    );
    const assessed = new Map<string, Assessment>();
    const judgement = judge(context, {
      policy,
      pairs: this.pairs,
      named,
      rests: restingOf(before, now),
      assessed: (network, anew) => {
        const name = network.members.map(({ entry }) => `${entry.order}.${entry.revision}`).join();
        const assessment = this.assessed.get(name) ?? anew();
        assessed.set(name, assessment);
        return assessment;
      },
    });
    this.assessed = assessed;
    return { ...judgement, assessments: controlFalseDiscovery(judgement.assessments, policy), context, watched };
  }

  /** Nothing that was kept of an index of everybody holds any more. */
  forget(): void {
    this.pairs = new CandidatePairs();
    this.assessed.clear();
    this.index = undefined;
  }

  /** What was said of networks was said with the operators of that time in mind. */
  private forgetIfOtherOperators(operators: readonly KnownOperator[]): void {
    const name = operators.map(({ id, importedAt }) => `${id}@${importedAt}`).join();
    if (name !== this.assessedWith) this.assessed.clear();
    this.assessedWith = name;
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
      this.pairs = new CandidatePairs();
      this.assessed.clear();
      this.indexed = population;
    }
    this.indexPolicy = name;
    return this.index;
  }

  /** What people do does not change from hour to hour: read anew every few hours, or when there are a tenth more of them. */
  private baselineFor(index: TraitIndex, now: number): Baseline {
    const known = this.baseline;
    if (known && known.index === index && now - known.at < BASELINE_FOR && index.referenceSize <= 1.1 * known.value.accounts.length)
      return known.value;
    this.baseline = { index, at: now, value: baselineOf(index) };
    return this.baseline.value;
  }
}
