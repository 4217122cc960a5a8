import { createRoute, z } from '@hono/zod-openapi';
import { CLASSIFICATIONS, ROLES } from '../../../shared/domain/campaigns/campaign';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { CampaignParam, CursorField, Decimal, Instant, limit, pageOf, sortBy } from '../../../shared/http/fields';
import { badCursor, problem } from '../../../shared/http/problem';
import { MemberView, memberView } from '../accounts/account-view';
import type { QueryPorts } from '../query-ports';
import { aboutCampaign } from './about-campaign';
import { CampaignSummaryView, CampaignView, campaignSummaryView, campaignView, IndicatorView, indicatorViews } from './campaign-view';
import { CAMPAIGN_ORDERS, campaigns, members } from './campaigns';

const SORT = sortBy(CAMPAIGN_ORDERS, 'With `-` newest or largest first, without it the other way round.');

const CampaignsQuery = z.strictObject({
  classification: z.enum(CLASSIFICATIONS).optional(),
  updatedSince: Instant.optional(),
  accountsAtLeast: Decimal.optional().openapi({
    description: 'Without it 1: campaigns that merged into others have no accounts left; 0 lists them too.',
  }),
  ended: z.enum(['true', 'false']).optional().openapi({
    description: 'With `true` those that were put away instead: nobody of them was seen for 60 days.',
  }),
  sort: SORT.field,
  limit: limit(200, 50),
  cursor: CursorField,
});

const MembersQuery = z.strictObject({
  role: z.enum(ROLES).optional(),
  scoreAtLeast: Decimal.optional(),
  limit: limit(1000, 100),
  cursor: CursorField,
});

export const onCampaign = { params: z.strictObject({ campaign: CampaignParam }) };
export const NO_CAMPAIGN = 'There is no campaign with this id. The list is at /v1/campaigns.';

export function campaignRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const about = { ...access(http, 'viewer'), method: 'get' as const, tags: ['Campaigns'] };

  const list = createRoute({
    ...about,
    path: '/v1/campaigns',
    operationId: 'listCampaigns',
    summary: 'Campaigns, filtered and sorted',
    request: { query: CampaignsQuery },
    responses: answers(pageOf('Campaigns', CampaignSummaryView), 'One page.'),
  });
  api.openapi(list, async (c) => {
    const { sort, limit: size, cursor, ...where } = c.req.valid('query');
    const sorted = SORT.read(sort);
    const bound = { route: 'campaigns', parameters: { ...sorted, ...where } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    const page = await campaigns({ where, ...sorted, limit: size, ...(from.after === undefined ? {} : { after: from.after }) }, ports);
    const next = page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) };
    return c.json({ items: page.headers.map(campaignSummaryView), ...next }, 200);
  });

  const one = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}',
    operationId: 'getCampaign',
    summary: 'One campaign: evidence in sentences, timeline, lineage, provenance',
    request: onCampaign,
    responses: answers(CampaignView, 'The campaign.'),
  });
  api.openapi(one, async (c) => {
    const header = await ports.campaigns.header(c.req.valid('param').campaign);
    const campaign = header && (await ports.campaigns.readable(header.document));
    if (!header || !campaign) return problem(c, 'not-found', NO_CAMPAIGN);
    const about = await aboutCampaign(header.id, ports);
    return c.json(campaignView(header, campaign, about, c.get('principal')), 200);
  });

  const indicators = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/indicators',
    operationId: 'listIndicators',
    summary: 'What the members share, largest first',
    request: onCampaign,
    responses: answers(z.object({ items: z.array(IndicatorView) }).openapi('Indicators'), 'All indicators.'),
  });
  api.openapi(indicators, async (c) => {
    const campaign = await ports.campaigns.get(c.req.valid('param').campaign);
    if (!campaign) return problem(c, 'not-found', NO_CAMPAIGN);
    return c.json({ items: indicatorViews(campaign, c.get('principal')) }, 200);
  });

  const memberList = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/members',
    operationId: 'listMembers',
    summary: 'Members by role, then score',
    description: 'All pages come from the version of the campaign that the first page came from.',
    request: { ...onCampaign, query: MembersQuery },
    responses: answers(pageOf('Members', MemberView).extend({ version: z.int(), of: z.int() }).openapi('MemberPage'), 'One page.'),
  });
  api.openapi(memberList, async (c) => {
    const { limit: size, cursor, ...where } = c.req.valid('query');
    const { campaign: id } = c.req.valid('param');
    const bound = { route: `members of ${id}`, parameters: where };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    const page = await members({ id, where, limit: size, ...(from.after === undefined ? {} : { after: from.after }) }, ports);
    if (page.kind === 'unknown') return problem(c, 'not-found', NO_CAMPAIGN);
    const next = page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) };
    return c.json(
      { items: page.members.map((one) => memberView(one, c.get('principal'))), version: page.version, of: page.of, ...next },
      200,
    );
  });
}
