import type { Campaign, Indicator } from '../../../shared/domain/campaigns/campaign';
import { HOUR } from '../../../shared/domain/time';
import type { CampaignId } from '../../../shared/identity/ids';
import { hashNumber, hashText } from '../../../shared/identity/keyed-hash';
import { FAMILY_COUNTS_FROM } from '../links/links';
import { GroupProfile, type Network } from '../networks/networks';
import type { TraitIndex } from '../traits/trait-index';
import { forTraits, TRAIT_NAMES, TRAIT_TYPES, type TraitType } from '../traits/traits';

export type IndicatorContext = { index: TraitIndex; releases: ReadonlyMap<string, number> };

/**
 * What a campaign is known by: what it was known by before, and what its networks share now, less what belongs to networks
 * (`others`) that some of its accounts turned out to be of.
 */
export function indicatorsOfAll(
  before: readonly Indicator[],
  own: readonly Network[],
  others: readonly (readonly Network[])[],
  { index, releases }: IndicatorContext,
): Indicator[] {
  const all = own.reduce((known, network) => merged(known, indicatorsOf(network, index, releases)), [...before]);
  return others.reduce((known, theirs) => without(known, theirs, own, index), all);
}

/**
 * Campaigns whose members people moved, each with what its members share as they are now: no network of detection has just these
 * accounts. `index`: of all their members. Pure.
 */
export function sharedByMembers(campaigns: readonly Campaign[], context: IndicatorContext): Campaign[] {
  const { index } = context;
  const held = new Map(index.accounts.map((entry) => [entry.profile.account, entry]));
  const networks = new Map<CampaignId, Network>();
  for (const { id, members } of campaigns) {
    const entries = members.flatMap(({ account }) => held.get(account) ?? []);
    const profile = new GroupProfile(index, entries.length, entries);
    networks.set(id, { members: entries.map((entry) => profile.score(entry, true)), profile });
  }
  return campaigns.map((campaign) => {
    const others = [...networks].flatMap(([id, network]) => (id === campaign.id ? [] : [[network]]));
    return { ...campaign, indicators: indicatorsOfAll(campaign.indicators, [networks.get(campaign.id)!], others, context) };
  });
}

const MOST_INDICATORS = 400;
/** What nobody can look for: when something happened, and phrases. */
const UNSEARCHABLE: ReadonlySet<TraitType> = new Set([
  'signup-time',
  'signup-day',
  'signup-hour',
  'onset',
  'pivot',
  'prompt-phrase',
  'task-mix',
]);

/** What the members share and others do not, most telling first. */
function indicatorsOf(network: Network, index: TraitIndex, releases: ReadonlyMap<string, number>): Indicator[] {
  const size = network.members.length;
  const found: Telling[] = [];
  for (const [id, members] of network.profile.counts) {
    const type = index.typeName(id);
    if (members < 2 || UNSEARCHABLE.has(type)) continue;
    const weight = Math.log(((members / size) * 0.9) / index.base(id)) - Math.log(1 + index.referenceHolders[id]!);
    if (weight < FAMILY_COUNTS_FROM) continue;
    found.push({ id, type: type as Indicator['type'], members, weight, telling: weight * members });
  }
  const mostTelling = found
    .sort((a, b) => b.telling - a.telling || index.types[a.id]! - index.types[b.id]! || index.hashes[a.id]! - index.hashes[b.id]!)
    .slice(0, MOST_INDICATORS);
  const spans = spansOf(network, mostTelling, index, releases);
  return mostTelling.map(({ id, type, members, weight }) => {
    const { first, last } = spans[index.types[id]!]!.get(index.hashes[id]!)!;
    return {
      type,
      hash: hashText(index.hashes[id]!),
      family: TRAIT_TYPES[type].family,
      members,
      others: Math.max(0, index.holdersOf(id) - members),
      firstUse: first * HOUR,
      lastUse: (last + 1) * HOUR,
      weight: Math.round(100 * Math.min(TRAIT_TYPES[type].cap, weight)) / 100,
    };
  });
}

/** A trait of a network, how many members hold it, and what that tells. */
type Telling = { id: number; type: Indicator['type']; members: number; weight: number; telling: number };
type Span = { first: number; last: number };

/** When members used some traits, by type and hash: hours since the epoch, 0 where none of them does any more. */
function spansOf(network: Network, of: readonly Telling[], index: TraitIndex, releases: ReadonlyMap<string, number>): Map<number, Span>[] {
  const spans = TRAIT_NAMES.map(() => new Map<number, Span>());
  for (const { id } of of)
    spans[index.types[id]!]!.set(index.hashes[id]!, { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY });
  for (const { entry } of network.members.slice(0, 2_000)) {
    forTraits(entry.profile, releases, (type, hash, first, last) => {
      const span = spans[type]!.get(hash);
      if (!span) return;
      span.first = Math.min(span.first, first);
      span.last = Math.max(span.last, last);
    });
  }
  for (const ofType of spans)
    for (const span of ofType.values()) if (span.last === Number.NEGATIVE_INFINITY) Object.assign(span, { first: 0, last: 0 });
  return spans;
}

/** Indicators keep their first use from run to run; what is no longer seen stays for re-linking. */
function merged(before: readonly Indicator[], now: readonly Indicator[]): Indicator[] {
  const known = new Map(before.map((indicator) => [`${indicator.type}/${indicator.hash}`, indicator]));
  const fresh = now.map((indicator) => {
    const name = `${indicator.type}/${indicator.hash}`;
    const old = known.get(name);
    known.delete(name);
    return old
      ? { ...indicator, firstUse: Math.min(old.firstUse, indicator.firstUse), lastUse: Math.max(old.lastUse, indicator.lastUse) }
      : indicator;
  });
  return [...fresh, ...known.values()].slice(0, 600);
}

/** Less what belongs to accounts that turned out to be another campaign's: nobody is to be linked to this one again by it. */
function without(indicators: readonly Indicator[], theirs: readonly Network[], own: readonly Network[], index: TraitIndex): Indicator[] {
  const heldBy = (networks: readonly Network[], id: number): boolean => networks.some(({ profile }) => (profile.counts.get(id) ?? 0) >= 2);
  return indicators.filter(({ type, hash }) => {
    const id = index.find(type, hashNumber(hash));
    return id === undefined || heldBy(own, id) || !heldBy(theirs, id);
  });
}
