import type { Classification, Member, Role } from '../../../shared/domain/campaigns/campaign';
import type { CampaignId } from '../../../shared/identity/ids';
import type { CampaignHeader } from '../../../shared/stores/campaigns/campaign-store';
import type { QueryPorts } from '../query-ports';

export const CAMPAIGN_ORDERS = ['updatedAt', 'detectedAt', 'accounts', 'exchanges'] as const;
export type CampaignOrder = (typeof CAMPAIGN_ORDERS)[number];
export type CampaignsWhere = { classification?: Classification; updatedSince?: number; accountsAtLeast?: number; ended?: 'true' | 'false' };

/**
 * Campaigns of one account at least, unless told, by a value, falling unless it is `rising`, then by id. There are thousands of campaigns where there are millions of accounts
 * (1,156 in SynchroTrap's month), so each page reads all headers: one partition, no index to keep.
 */
export async function campaigns(
  query: { where: CampaignsWhere; order: CampaignOrder; rising: boolean; after?: string; limit: number },
  ports: QueryPorts,
): Promise<{ headers: CampaignHeader[]; next?: string }> {
  const found: { key: string; header: CampaignHeader }[] = [];
  for await (const header of query.where.ended === 'true' ? ports.campaigns.ended() : ports.campaigns.headers()) {
    if (query.where.classification !== undefined && header.classification !== query.where.classification) continue;
    if (query.where.updatedSince !== undefined && header.updatedAt < query.where.updatedSince) continue;
    if (sizeOf(header) < (query.where.accountsAtLeast ?? 1)) continue;
    const key = sortKey(valueBy(header, query.order), query.rising, header.id);
    if (query.after === undefined || key > query.after) found.push({ key, header });
  }
  found.sort((one, other) => (one.key < other.key ? -1 : 1));
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  const headers = page.map(({ header }) => header);
  return last && found.length > query.limit ? { headers, next: last.key } : { headers };
}

export type MemberWhere = { role?: Role; scoreAtLeast?: number };

/**
 * Members by role (core first), then score. The page after reads the same version of the campaign's document, which never
 * changes, so paging is exact whatever is saved meanwhile.
 */
export async function members(
  query: { id: CampaignId; where: MemberWhere; after?: string; limit: number },
  ports: QueryPorts,
): Promise<{ kind: 'members'; members: Member[]; version: number; of: number; next?: string } | { kind: 'unknown' }> {
  const [document, offset] = query.after === undefined ? [(await ports.campaigns.header(query.id))?.document, 0] : split(query.after);
  if (document === undefined) return { kind: 'unknown' };
  const campaign = await ports.campaigns.readable(document);
  if (!campaign) return { kind: 'unknown' };
  const all = campaign.members
    .filter(
      ({ role, score }) =>
        (query.where.role === undefined || role === query.where.role) &&
        (query.where.scoreAtLeast === undefined || score >= query.where.scoreAtLeast),
    )
    .sort((one, other) => RANK[one.role] - RANK[other.role] || other.score - one.score || (one.account < other.account ? -1 : 1));
  const end = offset + query.limit;
  const page = { kind: 'members' as const, members: all.slice(offset, end), version: campaign.version, of: all.length };
  return end < all.length ? { ...page, next: `${end} ${document}` } : page;
}

const RANK: Record<Role, number> = { core: 0, peripheral: 1, 'suspected-victim': 2, bystander: 3 };
const sizeOf = (header: CampaignHeader): number => Object.values(header.counts).reduce((sum, count) => sum + count, 0);
const split = (after: string): [string, number] => [after.slice(after.indexOf(' ') + 1), Number.parseInt(after, 10)];

function valueBy(header: CampaignHeader, order: CampaignOrder): number {
  switch (order) {
    case 'accounts':
      return sizeOf(header);
    case 'exchanges':
    case 'updatedAt':
    case 'detectedAt':
      return header[order];
    default:
      return order satisfies never;
  }
}

/** Text that sorts as the values should. */
const sortKey = (value: number, rising: boolean, id: CampaignId): string =>
  `${String(rising ? Math.round(value) : Number.MAX_SAFE_INTEGER - Math.round(value)).padStart(16, '0')}#${id}`;
