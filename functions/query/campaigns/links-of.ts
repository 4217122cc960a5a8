import type { Campaign, Link } from '../../../shared/domain/campaigns/campaign';
import type { AccountKey, CampaignId } from '../../../shared/identity/ids';
import type { CampaignGraphStore } from '../../../shared/stores/campaigns/campaign-graph-store';
import type { QueryPorts } from '../query-ports';

/**
 * Links among the members: those that were kept with the campaign, and of members that a person put there (regrouping.ts) those kept with
 * the campaigns that detection has them in. A pair is named once.
 */
export async function linksOf(campaign: Campaign, graphs: CampaignGraphStore, { campaigns }: QueryPorts): Promise<Link[]> {
  const from = new Set<CampaignId>();
  for (const { placed } of campaign.members) if (placed?.from) from.add(placed.from);
  from.delete(campaign.id);
  const members = new Set<AccountKey>(campaign.members.map(({ account }) => account));
  const found = new Map<string, Link>();
  for (const one of [campaign, ...(await Promise.all([...from].map((id) => campaigns.get(id))))]) {
    if (!one) continue;
    for (const link of (await graphs.links(one.id, one.links?.version ?? one.version)) ?? []) {
      if (!members.has(link.from) || !members.has(link.to)) continue;
      const pair = link.from < link.to ? `${link.from} ${link.to}` : `${link.to} ${link.from}`;
      if (!found.has(pair)) found.set(pair, link);
    }
  }
  return [...found.values()];
}
