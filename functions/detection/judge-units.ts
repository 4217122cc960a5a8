import type { Campaign } from '../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../shared/domain/campaigns/known-operator';
import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import type { AccountKey } from '../../shared/identity/ids';
import { Contents, MetOperators, Returning, toolsOf } from './across-units';
import { watch } from './campaigns/known-operators';
import { mayComeBack } from './campaigns/relink';
import { restingOf } from './campaigns/resting';
import { discovered, discoveriesUpTo, testsOf } from './findings/assess';
import { type Baseline, baselineOfProfiles } from './findings/baseline';
import { asksUnusually, contentCandidates, SMALLEST } from './findings/content-candidates';
import { isPopularAmong, mayBeCell } from './findings/join-cells';
import type { GroupContext } from './findings/measures';
import { type Judgement, judge } from './judgement';
import { CandidatePairs } from './links/candidate-pairs';
import { UnionFind } from './networks/networks';
import type { Population } from './profiles/population';
import type { Profile } from './profiles/profile';
import type { Screening, Trait } from './screen/screened';
import { batchesOf } from './screen/units';
import type { Counted } from './traits/trait-index';

/** Accounts whose traits are counted in one reading of everybody's columns: some hundred bytes each. Changes nothing that is found. */
export const COUNTED_AT_ONCE = 500_000;

export type UnitsGiven = {
  population: { profiles: Pick<Population['profiles'], 'peek'>; releases: Population['releases'] };
  screening: Screening;
  /** By their place: what the screening was given as ties, in this order, then those that have none. */
  campaigns: readonly Campaign[];
  operators: readonly KnownOperator[];
  policy: DetectionPolicy;
  now: number;
  countedAtOnce?: number;
};

/** A part of the population that was judged by itself, with the campaigns whose members lie in it. */
export type JudgedUnit = Judgement & { campaigns: Campaign[]; index: GroupContext['index'] };

type Part = {
  accounts: AccountKey[];
  guests: AccountKey[];
  campaigns: Campaign[];
  /** Whether those are looked for whom nothing links but content. */
  byContent: boolean;
  tests?: { p: number[]; groups: number };
};

/**
 * Judges unit by unit: profiles of a unit and of a sample of the reference are in memory, and are let go when the next comes. What a
 * group is has nothing to do with other units; three things have, and what they concern is judged a second time, once all is known:
 * tests of which so many must be false (the rate is of the whole run), cells of one operator, and campaigns whose accounts come back
 * elsewhere or that only content holds together. Units that turn out to belong together are judged as one.
 */
export async function* judgeUnits(given: UnitsGiven): AsyncIterable<JudgedUnit> {
  yield* new UnitJudge(given, await baselineOf(given)).all();
}

/** Campaigns that only content holds together lie in no unit: whoever else its accounts hang together with has nothing to do with it. */
export const isTied = ({ foundBy }: Pick<Campaign, 'foundBy'>): boolean => foundBy !== 'content';

async function baselineOf({ screening, population }: UnitsGiven): Promise<{ baseline: Baseline; sample: Profile[] }> {
  const sample: Profile[] = [];
  for (const account of await screening.sample()) {
    const profile = population.profiles.peek(account);
    if (profile) sample.push(profile);
  }
  return { baseline: baselineOfProfiles(sample), sample };
}

class UnitJudge {
  private readonly baseline: Baseline;
  private readonly parts: Part[];
  private readonly sets: UnionFind;
  /** Members of networks, as far as they are known. */
  private readonly linked = new Set<AccountKey>();
  /** Of members who are guests somewhere: the first unit that took them. */
  private readonly homes = new Map<AccountKey, number>();
  private readonly askers = new Set<AccountKey>();
  /** Parts of the first reading that are judged once more. */
  private readonly waiting = new Set<number>();
  private readonly contents = new Contents();
  private readonly named: ReadonlySet<AccountKey>;
  private readonly partOf = new Map<Campaign, number>();
  private readonly untied: readonly Campaign[];
  private readonly ofUntied = new Map<AccountKey, number[]>();
  private readonly returning: Returning;
  private readonly operators: MetOperators;
  private readonly besides: Trait[];
  private readonly rests: (profile: Profile) => boolean;

  constructor(
    private readonly given: UnitsGiven,
    { baseline, sample }: { baseline: Baseline; sample: readonly Profile[] },
  ) {
    const { campaigns, screening } = given;
    const tied = campaigns.filter(isTied);
    this.baseline = baseline;
    this.parts = screening.units.map(({ accounts, guests, ties }) => ({
      accounts,
      guests,
      campaigns: ties.map((tie) => tied[tie]!),
      byContent: false,
    }));
    screening.units.forEach(({ isVisiting }, at) => {
      if (isVisiting) this.waiting.add(at);
    });
    this.parts.forEach((part, at) => {
      for (const campaign of part.campaigns) this.partOf.set(campaign, at);
    });
    this.sets = new UnionFind(this.parts.length + 1);
    this.named = new Set(
      campaigns.flatMap(({ classification, members }) => (classification === 'unclear' ? [] : members.map(({ account }) => account))),
    );
    this.untied = campaigns.filter((campaign) => !isTied(campaign));
    this.untied.forEach((campaign, at) => {
      for (const { account } of campaign.members) this.ofUntied.set(account, [...(this.ofUntied.get(account) ?? []), at]);
    });
    this.returning = new Returning(campaigns.filter(mayComeBack));
    this.operators = new MetOperators(given.operators);
    this.rests = restingOf(campaigns, given.now);
    this.besides = toolsOf([
      ...campaigns.filter(mayComeBack).map(({ indicators, members }) => ({ indicators, size: members.length })),
      ...given.operators.map(({ indicators, accounts }) => ({ indicators, size: accounts })),
    ]);
    for (const profile of sample) this.ask(profile);
    for (const account of this.ofUntied.keys()) {
      const profile = given.population.profiles.peek(account);
      if (profile) this.ask(profile);
    }
  }

  async *all(): AsyncIterable<JudgedUnit> {
    const atOnce = this.given.countedAtOnce ?? COUNTED_AT_ONCE;
    const counts = { tests: [] as number[], groups: 0 };
    const add = ({ p, groups }: { p: number[]; groups: number }): void => {
      for (const one of p) counts.tests.push(one);
      counts.groups += groups;
    };
    const joins: [number, number][] = [];
    const lost = new Map<number, number[]>();
    let at = 0;
    for (const batch of batchesOf(this.parts, atOnce)) {
      const counted = await this.given.screening.counted(accountsOf(batch), this.besides);
      for (const part of batch) {
        const unit = this.judged(part, counted);
        const tests = { p: unit.assessments.flatMap(testsOf), groups: unit.assessments.length };
        if (this.mustWait(at, unit, joins, lost)) {
          this.waiting.add(at);
          part.tests = tests;
        } else {
          add(tests);
          yield controlled(unit, -1, this.given.policy);
        }
        at++;
      }
    }
    for (const [a, b] of [...joins, ...this.contents.joins()]) this.sets.union(a, b);
    await this.joinByContent(lost);
    const parts = this.joined();
    for (const batch of batchesOf(
      parts.filter(({ tests }) => !tests),
      atOnce,
    )) {
      const counted = await this.given.screening.counted(accountsOf(batch), this.besides);
      for (const part of batch) {
        const { assessments } = this.judged(part, counted);
        part.tests = { p: assessments.flatMap(testsOf), groups: assessments.length };
      }
    }
    for (const { tests } of parts) if (tests) add(tests);
    const upTo = discoveriesUpTo(counts.tests, counts.groups, this.given.policy);
    for (const batch of batchesOf(parts, atOnce)) {
      const counted = await this.given.screening.counted(accountsOf(batch), this.besides);
      for (const part of batch) yield controlled(this.judged(part, counted), upTo, this.given.policy);
    }
  }

  private judged({ accounts, guests, campaigns, byContent }: Part, counted: Counted): JudgedUnit {
    const { screening, population, policy, now } = this.given;
    const index = screening.index([...accounts, ...guests], population, counted);
    const context: GroupContext = {
      index,
      baseline: this.baseline,
      releases: population.releases,
      operators: watch(this.operators.metIn(index), index, policy.memberThreshold.value),
      now,
    };
    const isPopular = (type: number, hash: number): boolean => isPopularAmong(this.contents.networksWith(type, hash));
    return {
      ...judge(context, {
        policy,
        pairs: new CandidatePairs(),
        named: byContent ? this.named : undefined,
        guests: new Set(guests),
        rests: this.rests,
        isPopular,
      }),
      index,
      campaigns,
    };
  }

  /** What of a unit, judged for the first time, hangs together with others; whether it is judged once more when they are known. */
  private mustWait(at: number, unit: JudgedUnit, joins: [number, number][], lost: Map<number, number[]>): boolean {
    const { policy } = this.given;
    let waits = this.waiting.has(at) || unit.campaigns.some(mayComeBack) || unit.assessments.some((one) => testsOf(one).length > 0);
    const { linked } = this;
    const { accounts, guests } = this.parts[at]!;
    const isShared = new Set(this.waiting.has(at) ? [...accounts, ...guests] : guests);
    for (const group of [...unit.linked.map(({ members }) => members.map(({ entry }) => entry)), ...unit.resting]) {
      for (const { profile } of group) {
        const { account } = profile;
        linked.add(account);
        if (isShared.has(account)) {
          const home = this.homes.get(account) ?? at;
          this.homes.set(account, home);
          if (home !== at) joins.push([home, at]);
          waits = true;
        }
        for (const campaign of this.ofUntied.get(account) ?? []) {
          lost.set(campaign, [...(lost.get(campaign) ?? []), at]);
          waits = true;
        }
      }
    }
    for (const network of unit.linked) {
      const isCell = mayBeCell(network, unit.context, policy.legs);
      if (this.contents.note(at, network, unit.index, isCell)) waits = true;
      for (const campaign of this.returning.in(network, unit.index, policy)) {
        if (unit.campaigns.includes(campaign)) continue;
        joins.push([at, this.partOf.get(campaign) ?? this.parts.length]);
        if (!this.partOf.has(campaign)) lost.set(this.untied.indexOf(campaign), [...(lost.get(this.untied.indexOf(campaign)) ?? []), at]);
        waits = true;
      }
    }
    for (const { profile } of unit.index.accounts) if (!linked.has(profile.account)) this.ask(profile);
    return waits;
  }

  private ask(profile: Profile): void {
    if (!this.named.has(profile.account) && asksUnusually({ profile }, this.baseline)) this.askers.add(profile.account);
  }

  /** Those who ask unusually are looked at all together, in a part of their own; it is joined with what its campaigns' accounts are linked in. */
  private async joinByContent(lost: ReadonlyMap<number, readonly number[]>): Promise<void> {
    const own = this.parts.length;
    for (const account of this.linked) this.askers.delete(account);
    const isAny = this.askers.size >= SMALLEST && (await this.anyByContent());
    if (!isAny && this.untied.length === 0) return;
    const accounts = new Set([...(isAny ? this.askers : []), ...this.ofUntied.keys()]);
    this.parts.push({ accounts: [...accounts].sort(), guests: [], campaigns: [...this.untied], byContent: isAny });
    this.waiting.add(own);
    for (const at of [...lost.values()].flat()) this.sets.union(own, at);
  }

  private async anyByContent(): Promise<boolean> {
    const { screening, population, policy, now } = this.given;
    const accounts = [...this.askers].sort();
    const index = screening.index(accounts, population, await screening.counted(accounts));
    const context = { index, baseline: this.baseline, releases: population.releases, operators: [], now };
    return contentCandidates([], this.named, context, policy).length > 0;
  }

  /** Parts that wait, as one where they belong together. */
  private joined(): Part[] {
    const groups = new Map<number, Part[]>();
    for (const at of [...this.waiting].sort((a, b) => a - b)) {
      const root = this.sets.find(at);
      const group = groups.get(root);
      if (group) group.push(this.parts[at]!);
      else groups.set(root, [this.parts[at]!]);
    }
    return [...groups.values()].map((group) =>
      group.length === 1
        ? group[0]!
        : {
            ...together(group),
            campaigns: group.flatMap(({ campaigns }) => campaigns),
            byContent: group.some(({ byContent }) => byContent),
          },
    );
  }
}

const controlled = (unit: JudgedUnit, upTo: number, policy: DetectionPolicy): JudgedUnit => ({
  ...unit,
  assessments: discovered(unit.assessments, upTo, policy),
});

function* accountsOf(parts: readonly Part[]): Iterable<AccountKey> {
  for (const { accounts, guests } of parts) {
    yield* accounts;
    yield* guests;
  }
}

/** Who is joined in one of some parts is no guest of another. */
function together(parts: readonly Part[]): Pick<Part, 'accounts' | 'guests'> {
  const accounts = new Set(parts.flatMap((part) => part.accounts));
  return { accounts: [...accounts], guests: [...new Set(parts.flatMap(({ guests }) => guests))].filter((guest) => !accounts.has(guest)) };
}
