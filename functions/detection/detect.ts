import { randomUUID } from 'node:crypto';
import type { Campaign, Kind, Member } from '../../shared/domain/campaign';
import type { DetectionPolicy } from '../../shared/domain/detection-policy';
import type { KnownOperator } from '../../shared/domain/known-operator';
import { DAY, HOUR, iso, MINUTE } from '../../shared/domain/time';
import type { AccountKey } from '../../shared/identity/ids';
import { inBatches } from '../../shared/in-batches';
import type { Clock, Stores } from '../../shared/ports';
import { CampaignPictureStore, MOST_MEMBER_HOURS } from '../../shared/stores/campaign-picture-store';
import { CampaignStore } from '../../shared/stores/campaign-store';
import { FlaggedStore } from '../../shared/stores/flagged-store';
import { KnownAccountStore } from '../../shared/stores/known-account-store';
import { LeaseStore } from '../../shared/stores/lease-store';
import { RiskTierStore } from '../../shared/stores/risk-tier-store';
import { SightingStore } from '../../shared/stores/sighting-store';
import { AccountRows } from './account-rows';
import { namesMet, type Watched, watch } from './campaigns/known-operators';
import { track } from './campaigns/track';
import { type Assessment, assess, controlFalseDiscovery } from './findings/assess';
import { type Baseline, baselineOf } from './findings/baseline';
import { contentCandidates } from './findings/content-candidates';
import { joinCells } from './findings/join-cells';
import type { GroupContext } from './findings/measures';
import { linksAreDue, linksWithin } from './links/campaign-links';
import { AskedPairs } from './links/candidate-pairs';
import { findNetworks } from './networks/find-networks';
import type { Network } from './networks/networks';
import { FoldReader } from './profiles/fold-reader';
import type { Population } from './profiles/population';
import type { Profile } from './profiles/profile';
import { type Glance, riskTier } from './risk-tier';
import { PopulationColumns } from './screen/population-columns';
import { byArrival, screenedIndex } from './screen/screened-index';
import { Spill } from './screen/spill';
import { TraitIndex } from './traits/trait-index';

/** Raised when the meaning of detection code changes; stands in every campaign's provenance. */
export const DETECTION_CODE = 'detection-1';

const BASELINE_FOR = 6 * HOUR;
const HOSTILE: ReadonlySet<Kind> = new Set(['distillation', 'reselling', 'hijacked-keys']);

/** Longer than a call may take: who is killed holds up the next call no longer than this. */
const LEASE_FOR = 16 * MINUTE;
const LEASE = 'detection';
/** Accounts that one process holds with their profiles and an index of all they hold: some 25 KB each. */
const WHOLE_AT_MOST = 60_000;
const PER_PARTITION = 25_000;
const ROWS_AT_ONCE = 500_000;
/** Rows of members written at a time: enough to hide a round trip. */
const AT_ONCE = 32;

export type DetectionPorts = {
  stores: Pick<Stores, 'archive' | 'features' | 'graph'>;
  clock: Clock;
  /** A population of more accounts is screened in columns, and few of it are judged with their profiles; what it is decides how it is done, hardly what is found. */
  wholeAtMost?: number;
  /** Whether a row is kept of every account that was active lately, for people to read: `none` where nobody asks. */
  rows?: 'all' | 'none';
  /** Is shown what was found out about each network of a run, before it becomes campaigns: evaluation collects it. */
  record?: (assessments: readonly Assessment[], at: number) => void;
};
export type DetectionRun = {
  kind: 'ran';
  id: string;
  at: number;
  accounts: number;
  active: number;
  hours: number;
  networks: number;
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
  readonly campaigns: CampaignStore;
  private readonly pictures: CampaignPictureStore;
  private readonly flagged: FlaggedStore;
  private readonly known: KnownAccountStore;
  private readonly tier: RiskTierStore;
  private readonly sightings: SightingStore;
  private readonly leases: LeaseStore;
  private readonly rows: AccountRows;
  private readonly columns = new PopulationColumns();
  private readonly wholeAtMost: number;
  private readonly reader: FoldReader;
  private index: TraitIndex | undefined;
  private indexPolicy = '';
  private pairs = new AskedPairs();
  /** What was said of a network whose members did not change since. */
  private said = new Map<string, Assessment>();

  constructor(private readonly ports: DetectionPorts) {
    const { stores } = ports;
    this.campaigns = new CampaignStore(stores);
    this.pictures = new CampaignPictureStore(stores.archive);
    this.flagged = new FlaggedStore(stores.graph);
    this.known = new KnownAccountStore(stores.graph);
    this.rows = new AccountRows(stores);
    this.tier = new RiskTierStore(stores.archive);
    this.sightings = new SightingStore(stores.graph);
    this.leases = new LeaseStore(stores.graph, ports.clock);
    this.wholeAtMost = ports.wholeAtMost ?? WHOLE_AT_MOST;
    this.reader = new FoldReader(stores, this.wholeAtMost);
  }

  get population(): Population {
    return this.reader.population;
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
    const { population } = this.reader;
    const before = await this.loadCampaigns();
    const isLarge = population.profiles.size > this.wholeAtMost;
    const { index, people, glances } = isLarge
      ? await this.few(population, before, policy, now)
      : this.everybody(population, before, policy, now);
    const found = findNetworks(index, policy, this.pairs);
    const watched = watch(operators, index, policy.memberThreshold.value);
    const context = { index, baseline: this.baselineFor(index, people, now), releases: population.releases, operators: watched, now };
    this.heed(operators);
    const linkedGroups = joinCells(found.networks, context, policy.legs);
    const named = new Set(before.flatMap(({ kind, members: held }) => (kind === 'unclear' ? [] : held.map(({ account }) => account))));
    const groups = [...linkedGroups, ...contentCandidates(linkedGroups, named, context, policy)];
    const assessments = controlFalseDiscovery(this.assessAll(groups, context, policy), policy);
    this.ports.record?.(assessments, now);
    const id = `run-${iso(now)}`;
    const changed = track(assessments, before, {
      ...context,
      profiles: population.profiles,
      policy,
      half: population.span.half,
      provenance: { run: id, code: DETECTION_CODE, policy: policyVersion, input },
    });
    this.inSome = new Set(
      [...before.filter(({ id: known }) => !changed.some((campaign) => campaign.id === known)), ...changed].flatMap(({ members: held }) =>
        held.map(({ account }) => account),
      ),
    );
    for (const campaign of changed) {
      if (linksAreDue(campaign, this.held.get(campaign.id), id, now)) {
        campaign.links = { version: campaign.version, accounts: campaign.members.length, at: now };
        await this.pictures.saveLinks(campaign.id, campaign.version, linksWithin(campaign, found.links, index));
      }
      await this.save(campaign, now);
    }
    await this.refreshKnown(before);
    const linked = new Set([...this.inSome, ...found.networks.flatMap(membersOf)]);
    const tier = riskTier(glances(), linked, now);
    let active = 0;
    for (const { lastUse } of glances()) if (lastUse > now - policy.windowDays.value * DAY) active++;
    await this.tier.put(tier);
    if (this.ports.rows !== 'none') await this.rows.write(population, glances(), linked, now);
    await this.sight(watched, index);
    population.noticed();
    if (isLarge) population.rest();
    await this.reader.checkpoint();
    return {
      kind: 'ran',
      id,
      at: now,
      accounts: population.profiles.size,
      active,
      hours: this.hours,
      networks: found.networks.length,
      changed,
      damaged: this.reader.damaged,
    };
  }

  /** A population that fits into memory: an index of everybody, kept from run to run. */
  private everybody(population: Population, campaigns: readonly Campaign[], policy: DetectionPolicy, now: number) {
    const index = this.indexFor(policy);
    const members = new Set<Profile>();
    for (const account of accountsOf(campaigns)) {
      const profile = population.profiles.get(account);
      if (profile) members.add(profile);
    }
    const changed = index.accounts.length === 0 ? population.profiles.values() : population.touched;
    index.update([...changed].sort(byArrival), population.releases, now, members);
    return { index, people: index, glances: (): Iterable<Glance> => population.profiles.values() };
  }

  /** Any other: everybody is screened in columns, and an index is made of those whom the screen names. */
  private async few(population: Population, campaigns: readonly Campaign[], policy: DetectionPolicy, now: number) {
    const segments = this.columns.update(population, population.changes());
    population.rest();
    const cut = { partitions: Math.ceil(population.profiles.size / PER_PARTITION), rowsAtOnce: ROWS_AT_ONCE };
    const known = new Set(accountsOf(campaigns));
    const members = new Set(campaigns.flatMap(({ members: held }) => held.map(({ account }) => account)));
    const { index, sample } = await screenedIndex(population, segments, { members, known, now, policy, cut }, new Spill());
    // Nothing that was kept of another index holds in this one.
    this.pairs = new AskedPairs();
    this.said.clear();
    this.index = undefined;
    const people = { accounts: index.accounts.filter(({ profile }) => sample.has(profile.account)) };
    return { index, people, glances: () => this.columns.glances() };
  }

  /** What was said of networks was said with the operators of that time in mind. */
  private heed(operators: readonly KnownOperator[]): void {
    const name = operators.map(({ id, importedAt }) => `${id}@${importedAt}`).join();
    if (name !== this.heeded) this.said.clear();
    this.heeded = name;
  }
  private heeded = '';

  /** Which indicators of imported operators were met, wherever: people see by it whether an import fits this deployment at all. */
  private async sight(watched: readonly Watched[], index: TraitIndex): Promise<void> {
    for (const one of watched) {
      const { id } = one.operator;
      const names = namesMet(one, index);
      const met = names.join();
      if (met === (this.sighted.get(id) ?? '')) continue;
      await this.sightings.note(id, names);
      this.sighted.set(id, met);
    }
  }
  private readonly sighted = new Map<string, string>();

  private assessAll(networks: readonly Network[], context: GroupContext, policy: DetectionPolicy): Assessment[] {
    const said = new Map<string, Assessment>();
    const all = networks.map((network) => {
      const name = network.members.map(({ entry }) => `${entry.order}.${entry.revision}`).join();
      const assessment = this.said.get(name) ?? assess(network, context, policy);
      said.set(name, assessment);
      return assessment;
    });
    this.said = said;
    return all;
  }

  /** What the provider says of members is kept current, above all their standing: enforcement reads there whether an action took effect. */
  private async refreshKnown(campaigns: readonly Campaign[]): Promise<void> {
    for (const { members } of campaigns) {
      for (const { account } of members) {
        const profile = this.population.profiles.get(account);
        if (!profile || !this.population.hasChanged(profile) || this.toldOf.get(account) === profile.told) continue;
        this.toldOf.set(account, profile.told);
        await this.known.put({ account, sealed: profile.sealed, facts: profile.facts });
      }
    }
  }
  private readonly toldOf = new Map<AccountKey, number>();

  private async loadCampaigns(): Promise<Campaign[]> {
    const loaded: Campaign[] = [];
    for await (const header of this.campaigns.headers()) {
      const held = this.held.get(header.id);
      const campaign = held?.version === header.version ? held : await this.campaigns.document(header.document);
      this.held.set(header.id, campaign);
      loaded.push(campaign);
    }
    return loaded;
  }
  private readonly held = new Map<string, Campaign>();

  private indexFor(policy: DetectionPolicy): TraitIndex {
    const numbers = {
      referenceAgeDays: policy.referenceAgeDays.value,
      smallestReference: policy.smallestReference.value,
      hubShare: policy.hubShare.value,
    };
    // A new half window begins with a new index: traits that nobody holds any more are dropped.
    const name = JSON.stringify([numbers, this.population.span.half]);
    if (!this.index || this.indexPolicy !== name || this.indexed !== this.population) {
      this.index = new TraitIndex(numbers);
      this.pairs = new AskedPairs();
      this.said.clear();
      this.indexed = this.population;
    }
    this.indexPolicy = name;
    return this.index;
  }

  private indexed: Population | undefined;

  /** What people do does not change from hour to hour: read anew every few hours, or when there are a tenth more of them. */
  private baselineFor(index: TraitIndex, people: Pick<TraitIndex, 'accounts'>, now: number): Baseline {
    const known = this.baseline;
    if (known && known.index === index && now - known.at < BASELINE_FOR && index.referenceSize <= 1.1 * known.value.accounts.length)
      return known.value;
    this.baseline = { index, at: now, value: baselineOf(people) };
    return this.baseline.value;
  }
  private baseline: { index: TraitIndex; at: number; value: Baseline } | undefined;

  /** Members first, the campaign's header last (its commit): whoever sees the campaign finds its members' rows. */
  private async save(campaign: Campaign, now: number): Promise<void> {
    const before = new Map(this.held.get(campaign.id)?.members.map((member) => [member.account, member]));
    const { profiles, span } = this.population;
    const drawn = campaign.members.slice(0, MOST_MEMBER_HOURS);
    await this.pictures.saveHours(
      campaign.id,
      campaign.version,
      drawn.map(({ account }) => ({ account, hours: profiles.get(account)?.hours(span.half) ?? [] })),
    );
    await inBatches(campaign.members, AT_ONCE, async (member) => {
      const profile = profiles.get(member.account);
      if (!profile) return;
      const old = before.get(member.account);
      if (old && !differs(old, member)) return;
      await this.known.put({ account: member.account, sealed: profile.sealed, facts: profile.facts });
      await this.flagged.detected({
        account: member.account,
        campaign: campaign.id,
        kind: campaign.kind,
        role: member.role,
        ...(profile.facts.plan === undefined ? {} : { plan: profile.facts.plan }),
        score: member.score,
        exchanges: member.exchanges,
        because: member.because,
        at: now,
      });
    });
    const staying = new Set(campaign.members.map(({ account }) => account));
    // Whoever moved to another campaign is flagged there; whoever left them all is no longer flagged.
    const gone = [...before.keys()].filter((account) => !staying.has(account) && !this.inSome.has(account));
    await inBatches(gone, AT_ONCE, (account) => this.flagged.cleared(account, now));
    const saved = await this.campaigns.save(campaign);
    if (saved.kind === 'saved') this.held.set(campaign.id, campaign);
  }
  private inSome = new Set<AccountKey>();
}

/** Whether a member's row says something else now. Its exchanges are followed in steps of a tenth: a campaign that rests writes nothing. */
const differs = (old: Member, member: Member): boolean =>
  old.role !== member.role || Math.abs(old.score - member.score) > 1 || step(old.exchanges) !== step(member.exchanges);
const step = (exchanges: number): number => Math.floor(Math.log(1 + exchanges) / Math.log(1.1));

/** Members of hostile campaigns: what they hold is not what people hold. Whoever may be an ordinary customer stays one of those whom others are compared with. */
function* accountsOf(campaigns: readonly Campaign[]): Iterable<AccountKey> {
  for (const { kind, members } of campaigns) if (HOSTILE.has(kind)) for (const { account } of members) yield account;
}

const membersOf = ({ members }: Network): AccountKey[] => members.map(({ entry }) => entry.profile.account);
