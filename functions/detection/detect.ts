import { randomUUID } from 'node:crypto';
import type { Campaign, Member } from '../../shared/domain/campaigns/campaign';
import type { KnownOperator } from '../../shared/domain/campaigns/known-operator';
import { asFound, type Regrouping } from '../../shared/domain/campaigns/regrouping';
import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import type { AccountKey, CampaignId } from '../../shared/identity/ids';
import { hashNumber } from '../../shared/identity/keyed-hash';
import { inBatches } from '../../shared/in-batches';
import type { Clock, Stores } from '../../shared/ports';
import { KnownAccountStore } from '../../shared/stores/archive/known-account-store';
import { SightingStore } from '../../shared/stores/archive/sighting-store';
import { CampaignPictureStore, MOST_MEMBER_HOURS } from '../../shared/stores/campaigns/campaign-picture-store';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { type DecidedRun, DecidedRunStore } from '../../shared/stores/campaigns/decided-run-store';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { KnownByStore } from '../../shared/stores/campaigns/known-by-store';
import { LeaseStore } from '../../shared/stores/lease-store';
import { RiskTierStore } from '../../shared/stores/risk-tier-store';
import { AccountRows } from './account-rows';
import { followPeople } from './campaigns/follow-people';
import { membersOfHostile } from './campaigns/hostile';
import { namesMet, watch } from './campaigns/known-operators';
import { track } from './campaigns/track';
import { type Assessment, controlFalseDiscovery } from './findings/assess';
import { type Baseline, baselineOf } from './findings/baseline';
import { isTied, type JudgedUnit, judgeUnits } from './judge-units';
import { judge } from './judgement';
import { LEASE, LEASE_FOR } from './lease';
import { linksAreDue, linksWithin } from './links/campaign-links';
import { CandidatePairs } from './links/candidate-pairs';
import type { Network } from './networks/networks';
import { FoldReader } from './profiles/fold-reader';
import type { Population } from './profiles/population';
import type { Profile } from './profiles/profile';
import { type Glance, riskTier } from './risk-tier';
import { PopulationColumns } from './screen/columns/population-columns';
import { Spill } from './screen/columns/spill';
import { byArrival, Screening } from './screen/screened';
import { TraitIndex } from './traits/trait-index';
import { TRAIT_NAMES } from './traits/traits';

/** Raised when the meaning of detection code changes; stands in every campaign's provenance. */
export const DETECTION_CODE = 'detection-1';

const BASELINE_FOR = 6 * HOUR;

/** Accounts that one process holds with their profiles and an index of all they hold: some 25 KB each. */
const WHOLE_AT_MOST = 60_000;
const PER_PARTITION = 25_000;
const ROWS_AT_ONCE = 500_000;
/** Rows of members written at a time: enough to hide a round trip. */
const AT_ONCE = 32;

export type DetectionPorts = {
  stores: Pick<Stores, 'archive' | 'features' | 'graph'>;
  clock: Clock;
  /** What people decided about who belongs together, read at each run; nothing where it is not given. */
  regroupings?: () => Promise<readonly Regrouping[]>;
  /** A population of more accounts is screened in columns, and few of it are judged with their profiles; what it is decides how it is done, hardly what is found. */
  wholeAtMost?: number;
  /** Accounts of a population that is screened whose traits are counted in one reading of the columns: decides memory and time, never what is found. */
  countedAtOnce?: number;
  /** Whether a row is kept of every account that was active lately, for people to read: `none` where nobody asks. */
  rows?: 'all' | 'none';
  /** Is shown what was found out about each network of a run, before it becomes campaigns: evaluation collects it. */
  record?: (assessments: readonly Assessment[], at: number) => void;
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
/** What became of the networks of a run: campaigns that changed, and who is in a network. */
type Tracked = { changed: Campaign[]; networks: number; linked: Set<AccountKey> };
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
  private readonly knownBy: KnownByStore;
  private readonly known: KnownAccountStore;
  private readonly tier: RiskTierStore;
  private readonly sightings: SightingStore;
  private readonly decided: DecidedRunStore;
  private readonly leases: LeaseStore;
  private readonly rows: AccountRows;
  private readonly columns = new PopulationColumns();
  private readonly wholeAtMost: number;
  private readonly reader: FoldReader;
  private index: TraitIndex | undefined;
  private indexPolicy = '';
  private pairs = new CandidatePairs();
  /** What was said of a network whose members did not change since. */
  private assessed = new Map<string, Assessment>();

  constructor(private readonly ports: DetectionPorts) {
    const { stores } = ports;
    this.campaigns = new CampaignStore(stores);
    this.pictures = new CampaignPictureStore(stores.archive);
    this.flagged = new FlaggedStore(stores.graph);
    this.knownBy = new KnownByStore(stores.graph);
    this.known = new KnownAccountStore(stores.graph);
    this.rows = new AccountRows(stores);
    this.tier = new RiskTierStore(stores.archive);
    this.sightings = new SightingStore(stores.graph);
    this.decided = new DecidedRunStore(stores.archive);
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
    const loaded = await this.loadCampaigns();
    const unfinished = await this.decided.unfinished();
    if (unfinished) return this.finished(unfinished, loaded, policy);
    const before = await this.withoutEnded(loaded, now);
    const isLarge = population.profiles.size > this.wholeAtMost;
    const id = `run-${iso(now)}`;
    const provenance = { run: id, code: DETECTION_CODE, policy: policyVersion, input };
    // Detection goes on from what it found; people's word about who belongs together is laid over it afterwards, at every run.
    const given: Given = {
      before: asFound(before),
      names: new Set([...before.map(({ id: name }) => name), ...this.otherNames]),
      policy,
      operators,
      now,
      provenance,
    };
    const { changed: found, networks, linked } = await (isLarge ? this.byUnits(population, given) : this.whole(population, given));
    const changed = followPeople(found, given.before, before, (await this.ports.regroupings?.()) ?? [], {
      profiles: { get: (account) => population.profiles.peek(account) },
      half: population.span.half,
      now,
    });
    const documents: string[] = [];
    for (const campaign of changed) documents.push(await this.campaigns.keep(campaign));
    const decided = { run: id, at: now, networks, linked: [...linked], documents };
    if (changed.length > 0) await this.decided.begin(decided);
    const ran = await this.finish(decided, changed, before, policy);
    population.noticed();
    if (changed.length > 0) await this.decided.end();
    return ran;
  }

  /** Says what a run decided. May be repeated: what was said of it already is said again in the same words, or not at all. */
  private async finish(
    decided: DecidedRun,
    changed: Campaign[],
    before: readonly Campaign[],
    policy: DetectionPolicy,
  ): Promise<DetectionRun> {
    const { run, at, networks, documents } = decided;
    const { population } = this.reader;
    const isLarge = population.profiles.size > this.wholeAtMost;
    const glances = (): Iterable<Glance> => (isLarge ? this.columns.glances() : population.profiles.values());
    const isChanged = new Set(changed.map(({ id }) => id));
    this.inSome = new Set(
      [...before.filter(({ id }) => !isChanged.has(id)), ...changed].flatMap(({ members }) => members.map(({ account }) => account)),
    );
    for (const [place, campaign] of changed.entries()) {
      const isSaid = (this.held.get(campaign.id)?.version ?? 0) >= campaign.version;
      if (!isSaid) await this.save(campaign, documents[place]!, at);
    }
    await this.refreshKnown(before);
    const linked = new Set([...this.inSome, ...decided.linked]);
    const tier = riskTier(glances(), linked, at);
    let active = 0;
    for (const { lastUse } of glances()) if (lastUse > at - policy.windowDays.value * DAY) active++;
    await this.tier.put(tier);
    if (this.ports.rows !== 'none') await this.rows.write(population, glances(), linked, at);
    if (isLarge) population.rest();
    await this.reader.checkpoint();
    const { damaged } = this.reader;
    return { kind: 'ran', id: run, at, accounts: population.profiles.size, active, hours: this.hours, networks, changed, damaged };
  }

  /** A run that was killed after it had decided. What it said of its campaigns already stands. */
  private async finished(decided: DecidedRun, before: readonly Campaign[], policy: DetectionPolicy): Promise<DetectionRun> {
    const { population } = this.reader;
    if (population.profiles.size > this.wholeAtMost) this.columns.update(population, population.changes());
    const changed: Campaign[] = [];
    for (const document of decided.documents) changed.push(await this.campaigns.kept(document));
    const ran = await this.finish(decided, changed, before, policy);
    await this.decided.end();
    return ran;
  }

  /** A population that fits into memory: an index of everybody, kept from run to run. */
  private async whole(population: Population, given: Given): Promise<Tracked> {
    const { before, policy, operators, now } = given;
    const index = this.indexFor(policy);
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
    const named = new Set(before.flatMap(({ kind, members: held }) => (kind === 'unclear' ? [] : held.map(({ account }) => account))));
    const assessed = new Map<string, Assessment>();
    const judgement = judge(context, {
      policy,
      pairs: this.pairs,
      named,
      assessed: (network, anew) => {
        const name = network.members.map(({ entry }) => `${entry.order}.${entry.revision}`).join();
        const assessment = this.assessed.get(name) ?? anew();
        assessed.set(name, assessment);
        return assessment;
      },
    });
    this.assessed = assessed;
    const assessments = controlFalseDiscovery(judgement.assessments, policy);
    this.ports.record?.(assessments, now);
    const changed = await this.tracked({ ...judgement, assessments, campaigns: before }, population, given);
    for (const one of watched) await this.recordSightings(one.operator, namesMet(one, index));
    return { changed, networks: judgement.linked.length, linked: new Set(judgement.linked.flatMap(membersOf)) };
  }

  /** Any other: everybody is screened in columns, and whom the screen names is judged unit by unit. */
  private async byUnits(population: Population, given: Given): Promise<Tracked> {
    const { before, policy, operators, now } = given;
    const { countedAtOnce } = this.ports;
    const segments = this.columns.update(population, population.changes());
    population.rest();
    // Nothing that was kept of an index of everybody holds any more.
    this.pairs = new CandidatePairs();
    this.assessed.clear();
    this.index = undefined;
    const cut = { partitions: Math.ceil(population.profiles.size / PER_PARTITION), rowsAtOnce: ROWS_AT_ONCE };
    const ties = before.filter(isTied).map(({ members }) => members.map(({ account }) => account));
    const screening = await Screening.of(segments, { ties, known: new Set(membersOfHostile(before)), now, policy, cut }, new Spill());
    const all: Tracked = { changed: [], networks: 0, linked: new Set() };
    for await (const unit of judgeUnits({ population, screening, campaigns: before, operators, policy, now, countedAtOnce })) {
      this.ports.record?.(unit.assessments, now);
      all.changed.push(...(await this.tracked(unit, population, given)));
      all.networks += unit.linked.length;
      for (const account of unit.linked.flatMap(membersOf)) all.linked.add(account);
    }
    await this.sightByColumns(operators, screening);
    return all;
  }

  /** Groups ▶ campaigns. The links of those that changed are kept, before anything says that they changed. */
  private async tracked(
    { assessments, links, context, campaigns }: Pick<JudgedUnit, 'assessments' | 'links' | 'context' | 'campaigns'>,
    population: Population,
    { names, policy, now, provenance }: Given,
  ): Promise<Campaign[]> {
    const changed = track(assessments, campaigns, {
      ...context,
      profiles: { get: (account) => population.profiles.peek(account) },
      policy,
      half: population.span.half,
      provenance,
      names,
    });
    for (const campaign of changed) {
      if (!linksAreDue(campaign, this.held.get(campaign.id), provenance.run, now)) continue;
      campaign.links = { version: campaign.version, accounts: campaign.members.length, at: now };
      await this.pictures.saveLinks(campaign.id, campaign.version, linksWithin(campaign, links, context.index));
    }
    return changed;
  }

  /** What was said of networks was said with the operators of that time in mind. */
  private forgetIfOtherOperators(operators: readonly KnownOperator[]): void {
    const name = operators.map(({ id, importedAt }) => `${id}@${importedAt}`).join();
    if (name !== this.assessedWith) this.assessed.clear();
    this.assessedWith = name;
  }
  private assessedWith = '';

  /** Which indicators of imported operators were met, wherever: people see by it whether an import fits this deployment at all. */
  private async recordSightings({ id }: KnownOperator, names: readonly string[]): Promise<void> {
    const met = names.join();
    if (met === (this.recorded.get(id) ?? '')) return;
    await this.sightings.note(id, [...names]);
    this.recorded.set(id, met);
  }
  private readonly recorded = new Map<string, string>();

  private async sightByColumns(operators: readonly KnownOperator[], screening: Screening): Promise<void> {
    if (operators.length === 0) return;
    const traits = (indicators: KnownOperator['indicators']) =>
      indicators.map(({ type, hash }) => ({ type: TRAIT_NAMES.indexOf(type), hash: hashNumber(hash), name: `${type}/${hash}` }));
    const { holders } = await screening.counted(
      [],
      operators.flatMap(({ indicators }) => traits(indicators)),
    );
    for (const operator of operators) {
      const met = traits(operator.indicators).filter(({ type, hash }) => holders(type, hash) > 0);
      await this.recordSightings(
        operator,
        met.map(({ name }) => name),
      );
    }
  }

  /** What the provider says of members is kept current, above all their standing: enforcement reads there whether an action took effect. */
  private async refreshKnown(campaigns: readonly Campaign[]): Promise<void> {
    for (const { members } of campaigns) {
      for (const { account } of members) {
        const profile = this.population.profiles.peek(account);
        if (!profile || !this.population.hasChanged(profile) || this.savedFacts.get(account) === profile.factsRevision) continue;
        this.savedFacts.set(account, profile.factsRevision);
        await this.known.put({ account, sealed: profile.sealed, facts: profile.facts });
      }
    }
  }
  private readonly savedFacts = new Map<AccountKey, number>();

  /** One that cannot be read is written anew from its newest document, and named; if there is none, it is left, and its name is not given again. */
  private async loadCampaigns(): Promise<Campaign[]> {
    const loaded: Campaign[] = [];
    const unreadable: CampaignId[] = [];
    for await (const header of this.campaigns.headers((id) => unreadable.push(id))) {
      const held = this.held.get(header.id);
      const campaign = held?.version === header.version ? held : await this.campaigns.readable(header.document);
      if (campaign) loaded.push(campaign);
      else unreadable.push(header.id);
    }
    for (const id of unreadable) {
      const mended = await this.campaigns.mend(id);
      this.reader.damaged.push(`campaign ${id} ${mended ? 'is restored from its newest document' : 'cannot be read'}`);
      if (mended) loaded.push(mended.campaign);
      else this.otherNames.add(id);
    }
    for (const campaign of loaded) this.held.set(campaign.id, campaign);
    return loaded;
  }

  /** Puts away what nobody of was seen for long: lists and runs do not carry it any further. Its accounts leave the list of flagged ones. */
  private async withoutEnded(campaigns: readonly Campaign[], now: number): Promise<Campaign[]> {
    if (!this.endedNamed) for await (const { id } of this.campaigns.ended()) this.otherNames.add(id);
    this.endedNamed = true;
    const [over, going] = [campaigns.filter((one) => isOver(one, now)), campaigns.filter((one) => !isOver(one, now))];
    const staying = new Set(going.flatMap(({ members }) => members.map(({ account }) => account)));
    for (const { id, members } of over) {
      const header = await this.campaigns.header(id);
      if (!header) continue;
      const gone = members.filter(({ account }) => !staying.has(account));
      await inBatches(gone, AT_ONCE, ({ account }) => this.flagged.cleared(account, now));
      await this.campaigns.end(header, now);
      this.otherNames.add(id);
      this.held.delete(id);
    }
    return going;
  }
  /** Names that no new campaign may have: of those that ended, and of those that cannot be read. */
  private readonly otherNames = new Set<CampaignId>();
  private endedNamed = false;

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
      this.pairs = new CandidatePairs();
      this.assessed.clear();
      this.indexed = this.population;
    }
    this.indexPolicy = name;
    return this.index;
  }

  private indexed: Population | undefined;

  /** What people do does not change from hour to hour: read anew every few hours, or when there are a tenth more of them. */
  private baselineFor(index: TraitIndex, now: number): Baseline {
    const known = this.baseline;
    if (known && known.index === index && now - known.at < BASELINE_FOR && index.referenceSize <= 1.1 * known.value.accounts.length)
      return known.value;
    this.baseline = { index, at: now, value: baselineOf(index) };
    return this.baseline.value;
  }
  private baseline: { index: TraitIndex; at: number; value: Baseline } | undefined;

  /** Members first, the campaign's header last (its commit): whoever sees the campaign finds its members' rows. */
  private async save(campaign: Campaign, document: string, now: number): Promise<void> {
    const before = new Map(this.held.get(campaign.id)?.members.map((member) => [member.account, member]));
    const { profiles, span } = this.population;
    const drawn = [...campaign.members].sort((one, other) => (one.account < other.account ? -1 : 1)).slice(0, MOST_MEMBER_HOURS);
    await this.pictures.saveHours(
      campaign.id,
      campaign.version,
      drawn.map(({ account }) => ({ account, hours: profiles.peek(account)?.hours(span.half) ?? [] })),
    );
    await inBatches(campaign.members, AT_ONCE, async (member) => {
      const profile = profiles.peek(member.account);
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
    await this.knownBy.follow(campaign, this.held.get(campaign.id));
    const saved = await this.campaigns.save(campaign, document);
    if (saved.kind === 'saved') this.held.set(campaign.id, campaign);
  }
  private inSome = new Set<AccountKey>();
}

/** Longer than the window, than its indicators are looked for at the door, and than a machine suspends for. */
const ENDED_AFTER = 60 * DAY;
const isOver = ({ lastSeen, detectedAt }: Campaign, now: number): boolean => Math.max(lastSeen, detectedAt) < now - ENDED_AFTER;

/** Whether a member's row says something else now. Its exchanges are followed in steps of a tenth: a campaign that rests writes nothing. */
const differs = (old: Member, member: Member): boolean =>
  old.role !== member.role || Math.abs(old.score - member.score) > 1 || step(old.exchanges) !== step(member.exchanges);
const step = (exchanges: number): number => Math.floor(Math.log(1 + exchanges) / Math.log(1.1));

const membersOf = ({ members }: Network): AccountKey[] => members.map(({ entry }) => entry.profile.account);
