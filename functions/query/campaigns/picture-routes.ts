import { createRoute, z } from '@hono/zod-openapi';
import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import { stixOf } from '../../../shared/domain/campaigns/stix';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { limit } from '../../../shared/http/fields';
import { Problem, problem } from '../../../shared/http/problem';
import { StixView, TlpField } from '../../../shared/http/stix-view';
import type { CampaignId } from '../../../shared/identity/ids';
import { CampaignGraphStore, MOST_MEMBER_HOURS } from '../../../shared/stores/campaigns/campaign-graph-store';
import { doneAbout } from '../ledger/ledger';
import type { QueryPorts } from '../query-ports';
import { NO_CAMPAIGN, onCampaign } from './campaign-routes';
import { Dossier, dossier, dossierMarkdown } from './dossier';
import { linksOf } from './links-of';
import { GraphView, graphView, HoursView, hoursView } from './picture';

/** What the campaign page draws, and the dossier to download. */
export function pictureRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const about = { ...access(http, 'viewer'), method: 'get' as const, tags: ['Campaigns'] };
  const graphs = new CampaignGraphStore(ports.stores.archive);
  const campaignOf = (id: CampaignId): Promise<Campaign | undefined> => ports.campaigns.get(id);

  const graph = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/graph',
    operationId: 'getGraph',
    summary: 'Members and links with reasons, in columns',
    request: onCampaign,
    responses: answers(GraphView, 'The link graph of the newest version.'),
  });
  api.openapi(graph, async (c) => {
    const campaign = await campaignOf(c.req.valid('param').campaign);
    if (!campaign) return problem(c, 'not-found', NO_CAMPAIGN);
    return c.json(graphView(campaign, await linksOf(campaign, graphs, ports), c.get('principal')), 200);
  });

  const hours = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/hours',
    operationId: 'getHours',
    summary: 'Exchanges by hour of a sample of members: the synchrony map',
    request: { ...onCampaign, query: z.strictObject({ rows: limit(MOST_MEMBER_HOURS, 150) }) },
    responses: answers(HoursView, 'The last 14 days at most.'),
  });
  api.openapi(hours, async (c) => {
    const campaign = await campaignOf(c.req.valid('param').campaign);
    if (!campaign) return problem(c, 'not-found', NO_CAMPAIGN);
    const sample = (await graphs.hours(campaign.id, campaign.version)) ?? [];
    return c.json(hoursView(campaign, sample, c.req.valid('query').rows), 200);
  });

  const json = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/dossier',
    operationId: 'getDossier',
    summary: 'What a disclosure says, as JSON',
    request: onCampaign,
    responses: answers(Dossier, 'The dossier.'),
  });
  api.openapi(json, async (c) => {
    const campaign = await campaignOf(c.req.valid('param').campaign);
    if (!campaign) return problem(c, 'not-found', NO_CAMPAIGN);
    return c.json(dossier(campaign, await doneAbout(campaign.id, ports), ports.clock.now()), 200);
  });

  const markdown = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/dossier.md',
    operationId: 'getDossierMarkdown',
    summary: 'What a disclosure says, as Markdown',
    request: onCampaign,
    responses: {
      200: { description: 'The dossier.', content: { 'text/markdown': { schema: z.string() } } },
      default: { description: 'A problem (RFC 9457).', content: { 'application/problem+json': { schema: Problem } } },
    },
  });
  api.openapi(markdown, async (c) => {
    const campaign = await campaignOf(c.req.valid('param').campaign);
    if (!campaign) return problem(c, 'not-found', NO_CAMPAIGN);
    const text = dossierMarkdown(dossier(campaign, await doneAbout(campaign.id, ports), ports.clock.now()));
    return c.body(text, 200, {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename="campaign-${campaign.id}.md"`,
    });
  });

  // A bundle is keyed hashes, which viewers do not see.
  const stix = createRoute({
    ...about,
    ...access(http, 'reviewer'),
    path: '/v1/campaigns/{campaign}/stix',
    operationId: 'getStixBundle',
    summary: 'The campaign and its indicators as a STIX 2.1 bundle',
    request: {
      ...onCampaign,
      query: z.strictObject({
        tlp: TlpField,
      }),
    },
    responses: answers(StixView, 'The bundle. Values are keyed hashes of this deployment.'),
  });
  api.openapi(stix, async (c) => {
    const campaign = await campaignOf(c.req.valid('param').campaign);
    if (!campaign) return problem(c, 'not-found', NO_CAMPAIGN);
    return c.json(stixOf(campaign, c.req.valid('query').tlp), 200);
  });
}
