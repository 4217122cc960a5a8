import { z } from 'zod';
import { Campaign, Link } from '../../../shared/domain/campaigns/campaign';
import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import type { AccountKey, CampaignId } from '../../../shared/identity/ids';
import { track } from '../campaigns/track';
import type { Judgement } from '../judgement';
import { linksAreDue, linksWithin } from '../links/campaign-links';
import type { Network } from '../networks/networks';
import type { Profile } from '../profiles/profile';

/** What is made of a campaign that changed besides itself: the links that are to be kept of it. */
const KeptLinks = z.object({ campaign: z.custom<CampaignId>(), version: z.int(), links: z.array(Link) });
/** In the order of its fields: saved, it is the same to the byte. */
const AsWritten = z.custom<Campaign>((value) => Campaign.safeParse(value).success);

/** What a run makes of a part that is settled: campaigns that changed, with their links; and who is in a network. */
export const SettledUnit = z.object({
  changed: z.array(AsWritten),
  links: z.array(KeptLinks),
  networks: z.int(),
  /** Accounts of groups that rest. */
  resting: z.int(),
  linked: z.array(z.custom<AccountKey>()),
});
export type SettledUnit = z.infer<typeof SettledUnit>;

/** What tracking goes by besides the policy: the window, what stands in every campaign it makes, and names that are taken. */
export type Tracking = {
  start: number;
  provenance: Campaign['provenance'];
  names: ReadonlySet<string>;
};

type Found = Pick<Judgement, 'assessments' | 'links' | 'context'> & {
  campaigns: readonly Campaign[];
  profiles: { peek(account: AccountKey): Profile | undefined };
};

/** Groups ▶ campaigns that changed, each with its links where they are due. Pure, but that it notes in a campaign which links are kept. */
export function tracked(
  { assessments, links, context, campaigns, profiles }: Found,
  policy: DetectionPolicy,
  { start, provenance, names }: Tracking,
): Pick<SettledUnit, 'changed' | 'links'> {
  const { now, index } = context;
  const before = new Map(campaigns.map((campaign) => [campaign.id, campaign]));
  const kept: SettledUnit['links'] = [];
  const changed = track(assessments, campaigns, {
    ...context,
    profiles: { get: (account) => profiles.peek(account) },
    policy,
    start,
    provenance,
    names,
  });
  for (const campaign of changed) {
    if (!linksAreDue(campaign, before.get(campaign.id), provenance.run, now)) continue;
    campaign.links = { version: campaign.version, accounts: campaign.members.length, at: now };
    kept.push({ campaign: campaign.id, version: campaign.version, links: linksWithin(campaign, links, index) });
  }
  return { changed, links: kept };
}

/** All that a run makes of a part. */
export const settled = (unit: Found & Pick<Judgement, 'linked' | 'resting'>, policy: DetectionPolicy, tracking: Tracking): SettledUnit => ({
  ...tracked(unit, policy, tracking),
  networks: unit.linked.length + unit.resting.length,
  resting: unit.resting.flat().length,
  linked: unit.linked.flatMap(membersOf),
});

export const membersOf = ({ members }: Pick<Network, 'members'>): AccountKey[] => members.map(({ entry }) => entry.profile.account);
