import { randomUUID } from 'node:crypto';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../shared/domain/campaigns/known-operator';
import { asFound, type Regrouping } from '../../shared/domain/campaigns/regrouping';
import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import { DAY, iso } from '../../shared/domain/time';
import type { AccountKey } from '../../shared/identity/ids';
import type { Clock, Stores } from '../../shared/ports';
import type { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { type DecidedRun, DecidedRunStore } from '../../shared/stores/campaigns/decided-run-store';
import { LeaseStore } from '../../shared/stores/lease-store';
import { RiskTierStore } from '../../shared/stores/risk-tier-store';
import { AccountRows } from './account-rows';
import { type ByUnitsPorts, screened, screenedBySegments, settledUnits } from './by-units';
import { followPeople, movedByPeople, nobodyIsMoved } from './campaigns/follow-people';
import { sharedByMembers } from './campaigns/indicators';
import { namesMet } from './campaigns/known-operators';
import { Everybody } from './everybody';
import { KeptCampaigns } from './kept-campaigns';
import { LEASE, LEASE_FOR } from './lease';
import type { Accounts } from './profiles/accounts';
import { FoldReader } from './profiles/fold-reader';
import { HeldAccounts } from './profiles/held-accounts';
import type { Population } from './profiles/population';
import { isWatchedAlone } from './risk-tier';
import { PopulationColumns } from './screen/columns/population-columns';
import { indexOf, type ScreenedPopulation } from './screen/screened';
import { Sightings } from './sightings';
import type { TraitIndex } from './traits/trait-index';
import { membersOf, type SettledUnit, type Tracking, tracked } from './units/settled';

/** Raised when the meaning of detection code changes; stands in every campaign's provenance. */
export const DETECTION_CODE = 'detection-1';

/** Accounts that one process holds with their profiles and an index of all they hold: some 25 KB each. */
const WHOLE_AT_MOST = 60_000;
/** Accounts that one process holds packed, with their columns: some 6 KB each (docs/decisions/0006). A stage gives its own number. */
const HELD_AT_MOST = 1_000_000;
export type DetectionPorts = ByUnitsPorts & {
  stores: Pick<Stores, 'archive' | 'features' | 'graph'>;
  clock: Clock;
  /** What people decided about who belongs together, read at each run; nothing where it is not given. */
  regroupings?: () => Promise<readonly Regrouping[]>;
  /** A population of more accounts is screened in columns, and few of it are judged with their profiles; what it is decides how it is done, hardly what is found. */
  wholeAtMost?: number;
  /** One of more accounts is kept by segment, absorbed and asked by tasks: no process holds it. The same, for all that is found. */
  heldAtMost?: number;
  /** Segments of such a population, a power of two up to 64; by the number of its accounts, where it is not given. */
  segments?: number;
  /** Whether a row is kept of every account that was active lately, for people to read: `none` where nobody asks. */
  rows?: 'all' | 'none';
};
type Given = {
  before: Campaign[];
  /** Names of all campaigns. */
  names: ReadonlySet<string>;
  policy: DetectionPolicy;
  operators: readonly KnownOperator[];
  now: number;
  provenance: Campaign['provenance'];
};
/** What became of the networks of a run: campaigns that changed, who is in a network, and how many accounts are in groups that rest. */
type Tracked = {
  changed: Campaign[];
  networks: number;
  linked: Set<AccountKey>;
  resting: number;
  /** What these accounts hold, and how many of everybody do. */
  indexOf(accounts: readonly AccountKey[]): Promise<TraitIndex>;
};
export type DetectionRun = {
  kind: 'ran';
  id: string;
  at: number;
  accounts: number;
  active: number;
  hours: number;
  networks: number;
  /** Accounts of networks that were left whole, for nothing new can be known of them. */
  resting: number;
  changed: Campaign[];
  /** Objects that were damaged or missing, by name: what could be read went on, and hours are folded again. */
  damaged: string[];
};
/** Why a call judged nothing. */
export type NotRun = { kind: 'reading'; hours: number; damaged: string[] } | { kind: 'overlapping'; because: string };

/**
 * One instance keeps its population between runs; a new one builds it again from the fold outputs of the window.
 * Detection reads features and writes what it found to the graph table and the archive: it can act on nobody.
 */
export class Detection {
  private readonly tier: RiskTierStore;
  private readonly kept: KeptCampaigns;
  private readonly everybody = new Everybody();
  private readonly sightings: Sightings;
  private readonly decided: DecidedRunStore;
  private readonly leases: LeaseStore;
  private readonly rows: AccountRows;
  private readonly columns = new PopulationColumns();
  private readonly wholeAtMost: number;
  private readonly reader: FoldReader;

  constructor(private readonly ports: DetectionPorts) {
    const { stores } = ports;
    this.rows = new AccountRows(stores);
    this.tier = new RiskTierStore(stores.archive);
    this.kept = new KeptCampaigns(stores);
    this.sightings = new Sightings(stores);
    this.decided = new DecidedRunStore(stores.archive);
    this.leases = new LeaseStore(stores.graph, ports.clock);
    this.wholeAtMost = ports.wholeAtMost ?? WHOLE_AT_MOST;
    const { carryOut, segments, heldAtMost = HELD_AT_MOST } = ports;
    this.reader = new FoldReader(
      stores,
      { packedAbove: this.wholeAtMost, heldAtMost },
      { ...(carryOut ? { carryOut } : {}), ...(segments ? { segments } : {}) },
    );
  }

  get campaigns(): CampaignStore {
    return this.kept.store;
  }

  /** Empty where no process holds it. */
  get population(): Population {
    return this.reader.population;
  }

  /** Everybody, wherever they are. */
  private get accounts(): Accounts {
    const { population, bySegment } = this.reader;
    return bySegment ?? new HeldAccounts(population, this.isLarge ? this.columns : undefined);
  }

  private get isLarge(): boolean {
    return this.reader.population.size > this.wholeAtMost;
  }

  /** Leaves the population as it stands in the archive, for others to read. */
  async keep(): Promise<void> {
    await this.reader.checkpoint(true);
  }

  /** Hours of fold outputs read so far. */
  get hours(): number {
    return this.reader.hours;
  }

  /**
   * accounts ▶ links ▶ networks ▶ campaigns, with findings and evidence. May be repeated. `operators`, known from elsewhere, are
   * looked for in what is found; they make no network and no member. With `hasTime` what was folded is read while it says so, and
   * nothing is judged before the whole window was read once: the next call, in any process, goes on. One call at a time judges.
   */
  async run(policy: DetectionPolicy, policyVersion: string, operators?: readonly KnownOperator[]): Promise<DetectionRun>;
  async run(
    policy: DetectionPolicy,
    policyVersion: string,
    operators: readonly KnownOperator[],
    hasTime: () => boolean,
  ): Promise<DetectionRun | NotRun>;
  async run(
    policy: DetectionPolicy,
    policyVersion: string,
    operators: readonly KnownOperator[] = [],
    hasTime?: () => boolean,
  ): Promise<DetectionRun | NotRun> {
    const lease = await this.leases.take(LEASE, randomUUID(), LEASE_FOR);
    if (lease.kind === 'held') {
      const because = `another call judges, until ${iso(lease.until)} at the latest`;
      if (hasTime) return { kind: 'overlapping', because };
      throw new Error(because);
    }
    try {
      return await this.judge(policy, policyVersion, operators, hasTime);
    } finally {
      await this.leases.release(LEASE, lease.owner);
    }
  }

  private async judge(
    policy: DetectionPolicy,
    policyVersion: string,
    operators: readonly KnownOperator[],
    hasTime?: () => boolean,
  ): Promise<DetectionRun | NotRun> {
    const now = this.ports.clock.now();
    const input = await this.reader.catchUp(now, policy.windowDays.value, hasTime);
    if (input === undefined) return { kind: 'reading', hours: this.hours, damaged: this.reader.damaged };
    const { population, bySegment } = this.reader;
    const loaded = await this.kept.load(this.reader.damaged);
    const unfinished = await this.decided.unfinished();
    if (unfinished) return this.finished(unfinished, loaded, policy);
    const before = await this.kept.withoutEnded(loaded, now);
    const id = `run-${iso(now)}`;
    const provenance = { run: id, code: DETECTION_CODE, policy: policyVersion, input };
    // Detection goes on from what it found; people's word about who belongs together is laid over it afterwards, at every run.
    const given: Given = {
      before: asFound(before),
      names: this.kept.namesBeside(before),
      policy,
      operators,
      now,
      provenance,
    };
    const tracked = await (bySegment || this.isLarge ? this.byUnits(given) : this.whole(population, given));
    const { networks, resting } = tracked;
    const changed = await this.asDecided(tracked, { before, machine: given.before, now });
    const documents: string[] = [];
    for (const campaign of changed) documents.push(await this.kept.store.keep(campaign));
    const decided = { run: id, at: now, networks, resting, linked: [...tracked.linked], documents };
    if (changed.length > 0) await this.decided.begin(decided);
    const ran = await this.finish(decided, changed, before, policy);
    population.noticed();
    if (changed.length > 0) await this.decided.end();
    return ran;
  }

  /** What changed, once people's word about who belongs together is laid over it, with what the members of each then share. */
  private async asDecided(
    { changed: found, indexOf }: Tracked,
    { before, machine, now }: { before: readonly Campaign[]; machine: readonly Campaign[]; now: number },
  ): Promise<Campaign[]> {
    const { accounts } = this;
    const regroupings = (await this.ports.regroupings?.()) ?? [];
    if (nobodyIsMoved(before, regroupings)) return found;
    const profiles = await accounts.some([...new Set([...found, ...machine, ...before].flatMap(accountsIn))]);
    const changed = followPeople(found, machine, before, regroupings, {
      profiles: { get: (account) => profiles.peek(account) },
      start: accounts.span.start,
      now,
    });
    const moved = changed.filter(movedByPeople(regroupings));
    if (moved.length === 0) return changed;
    const index = await indexOf(moved.flatMap(accountsIn));
    const shared = new Map(sharedByMembers(moved, { index, releases: accounts.releases }).map((campaign) => [campaign.id, campaign]));
    return changed.map((campaign) => shared.get(campaign.id) ?? campaign);
  }

  /** Says what a run decided. May be repeated: what was said of it already is said again in the same words, or not at all. */
  private async finish(
    decided: DecidedRun,
    changed: Campaign[],
    before: readonly Campaign[],
    policy: DetectionPolicy,
  ): Promise<DetectionRun> {
    const { run, at, networks, resting, documents } = decided;
    const { accounts, isLarge } = this;
    const inSome = await this.kept.say({ changed, documents, before, at }, accounts);
    const linked = new Set([...inSome, ...decided.linked]);
    const tier = new Set(linked);
    const since = at - policy.windowDays.value * DAY;
    let active = 0;
    for await (const some of accounts.glances()) {
      for (const one of some) {
        if (isWatchedAlone(one, at)) tier.add(one.account);
        if (one.lastUse > since) active++;
      }
    }
    await this.tier.put([...tier]);
    if (this.ports.rows !== 'none') await this.rows.write(accounts, linked, at);
    if (isLarge) this.reader.population.rest();
    await this.reader.checkpoint();
    await this.reader.bySegment?.noticed();
    const { damaged } = this.reader;
    return { kind: 'ran', id: run, at, accounts: accounts.size, active, hours: this.hours, networks, resting, changed, damaged };
  }

  /** A run that was killed after it had decided. What it said of its campaigns already stands. */
  private async finished(decided: DecidedRun, before: readonly Campaign[], policy: DetectionPolicy): Promise<DetectionRun> {
    const { population } = this.reader;
    if (this.isLarge) this.columns.update(population, population.changes());
    const changed: Campaign[] = [];
    for (const document of decided.documents) changed.push(await this.kept.store.kept(document));
    const ran = await this.finish(decided, changed, before, policy);
    await this.decided.end();
    return ran;
  }

  /** A population that fits into memory: an index of everybody, kept from run to run. */
  private async whole(population: Population, given: Given): Promise<Tracked> {
    const judged = this.everybody.judge(population, given);
    const { assessments, watched, context, linked, resting } = judged;
    this.ports.record?.(assessments, given);
    const { changed, links } = tracked(
      { ...judged, campaigns: given.before, profiles: population.profiles },
      given.policy,
      this.trackingOf(population, given),
    );
    await this.keepLinks(links);
    for (const one of watched) await this.sightings.note(one.operator, namesMet(one, context.index));
    return {
      changed,
      networks: linked.length + resting.length,
      linked: new Set(linked.flatMap(membersOf)),
      resting: resting.flat().length,
      indexOf: async () => context.index,
    };
  }

  /** Any other: everybody is screened in columns, and whom the screen names is judged unit by unit. */
  private async byUnits(given: Given): Promise<Tracked> {
    const { policy, operators, now } = given;
    const { bySegment } = this.reader;
    this.everybody.forget();
    const screening = bySegment ? await screenedBySegments(bySegment, given, this.ports) : await this.screenedHere(given);
    const { accounts } = this;
    const indexOfSome = async (some: readonly AccountKey[]): Promise<TraitIndex> => {
      const { profiles, counted } = await screening.about(some);
      return indexOf(some, profiles, accounts.releases, counted, policy, now);
    };
    const all: Tracked = { changed: [], networks: 0, linked: new Set(), resting: 0, indexOf: indexOfSome };
    const units = settledUnits(screening, accounts, { ...given, tracking: this.trackingOf(accounts, given) }, this.ports, bySegment);
    for await (const { changed, links, networks, resting, linked } of units) {
      await this.keepLinks(links);
      all.changed.push(...changed);
      all.networks += networks;
      all.resting += resting;
      for (const account of linked) all.linked.add(account);
    }
    await this.sightings.noteByColumns(operators, screening);
    return all;
  }

  private screenedHere(given: Given): Promise<ScreenedPopulation> {
    const { population } = this.reader;
    const segments = this.columns.update(population, population.changes());
    population.rest();
    return screened(segments, population, given);
  }

  private trackingOf({ span }: Pick<Accounts, 'span'>, { provenance, names }: Given): Tracking {
    return { start: span.start, provenance, names };
  }

  /** The links of campaigns that changed are kept before anything says that they changed. */
  private async keepLinks(links: SettledUnit['links']): Promise<void> {
    for (const { campaign, version, links: within } of links) await this.kept.graphs.saveLinks(campaign, version, within);
  }
}

const accountsIn = ({ members }: Pick<Campaign, 'members'>): AccountKey[] => members.map(({ account }) => account);
