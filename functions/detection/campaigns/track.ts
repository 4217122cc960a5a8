import { createHash } from 'node:crypto';
import { cloudOf } from '../../../shared/domain/account';
import { type Campaign, type Indicator, LEGS, type Member, nothingCounted, probabilityOf } from '../../../shared/domain/campaigns/campaign';
import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import { DAY } from '../../../shared/domain/time';
import { type AccountKey, type CampaignId, campaignId } from '../../../shared/identity/ids';
import { type Assessment, memberOf } from '../findings/assess';
import type { Network } from '../networks/networks';
import type { Profile } from '../profiles/profile';
import type { TraitIndex } from '../traits/trait-index';
import { isHostile } from './hostile';
import { indicatorsOfAll } from './indicators';
import { recognised, type Watched } from './known-operators';
import { apart, relink } from './relink';

export type TrackContext = {
  index: TraitIndex;
  profiles: { get(account: AccountKey): Profile | undefined };
  releases: ReadonlyMap<string, number>;
  policy: DetectionPolicy;
  operators: readonly Watched[];
  now: number;
  /** First hour of the window, since the epoch. */
  start: number;
  provenance: Campaign['provenance'];
  /** Names of all campaigns there are, of those that are not tracked here, too. */
  names?: ReadonlySet<string>;
};

/** Share of the smaller of the two that a network and a campaign must have in common to be the same. */
const SAME = 0.3;
/** A member that was not seen in the network and did nothing for this long stays: silence is no acquittal, nor is a ban. */
export const QUIET = 2 * DAY;
/** Share of the members ever used that were lately, below which a campaign is not judged again. */
const ACTIVE = 0.3;

/**
 * Networks ▶ campaigns: which campaign each network is, by best overlap of members; what merged, split or came back.
 * Pure: takes the campaigns as they stood, answers those that changed (their version raised by one).
 */
export function track(found: readonly Assessment[], before: readonly Campaign[], context: TrackContext): Campaign[] {
  const home = new Map<AccountKey, Campaign>();
  for (const campaign of before) for (const { account } of campaign.members) home.set(account, campaign);
  const assessments = found.filter((assessment) => !silent(assessment, home, context));
  const claimed = new Set(assessments.flatMap(({ network }) => network.members.map(({ entry }) => entry.profile.account)));
  const after = new Map<CampaignId, Campaign>();
  const taken: { by: CampaignId; campaign: Campaign; shared: number }[] = [];
  const networks = new Map<CampaignId, Network[]>();
  // Largest first: it names the campaign that smaller networks then join.
  for (const assessment of assessments) {
    const overlaps = overlapsOf(assessment, home);
    const kept = overlaps.filter(
      ({ campaign, shared }) => shared >= SAME * Math.min(campaign.members.length, assessment.network.members.length),
    );
    // A campaign goes on as its largest network. What else its accounts are now stays with it if one operator moves both, or splits off.
    const homed = overlaps.reduce((sum, { shared }) => sum + shared, 0);
    const same = kept.find((one) => !after.has(one.campaign.id) && (one === overlaps[0] || 2 * one.shared >= homed))?.campaign;
    const stays = same ? undefined : kept.find(({ campaign }) => !apart(assessment, campaign, context))?.campaign;
    const theirs = new Set(kept.map(({ campaign }) => campaign.id));
    const larger =
      stays ??
      relink(
        assessment,
        before.filter(({ id, members }) => !theirs.has(id) && members.length > (same?.members.length ?? 0)),
        context,
      );
    const base = larger ?? same;
    const next = base
      ? continued(after.get(base.id) ?? base, after.has(base.id), assessment, claimed, context)
      : begun(assessment, { ...context, taken: new Set([...before.map(({ id }) => id), ...after.keys()]) }, overlaps[0]?.campaign);
    if (larger && !same && !stays)
      next.lineage = noted(next, 're-linked', larger.id, `${assessment.network.members.length} accounts carry its indicators`, context.now);
    for (const { operator, because } of recognised(assessment.network.members, context.operators))
      next.lineage = noted(next, 'known-operator', operator.id, because, context.now);
    for (const { campaign, shared } of overlaps) if (campaign.id !== next.id) taken.push({ by: next.id, campaign, shared });
    networks.set(next.id, [...(networks.get(next.id) ?? []), assessment.network]);
    after.set(next.id, next);
  }
  for (const { by, campaign, shared } of taken) {
    const next = after.get(by);
    if (!after.has(campaign.id) && next && shared >= SAME * campaign.members.length) {
      const because = `${shared} of its ${campaign.members.length} accounts are linked with this network`;
      next.lineage = noted(next, 'merged', campaign.id, because, context.now);
    }
  }
  const owner = new Map<AccountKey, CampaignId>();
  for (const { id, members } of after.values()) for (const { account } of members) owner.set(account, id);
  for (const campaign of before) {
    if (after.has(campaign.id)) continue;
    const left = campaign.members.filter(({ account }) => !owner.has(account));
    if (left.length !== campaign.members.length || context.now - campaign.updatedAt >= DAY)
      after.set(campaign.id, { ...campaign, members: left });
  }
  const known = new Map(before.map((campaign) => [campaign.id, campaign]));
  // What it is known by, and what is counted over its members, decides nothing here: read of those that are saved only.
  const indicatorsNow = ({ id, indicators }: Campaign): Indicator[] => {
    const own = networks.get(id) ?? [];
    const others = taken.filter(({ campaign }) => campaign.id === id).map(({ by }) => networks.get(by) ?? []);
    return own.length === 0 ? indicators : indicatorsOfAll(indicators, own, others, context);
  };
  return [...after.values()]
    .filter((campaign) => worthSaving(campaign, known.get(campaign.id), context))
    .map((campaign) => counted({ ...campaign, indicators: indicatorsNow(campaign) }, known.get(campaign.id), context));
}

/** Accounts of a campaign that have gone silent show only what they were made with: that neither parts them nor says anything new. */
function silent(assessment: Assessment, home: ReadonlyMap<AccountKey, Campaign>, { now }: TrackContext): boolean {
  const profiles = assessment.network.members.map(({ entry }) => entry.profile);
  const overlaps = overlapsOf(assessment, home);
  if (overlaps.reduce((sum, { shared }) => sum + shared, 0) < SAME * profiles.length) return false;
  // Waiting for a first use is no silence; but then too, only what holds most of a campaign speaks for it.
  const whole = overlaps.some(({ campaign, shared }) => 2 * shared > campaign.members.length);
  return !atWork(profiles, whole ? profiles.filter(({ lastUse }) => lastUse !== Number.NEGATIVE_INFINITY).length : profiles.length, now);
}

/** Active accounts from which a new wave of a campaign is judged though most of the campaign rests. */
const WAVE = 20;

/** Accounts that replace contained ones say what the campaign is now, as long as it is of the kind that it was: a remnant does not rename it. */
function confirms({ classification, network }: Assessment, base: Campaign, now: number): boolean {
  const profiles = network.members.map(({ entry }) => entry.profile);
  const active = profiles.filter(({ lastUse }) => lastUse > now - QUIET).length;
  return classification === base.classification && active >= WAVE && active >= ACTIVE * profiles.length;
}

const atWork = (profiles: readonly (Profile | undefined)[], of: number, now: number): boolean =>
  profiles.filter((profile) => profile && profile.lastUse > now - QUIET).length >= ACTIVE * of;

/** A campaign's history, each fact once. */
function noted(
  campaign: Campaign,
  what: Campaign['lineage'][number]['what'],
  id: Campaign['lineage'][number]['with'],
  because: string,
  at: number,
): Campaign['lineage'] {
  return campaign.lineage.some((entry) => entry.what === what && entry.with === id)
    ? campaign.lineage
    : [...campaign.lineage, { at, what, with: id, because }];
}

function overlapsOf({ network }: Assessment, home: ReadonlyMap<AccountKey, Campaign>): { campaign: Campaign; shared: number }[] {
  const counts = new Map<Campaign, number>();
  for (const { entry } of network.members) {
    const campaign = home.get(entry.profile.account);
    if (campaign) counts.set(campaign, (counts.get(campaign) ?? 0) + 1);
  }
  return [...counts]
    .map(([campaign, shared]) => ({ campaign, shared }))
    .sort((a, b) => b.shared - a.shared || (a.campaign.id < b.campaign.id ? -1 : 1));
}

/** Named by its first members alone, so that the same network has the same name in whatever call it is found. `taken`: names of other campaigns. */
function nameOf(members: readonly Member[], taken: ReadonlySet<CampaignId>, names?: ReadonlySet<string>): CampaignId {
  const accounts = members
    .map(({ account }) => account)
    .sort()
    .join();
  for (let attempt = 0; ; attempt++) {
    const digest = createHash('sha256').update(`${attempt}\n${accounts}`).digest('hex');
    const name = campaignId(`c-${digest.slice(0, 12)}`);
    if (!taken.has(name) && !names?.has(name)) return name;
  }
}

function begun(assessment: Assessment, context: TrackContext & { taken: ReadonlySet<CampaignId> }, parent: Campaign | undefined): Campaign {
  const { now, policy } = context;
  const members = assessment.network.members.map((membership) =>
    memberOf(
      membership,
      assessment.classification,
      assessment.unlike.get(membership.entry.profile.account),
      policy.coreThreshold.value,
      now,
    ),
  );
  return {
    id: nameOf(members, context.taken, context.names),
    ...verdictOf(assessment),
    firstSeen: now,
    lastSeen: now,
    detectedAt: now,
    updatedAt: now,
    version: 0,
    members,
    ...nothingCounted(),
    lineage: parent
      ? [{ at: now, what: 'split', with: parent.id, because: 'its accounts are linked with one another and no longer with the rest' }]
      : [],
    provenance: context.provenance,
  };
}

type Verdict = Pick<Campaign, 'classification' | 'probabilities' | 'typicality' | 'odd' | 'legs' | 'foundBy' | 'evidence' | 'families'>;
const verdictOf = ({ network, classification, probabilities, typicality, odd, legs, evidence, families }: Assessment): Verdict => ({
  foundBy: network.foundBy ?? 'links',
  classification,
  probabilities,
  typicality,
  odd,
  legs,
  evidence,
  families,
});

/**
 * Why those who come to a campaign with a group of which its word is not asked are none of its members; undefined if they are. A contained
 * campaign does not lend its name: a group that a few of its accounts are linked with is judged by itself. One that is too small for its
 * legs to be read is believed once it is named as the campaign is.
 */
function strangerTo(base: Campaign, { classification, legs, network }: Assessment): string | undefined {
  if (!isHostile(base.classification)) return undefined;
  if (classification !== base.classification) return `the group it came with is ${classification} by itself, not ${base.classification}`;
  const lacking = network.members.length < WAVE ? undefined : LEGS.find((leg) => base.legs?.[leg].holds && !legs[leg].holds);
  return lacking && `the group it came with lacks ${lacking} by itself`;
}

/** Whether more is said of a campaign now than was: it is called hostile, or a leg stands that did not. */
const isGraver = ({ classification, legs }: Assessment, base: Campaign): boolean =>
  isHostile(classification) && (classification !== base.classification || LEGS.some((leg) => legs[leg].holds && !base.legs?.[leg].holds));

const SILENT_BEFORE = 'It fell silent before the others were found to be what they are.';

/** Silence is no acquittal, and no guilt: what is found of those at work is not said of those who were not there. They are judged when they come back. */
const fellSilentBefore = (member: Member): Member =>
  member.role === 'bystander' ? member : { ...member, role: 'bystander', because: [SILENT_BEFORE, ...member.because] };

/** `joined`: another network of this run is in it already; then this one adds its members and the larger one's word stands. */
function continued(
  base: Campaign,
  joined: boolean,
  assessment: Assessment,
  claimed: ReadonlySet<AccountKey>,
  context: TrackContext,
): Campaign {
  const { now, policy, profiles } = context;
  const old = new Map(base.members.map((member) => [member.account, member]));
  const found = assessment.network.members;
  const foundNow = new Set(found.map(({ entry }) => entry.profile.account));
  const silent = base.members.filter(({ account }) => {
    if (foundNow.has(account)) return false;
    const profile = profiles.get(account);
    const elsewhere = !joined && claimed.has(account);
    return joined || (!elsewhere && (!profile || profile.lastUse < now - QUIET));
  });
  // Of a campaign that is silent (contained, most likely) nothing new is known: what was said of it stands. Waiting is no silence.
  const used = [...foundNow, ...silent.map(({ account }) => account)]
    .map((account) => profiles.get(account))
    .filter((profile) => profile?.lastUse !== Number.NEGATIVE_INFINITY);
  const isHeard = !joined && (atWork(used, used.length, now) || confirms(assessment, base, now));
  const stranger = isHeard ? undefined : strangerTo(base, assessment);
  const members = found.map((membership) => {
    const { account } = membership.entry.profile;
    const known = old.get(account);
    const unlike = assessment.unlike.get(account);
    const since = known?.joinedAt ?? now;
    return stranger !== undefined && (known === undefined || known.role === 'bystander')
      ? memberOf(membership, assessment.classification, unlike ?? stranger, policy.coreThreshold.value, since)
      : memberOf(membership, joined ? base.classification : assessment.classification, unlike, policy.coreThreshold.value, since);
  });
  const all = members.concat(isHeard && isGraver(assessment, base) ? silent.map(fellSilentBefore) : silent);
  const words = isHeard ? verdictOf(assessment) : {};
  return { ...base, ...words, members: all, provenance: context.provenance };
}

const MOST_HOURS = 2_000;

/** Everything that is counted over members: exchanges, tokens, targets, first and last day, the timeline. */
export function counted(
  campaign: Campaign,
  before: Campaign | undefined,
  { profiles, now, start }: Pick<TrackContext, 'profiles' | 'now' | 'start'>,
): Campaign {
  const tasks = new Map<string, number>();
  const hours = new Map<number, [number, number]>();
  let input = 0;
  let output = 0;
  let firstSeen = Number.POSITIVE_INFINITY;
  let lastSeen = Number.NEGATIVE_INFINITY;
  const members = campaign.members.map((member) => {
    const profile = profiles.get(member.account);
    if (!profile) return member;
    firstSeen = Math.min(firstSeen, profile.firstUse);
    lastSeen = Math.max(lastSeen, profile.lastUse);
    const tokens = profile.lifetimeTokens;
    input += tokens.input;
    output += tokens.output;
    for (const [task, count] of profile.window.tasks) tasks.set(task, (tasks.get(task) ?? 0) + count);
    for (const [began, exchanges, prevented] of profile.hours(start)) {
      const cell = hours.get(began);
      if (cell) {
        cell[0] += exchanges;
        cell[1] += prevented;
      } else hours.set(began, [exchanges, prevented]);
    }
    // A detection that started cold knows the window only: counts never go back.
    const cloud = cloudOf(profile.facts);
    const { cloud: _before, ...kept } = member;
    return {
      ...kept,
      ...(cloud === undefined ? {} : { cloud }),
      exchanges: Math.max(member.exchanges, profile.exchanges),
      prevented: Math.max(member.prevented, profile.prevented),
    };
  });
  const exchanges = members.reduce((sum, member) => sum + member.exchanges, 0);
  const labelled = [...tasks.values()].reduce((a, b) => a + b, 0);
  const seen = new Map(campaign.timeline.map((point) => [point[0], point]));
  for (const [began, [exchanges, prevented]] of hours) seen.set(began, [began, exchanges, prevented]);
  return {
    ...campaign,
    members,
    version: (before?.version ?? 0) + 1,
    updatedAt: now,
    firstSeen: Number.isFinite(firstSeen) ? Math.min(firstSeen, campaign.firstSeen) : campaign.firstSeen,
    lastSeen: Number.isFinite(lastSeen) ? lastSeen : campaign.lastSeen,
    exchanges,
    exchangesBeforeDetection: before ? campaign.exchangesBeforeDetection : exchanges,
    inputTokens: input,
    outputTokens: output,
    targets:
      labelled === 0
        ? campaign.targets
        : Object.fromEntries(
            [...tasks].sort((a, b) => b[1] - a[1]).map(([task, count]) => [task, Math.round((1000 * count) / labelled) / 1000]),
          ),
    timeline: [...seen.values()].sort((a, b) => a[0] - b[0]).slice(-MOST_HOURS),
  };
}

/** A new version is written when something that is judged changed, or once a day for the counts. */
export function worthSaving(after: Campaign, before: Campaign | undefined, { now }: Pick<TrackContext, 'now'>): boolean {
  if (!before || now - before.updatedAt >= DAY) return true;
  if (
    after.classification !== before.classification ||
    after.members.length !== before.members.length ||
    after.lineage.length !== before.lineage.length
  )
    return true;
  if (after.families.join() !== before.families.join()) return true;
  if (Math.abs(probabilityOf(after) - probabilityOf(before)) > 0.01) return true;
  if (Math.abs((after.typicality ?? 0) - (before.typicality ?? 0)) > 0.05) return true;
  if (LEGS.some((leg) => after.legs?.[leg].holds !== before.legs?.[leg].holds)) return true;
  if (rolesOf(after) !== rolesOf(before)) return true;
  const accounts = new Set(before.members.map(({ account }) => account));
  return after.members.some(({ account }) => !accounts.has(account));
}

/** How many members are in which role, and how many have use of their own: what a rule asks of members. */
const rolesOf = ({ members }: Campaign): string =>
  JSON.stringify([
    members.filter(({ role }) => role === 'bystander').length,
    members.filter(({ exchanges }) => exchanges >= OWN_USE).length,
  ]);
/** No rule asks for more requests of a member's own than this without it being a matter of days. */
const OWN_USE = 3;
