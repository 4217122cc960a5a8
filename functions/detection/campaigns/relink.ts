import { type Campaign, FAMILIES, type Family, type Indicator } from '../../../shared/domain/campaigns/campaign';
import { hashNumber } from '../../../shared/identity/keyed-hash';
import type { Assessment } from '../findings/assess';
import { FAMILY_COUNTS_FROM, POOL_OVERLAP } from '../links/links';
import type { Membership, Network } from '../networks/networks';
import { isSameOperator } from '../networks/same-operator';
import { inSteps } from '../traits/match-weight';
import { FAMILY_CAP, TRAIT_TYPES } from '../traits/traits';
import type { TrackContext } from './track';

/** Share of a network's members that must carry a campaign's indicators for it to be that campaign come back. */
export const CARRIED_SHARE = 0.6;

/** Birth after death: the campaign whose indicators the network's accounts carry, although they share no account. */
export function relink(assessment: Assessment, campaigns: readonly Campaign[], context: TrackContext): Campaign | undefined {
  return campaigns.find(
    (campaign) =>
      mayComeBack(campaign) &&
      carries(assessment.network, knownBy(campaign), context, context.policy.memberThreshold.value) &&
      !apart(assessment, campaign, context),
  );
}

export const mayComeBack = ({ classification, members }: Pick<Campaign, 'classification' | 'members'>): boolean =>
  classification !== 'shared-origin' && classification !== 'unclear' && members.length > 0;

/** Whether enough of a network's accounts carry a campaign's indicators. `bar`: the policy's `memberThreshold`, nats. */
export function carries({ members }: Pick<Network, 'members'>, known: Known, context: Pick<TrackContext, 'index'>, bar: number): boolean {
  const carried = carriedBy(known, context);
  return members.filter((membership) => carried(membership) >= bar).length >= CARRIED_SHARE * members.length;
}

/** Whether a network and the rest of a campaign were seen side by side, and what holds them together says that they are two operators'. */
export function apart({ network }: Assessment, campaign: Campaign, { index }: Pick<TrackContext, 'index'>): boolean {
  const theirs: number[] = [];
  const inside = new Set(network.members.map(({ entry }) => entry.profile.account));
  for (const { account } of campaign.members) {
    if (inside.has(account)) continue;
    const entry = index.entryOf(account);
    if (entry && entry.addresses > 0) theirs.push(entry.order);
  }
  const mine = network.members.map(({ entry }) => entry.order);
  return theirs.length >= FEWEST && !isSameOperator(index, mine, theirs);
}
const FEWEST = 5;

/** A tool that this share of a campaign uses is its tool: an account with another one only is less likely its own. */
const ITS_TOOL = 0.8;
const OTHER_TOOL = -3;
/** No trait's id. */
const HELD_ELSEWHERE = -1;

export const isToolOf = ({ type, members }: Pick<Indicator, 'type' | 'members'>, size: number): boolean =>
  type === 'client-build' && members >= ITS_TOOL * size;

/** A campaign, here or elsewhere, as it is known: what its accounts share, and how many they are. */
export type Known = { indicators: readonly Pick<Indicator, 'type' | 'hash' | 'family' | 'members'>[]; size: number };
export const knownBy = ({ indicators, members }: Pick<Campaign, 'indicators' | 'members'>): Known => ({ indicators, size: members.length });

/**
 * Scores an account against a campaign's indicators (nats, capped by family). 0 unless two families speak, one of them
 * about who it is (infrastructure, payment, registration); addresses count only if the account works from the pool.
 */
export function carriedBy(known: Known, { index }: Pick<TrackContext, 'index'>): (membership: Pick<Membership, 'entry'>) => number {
  const size = Math.max(1, known.size);
  const weights = new Map<number, { family: Family; nats: number; type: Indicator['type'] }>();
  const tools = new Set<number>();
  for (const { type, hash, members, family } of known.indicators) {
    const id = index.find(type, hashNumber(hash));
    const isTool = isToolOf({ type, members }, size);
    if (id === undefined) {
      // Nobody here has it, but somebody else: then everybody here has another one.
      if (isTool && index.isHeld(type, hashNumber(hash))) tools.add(HELD_ELSEWHERE);
      continue;
    }
    if (isTool) tools.add(id);
    const nats = Math.log(((members / size) * 0.9) / index.base(id)) - Math.log(1 + index.referenceHolders[id]!);
    if (nats > 0) weights.set(id, { family, type, nats: inSteps(Math.min(TRAIT_TYPES[type].cap, nats)) });
  }
  return ({ entry }) => {
    const byFamily = new Map<Family, number>();
    let addresses = 0;
    let pool = 0;
    for (const id of entry.ids) {
      const weight = weights.get(id);
      if (!weight) continue;
      if (weight.type === 'network-address') addresses++;
      if (weight.type === 'network-address' || weight.type === 'network-prefix') pool += weight.nats;
      else byFamily.set(weight.family, (byFamily.get(weight.family) ?? 0) + weight.nats);
    }
    if (addresses >= Math.min(2, entry.addresses) && addresses >= POOL_OVERLAP * entry.addresses)
      byFamily.set('infrastructure', (byFamily.get('infrastructure') ?? 0) + pool);
    const capped = FAMILIES.map((family) => Math.min(FAMILY_CAP[family], byFamily.get(family) ?? 0));
    const who = Math.max(byFamily.get('infrastructure') ?? 0, byFamily.get('payment') ?? 0, byFamily.get('registration') ?? 0);
    if (capped.filter((nats) => nats >= FAMILY_COUNTS_FROM).length < 2 || who < 2 * FAMILY_COUNTS_FROM) return 0;
    const other = tools.size > 0 && entry.clients > 0 && !entry.ids.some((id) => tools.has(id)) ? OTHER_TOOL : 0;
    return capped.reduce((a, b) => a + b, 0) + other;
  };
}
