import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../../shared/domain/campaigns/known-operator';
import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import { discoveriesUpTo } from '../findings/assess';
import { SMALLEST } from '../findings/content-candidates';
import { UnionFind } from '../networks/networks';
import type { Unit } from '../screen/units';
import type { TraitIds } from '../traits/trait-ids';
import { Contents, returners, toolsOf } from './across-units';
import { type Look, MARK, type Part, type Settling, type Tests, type UnitRules } from './unit-judge';

export type UnitsGiven = {
  /** What the screen cut the population into. */
  units: readonly Unit[];
  /** By their place: what the screening was given as ties, in this order, then those that have none. */
  campaigns: readonly Campaign[];
  operators: readonly KnownOperator[];
  policy: DetectionPolicy;
  now: number;
};

/**
 * Who judges parts, and where: here, one after the other (judged-here.ts), or by functions side by side (judged-elsewhere.ts). Answers stand
 * in the order of the parts. `T`: what is made of a part once it is settled.
 */
export interface UnitJudges<T> {
  /** Of a sample of the reference and of some accounts: who asks unusually. */
  askers(accounts: readonly AccountKey[]): Promise<readonly AccountKey[]>;
  look(parts: readonly Part[]): AsyncIterable<Look<T>>;
  isAnyByContent(accounts: readonly AccountKey[]): Promise<boolean>;
  tests(parts: readonly Part[], popular: TraitIds): AsyncIterable<Tests>;
  settle(parts: readonly Part[], settling: Settling): AsyncIterable<T>;
  /** Nothing more is asked. */
  end(): Promise<void>;
}

/** Campaigns that only content holds together lie in no unit: whoever else its accounts hang together with has nothing to do with it. */
export const isTied = ({ foundBy }: Pick<Campaign, 'foundBy'>): boolean => foundBy !== 'content';

/** Of MARK: what accounts are in the campaigns that stand. */
export function marksOf(campaigns: readonly Campaign[]): (account: AccountKey) => number {
  const marks = new Map<AccountKey, number>();
  for (const campaign of campaigns) {
    const mark = (isTied(campaign) ? MARK.tied : MARK.untied) | (campaign.classification === 'unclear' ? 0 : MARK.named);
    for (const { account } of campaign.members) marks.set(account, (marks.get(account) ?? 0) | mark);
  }
  return (account) => marks.get(account) ?? 0;
}

export const rulesOf = (
  { campaigns, operators, policy, now }: Omit<UnitsGiven, 'units'>,
  releases: ReadonlyMap<string, number>,
): UnitRules => ({ policy, now, releases, operators, returning: returners(campaigns) });

/** Traits that are counted although nobody of a part need hold them. */
export const countedBesides = ({ campaigns, operators }: Pick<UnitsGiven, 'campaigns' | 'operators'>) =>
  toolsOf([...returners(campaigns), ...operators.map(({ indicators, accounts }) => ({ indicators, size: accounts }))]);

/**
 * Judges unit by unit. What a group is has nothing to do with other units; three things have, and what they concern is judged a second
 * time, once all is known: tests of which so many must be false (the rate is of the whole run), cells of one operator, and campaigns whose
 * accounts come back elsewhere or that only content holds together. Units that turn out to belong together are judged as one. Nothing but
 * lists of accounts and what is made of parts stands in memory here.
 */
export async function* judgeUnits<T>(given: UnitsGiven, judges: UnitJudges<T>): AsyncIterable<T> {
  yield* new Units(given, judges).all();
}

class Units<T> {
  private readonly parts: Part[];
  private readonly sets: UnionFind;
  /** Members of networks, as far as they are known. */
  private readonly linked = new Set<AccountKey>();
  /** Of members who are guests somewhere: the first unit that took them. */
  private readonly homes = new Map<AccountKey, number>();
  private readonly askers = new Set<AccountKey>();
  /** Parts of the first look that are judged once more, with their tests where these hold. */
  private readonly waiting = new Map<number, Tests | undefined>();
  private readonly contents = new Contents();
  private readonly partOf = new Map<Campaign['id'], number>();
  /** Campaigns that only content holds together, and their accounts. */
  private readonly untied: readonly Campaign[];
  private readonly ofUntied: ReadonlySet<AccountKey>;
  /** Parts that have to do with a campaign that only content holds together. */
  private readonly lost: number[] = [];

  constructor(
    private readonly given: UnitsGiven,
    private readonly judges: UnitJudges<T>,
  ) {
    const { campaigns, units } = given;
    const tied = campaigns.filter(isTied);
    this.parts = units.map(({ accounts, guests, ties, isVisiting }) => ({
      accounts,
      guests,
      campaigns: ties.map((tie) => tied[tie]!),
      byContent: false,
      isVisiting,
    }));
    this.parts.forEach((part, at) => {
      for (const { id } of part.campaigns) this.partOf.set(id, at);
    });
    this.sets = new UnionFind(this.parts.length + 1);
    this.untied = campaigns.filter((campaign) => !isTied(campaign));
    this.ofUntied = new Set(this.untied.flatMap(({ members }) => members.map(({ account }) => account)));
  }

  async *all(): AsyncIterable<T> {
    for (const account of await this.judges.askers([...this.ofUntied])) this.askers.add(account);
    const counts: Tests = { p: [], groups: 0 };
    const add = ({ p, groups }: Tests): void => {
      for (const one of p) counts.p.push(one);
      counts.groups += groups;
    };
    const joins: [number, number][] = [];
    let at = 0;
    for await (const { made, ...look } of this.judges.look(this.parts)) {
      this.note(at, look, joins);
      if (made === undefined) this.waiting.set(at, look.tests);
      else {
        add(look.tests);
        yield made;
      }
      at++;
    }
    for (const [a, b] of [...joins, ...this.contents.joins()]) this.sets.union(a, b);
    for (const mistaken of this.contents.mistaken()) this.waiting.set(mistaken, undefined);
    await this.joinByContent();
    const popular = this.contents.popular();
    const { parts, tests } = this.joined();
    for (const known of tests) if (known) add(known);
    const untested = parts.filter((_, place) => !tests[place]);
    for await (const found of this.judges.tests(untested, popular)) add(found);
    yield* this.judges.settle(parts, { upTo: discoveriesUpTo(counts.p, counts.groups, this.given.policy), popular });
    await this.judges.end();
  }

  /** What of a part hangs together with others. */
  private note(at: number, { linked, networks, returning, askers }: Omit<Look<T>, 'made'>, joins: [number, number][]): void {
    const { accounts, guests, isVisiting } = this.parts[at]!;
    const isShared = new Set(isVisiting ? [...accounts, ...guests] : guests);
    for (const account of linked) {
      this.linked.add(account);
      if (isShared.has(account)) {
        const home = this.homes.get(account) ?? at;
        this.homes.set(account, home);
        if (home !== at) joins.push([home, at]);
      }
      if (this.ofUntied.has(account)) this.lost.push(at);
    }
    for (const network of networks) this.contents.note(at, network);
    for (const campaign of returning) {
      const home = this.partOf.get(campaign);
      joins.push([at, home ?? this.parts.length]);
      if (home === undefined) this.lost.push(at);
    }
    for (const account of askers) this.askers.add(account);
  }

  /** Those who ask unusually are looked at all together, in a part of their own; it is joined with what its campaigns' accounts are linked in. */
  private async joinByContent(): Promise<void> {
    const own = this.parts.length;
    for (const account of this.linked) this.askers.delete(account);
    const askers = [...this.askers].sort();
    const isAny = askers.length >= SMALLEST && (await this.judges.isAnyByContent(askers));
    if (!isAny && this.untied.length === 0) return;
    const accounts = new Set([...(isAny ? askers : []), ...this.ofUntied]);
    this.parts.push({ accounts: [...accounts].sort(), guests: [], campaigns: [...this.untied], byContent: isAny, isVisiting: false });
    this.waiting.set(own, undefined);
    for (const at of this.lost) this.sets.union(own, at);
  }

  /** Parts that wait, as one where they belong together; and their tests, where these are known. */
  private joined(): { parts: Part[]; tests: (Tests | undefined)[] } {
    const groups = new Map<number, number[]>();
    for (const at of [...this.waiting.keys()].sort((a, b) => a - b)) {
      const root = this.sets.find(at);
      const group = groups.get(root);
      if (group) group.push(at);
      else groups.set(root, [at]);
    }
    const all = [...groups.values()];
    return {
      parts: all.map((group) => together(group.map((at) => this.parts[at]!))),
      tests: all.map((group) => (group.length === 1 ? this.waiting.get(group[0]!) : undefined)),
    };
  }
}

/** Who is joined in one of some parts is no guest of another. */
function together(parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0]!;
  const accounts = new Set(parts.flatMap((part) => part.accounts));
  return {
    accounts: [...accounts],
    guests: [...new Set(parts.flatMap(({ guests }) => guests))].filter((guest) => !accounts.has(guest)),
    campaigns: parts.flatMap(({ campaigns }) => campaigns),
    byContent: parts.some(({ byContent }) => byContent),
    isVisiting: parts.some(({ isVisiting }) => isVisiting),
  };
}

/** All of whom parts are about. */
export function* accountsOf(parts: readonly Pick<Part, 'accounts' | 'guests'>[]): Iterable<AccountKey> {
  for (const { accounts, guests } of parts) {
    yield* accounts;
    yield* guests;
  }
}

/** Members of campaigns that parts have: tracking looks at all of them, wherever they are. */
export function* membersOf(parts: readonly Pick<Part, 'campaigns'>[]): Iterable<AccountKey> {
  for (const { campaigns } of parts) for (const { members } of campaigns) for (const { account } of members) yield account;
}
