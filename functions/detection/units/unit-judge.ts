import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../../shared/domain/campaigns/known-operator';
import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import type { AccountKey, CampaignId } from '../../../shared/identity/ids';
import { watch } from '../campaigns/known-operators';
import { mayComeBack } from '../campaigns/relink';
import { isQuiet } from '../campaigns/resting';
import { type Assessment, discovered, testsOf } from '../findings/assess';
import { type Baseline, baselineOfProfiles } from '../findings/baseline';
import { asksUnusually, contentCandidates } from '../findings/content-candidates';
import { contentOf, mayBeCell } from '../findings/join-cells';
import type { GroupContext } from '../findings/measures';
import { type Judgement, judge } from '../judgement';
import type { Profile } from '../profiles/profile';
import { indexOf } from '../screen/screened';
import { TraitIds } from '../traits/trait-ids';
import type { Counted } from '../traits/trait-index';
import { MetOperators, type Returner, Returning } from './across-units';

/** What all units of a run are judged by. */
export type UnitRules = {
  policy: DetectionPolicy;
  now: number;
  releases: ReadonlyMap<string, number>;
  operators: readonly KnownOperator[];
  /** Campaigns whose accounts may come back under other names. */
  returning: readonly Returner[];
};

/** What an account is in the campaigns that stand. */
export const MARK = {
  /** Member of one that links hold together. */
  tied: 1,
  /** Member of one that has a name. */
  named: 2,
  /** Member of one that only content holds together. */
  untied: 4,
} as const;

/** Accounts that are judged by themselves, with the campaigns whose members lie among them. */
export type Part = {
  accounts: AccountKey[];
  /** No link joins them here, but they may fit. */
  guests: AccountKey[];
  campaigns: Campaign[];
  /** Whether those are looked for whom nothing links but content. */
  byContent: boolean;
  /** Whether any of its accounts is another part's guest. */
  isVisiting: boolean;
};

/** What of the population a part is judged with. */
export type Among = {
  profiles: { peek(account: AccountKey): Profile | undefined };
  /** Of MARK. */
  marks: (account: AccountKey) => number;
  counted: Counted;
};

/** A part of the population that was judged by itself. */
export type JudgedUnit = Judgement & { campaigns: Campaign[]; index: GroupContext['index']; profiles: Among['profiles'] };

export type Tests = { p: number[]; groups: number };
/** What of a part, judged for the first time, hangs together with others: a few lists. `T`: what is made of a part. */
export type Look<T> = {
  tests: Tests;
  /** Accounts that are joined in it, network by network. */
  linked: AccountKey[];
  /** Of each network: content of its own, and whether it may be one of several cells. */
  networks: { content: [type: number, hash: number][]; isCell: boolean }[];
  /** Campaigns of elsewhere that its accounts may belong to, come back. */
  returning: CampaignId[];
  /** Who asks unusually, and is in no campaign that has a name. */
  askers: AccountKey[];
  /** What is made of it, where nothing of it has to do with other parts; else it is judged once more, when they are known. */
  made?: T;
};

/** What a run found out before the second look: p-values up to which a test stands, and content that is a popular tool's. */
export type Settling = { upTo: number; popular: TraitIds };
/** Before others are known: no test stands, and nothing is popular among them. */
const UNKNOWN: Settling = { upTo: -1, popular: new TraitIds() };

/** Judges parts of the population by values alone. Pure: what is found in a part depends on nothing that was judged before. */
export class UnitJudge {
  private readonly baseline: Baseline;
  private readonly returning: Returning;
  private readonly operators: MetOperators;

  /** `sample`: accounts of the reference, in the order of keys. */
  constructor(
    private readonly rules: UnitRules,
    private readonly sample: readonly Profile[],
  ) {
    this.baseline = baselineOfProfiles(sample);
    this.returning = new Returning(rules.returning);
    this.operators = new MetOperators(rules.operators);
  }

  /** Of the sample, and of some other accounts: who asks unusually. */
  askers(accounts: readonly AccountKey[], { profiles, marks }: Omit<Among, 'counted'>): AccountKey[] {
    const others = accounts.flatMap((account) => profiles.peek(account) ?? []);
    return [...this.sample, ...others].filter((profile) => this.asks(profile, marks)).map(({ account }) => account);
  }

  /** For the first time: what is settled by itself is settled (`make`). */
  look<T>(part: Part, among: Among, make: (unit: JudgedUnit) => T): Look<T> {
    const { policy } = this.rules;
    const { marks } = among;
    const unit = this.judged(part, among, UNKNOWN);
    const tests = testsIn(unit);
    const linked = [...unit.linked.map(({ members }) => members.map(({ entry }) => entry)), ...unit.resting]
      .flat()
      .map(({ profile }) => profile.account);
    const networks = unit.linked.map((network) => ({
      content: [...contentOf(network, unit)].map((id): [number, number] => [unit.index.types[id]!, unit.index.hashes[id]!]),
      isCell: mayBeCell(network, unit.context, policy.legs),
    }));
    const own = new Set(part.campaigns.map(({ id }) => id));
    const returning = unit.linked.flatMap((network) => this.returning.in(network, unit.index, policy)).filter((id) => !own.has(id));
    const isShared = new Set(part.isVisiting ? [...part.accounts, ...part.guests] : part.guests);
    const waits =
      part.isVisiting ||
      part.campaigns.some(mayComeBack) ||
      tests.p.length > 0 ||
      returning.length > 0 ||
      networks.some(({ content, isCell }) => isCell && content.length > 0) ||
      linked.some((account) => isShared.has(account) || (marks(account) & MARK.untied) !== 0);
    return {
      tests,
      linked,
      networks,
      returning,
      askers: unit.index.accounts.filter(({ profile }) => this.asks(profile, marks)).map(({ profile }) => profile.account),
      ...(waits ? {} : { made: make(this.controlled(unit, UNKNOWN)) }),
    };
  }

  /** Tests of a part that is made of several. */
  tests(part: Part, among: Among, settling: Settling): Tests {
    return testsIn(this.judged(part, among, settling));
  }

  /** Once all is known. */
  settle<T>(part: Part, among: Among, settling: Settling, make: (unit: JudgedUnit) => T): T {
    return make(this.controlled(this.judged(part, among, settling), settling));
  }

  /** Whether only content holds together anybody among some accounts. */
  isAnyByContent(accounts: readonly AccountKey[], among: Among): boolean {
    const { policy, now, releases } = this.rules;
    const index = indexOf(accounts, among.profiles, releases, among.counted, policy, now);
    const context = { index, baseline: this.baseline, releases, operators: [], now };
    return contentCandidates([], namedIn(index, among), context, policy).length > 0;
  }

  private judged({ accounts, guests, campaigns, byContent }: Part, among: Among, { popular }: Settling): JudgedUnit {
    const { policy, now, releases } = this.rules;
    const { profiles, marks, counted } = among;
    const index = indexOf([...accounts, ...guests], profiles, releases, counted, policy, now);
    const operators = watch(this.operators.metIn(index), index, policy.memberThreshold.value);
    const context: GroupContext = { index, baseline: this.baseline, releases, operators, now };
    const judgement = judge(context, {
      policy,
      named: byContent ? namedIn(index, among) : undefined,
      guests: new Set(guests),
      rests: (profile) => isQuiet(profile, now) && (marks(profile.account) & MARK.tied) !== 0,
      isPopular: (type, hash) => popular.find(type, hash) !== undefined,
    });
    return { ...judgement, index, campaigns, profiles };
  }

  private controlled(unit: JudgedUnit, { upTo }: Settling): JudgedUnit {
    return { ...unit, assessments: discovered(unit.assessments, upTo, this.rules.policy) };
  }

  private asks(profile: Profile, marks: Among['marks']): boolean {
    return (marks(profile.account) & MARK.named) === 0 && asksUnusually({ profile }, this.baseline);
  }
}

const testsIn = ({ assessments }: { assessments: readonly Assessment[] }): Tests => ({
  p: assessments.flatMap(testsOf),
  groups: assessments.length,
});

const namedIn = ({ accounts }: GroupContext['index'], { marks }: Pick<Among, 'marks'>): ReadonlySet<AccountKey> =>
  new Set(accounts.map(({ profile }) => profile.account).filter((account) => (marks(account) & MARK.named) !== 0));
