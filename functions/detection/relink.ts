import { type Campaign, FAMILIES, type Family } from '../../shared/model/campaign';
import { hashNumber } from '../../shared/model/keyed-hash';
import type { Assessment } from './assess';
import { SPEAKS } from './links';
import type { Membership } from './networks';
import type { TrackContext } from './track';
import { FAMILY_CAP, TRAIT_TYPES, type TraitType } from './traits';

/** Share of a network's members that must carry a campaign's indicators for it to be that campaign come back. */
const MOST = 0.6;

/** Birth after death: the campaign whose indicators the network's accounts carry, although they share no account. */
export function relink(assessment: Assessment, campaigns: readonly Campaign[], context: TrackContext): Campaign | undefined {
  for (const campaign of campaigns) {
    if (campaign.kind === 'shared-origin' || campaign.kind === 'unclear' || campaign.members.length === 0) continue;
    const carried = carriedBy(campaign, context);
    const fitting = assessment.network.members.filter((membership) => carried(membership) >= context.policy.memberThreshold.value).length;
    if (fitting >= MOST * assessment.network.members.length) return campaign;
  }
  return undefined;
}

/** Scores an account against a campaign's indicators (nats, capped by family); 0 unless two families speak. */
export function carriedBy(campaign: Campaign, { index }: Pick<TrackContext, 'index'>): (membership: Pick<Membership, 'entry'>) => number {
  const size = Math.max(1, campaign.members.length);
  const weights = new Map<number, { family: Family; nats: number }>();
  for (const { type, hash, members, family } of campaign.indicators) {
    const trait = type as TraitType;
    const id = index.find(trait, hashNumber(hash));
    if (id === undefined) continue;
    const nats = Math.log(((members / size) * 0.9) / index.base(id)) - Math.log(1 + index.referenceHolders[id]!);
    if (nats > 0) weights.set(id, { family, nats: Math.min(TRAIT_TYPES[trait].cap, nats) });
  }
  return ({ entry }) => {
    const byFamily = new Map<Family, number>();
    for (const id of entry.ids) {
      const weight = weights.get(id);
      if (weight) byFamily.set(weight.family, (byFamily.get(weight.family) ?? 0) + weight.nats);
    }
    const said = FAMILIES.map((family) => Math.min(FAMILY_CAP[family], byFamily.get(family) ?? 0));
    return said.filter((nats) => nats >= SPEAKS).length < 2 ? 0 : said.reduce((a, b) => a + b, 0);
  };
}
