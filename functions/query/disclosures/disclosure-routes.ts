import { createRoute, z } from '@hono/zod-openapi';
import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import { CONFIDENCES, DISCLOSURE_CHAIN, DISCLOSURES, Disclosure, Prices } from '../../../shared/domain/campaigns/disclosure';
import { stixOfDisclosure } from '../../../shared/domain/campaigns/stix';
import type { Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { orNull, When } from '../../../shared/http/fields';
import { Problem, problem } from '../../../shared/http/problem';
import { StixView, TlpField } from '../../../shared/http/stix-view';
import { campaignId } from '../../../shared/identity/ids';
import { type Entry, LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { revealed } from '../accounts/account-view';
import type { QueryPorts } from '../query-ports';
import { disclosureMarkdown } from './disclosure-markdown';

// As the ledger keeps them, but for times.
const kept = Disclosure.shape;
const about = kept.campaigns.element;
// Made anew: a schema made before the library was loaded has no `openapi`.
const PartView = z.object(kept.models.element.shape).openapi('DisclosedPart');
const SummaryView = z
  .object({
    number: z.int(),
    title: z.string(),
    writtenAt: When,
    by: z.string().nullable(),
    hash: z.string().openapi({ description: 'Of the ledger’s entry, which is the document.' }),
    campaigns: z.int(),
    accounts: z.int(),
    exchanges: z.number(),
  })
  .openapi('DisclosureSummary');
const DisclosureView = SummaryView.extend({
  from: When,
  to: When,
  prevented: kept.prevented,
  inputTokens: kept.inputTokens,
  outputTokens: kept.outputTokens,
  capabilities: z.array(PartView),
  models: z.array(PartView),
  channels: z.array(PartView),
  sampled: kept.sampled,
  built: kept.built,
  value: orNull(z.object({ dollars: z.number(), prices: Prices }).openapi('DisclosedValue')),
  attribution: orNull(
    z
      .object({ statement: z.string(), confidence: z.enum(CONFIDENCES), basis: z.string(), author: z.string().nullable() })
      .openapi('Attribution', { description: 'A judgement of people. The author is null for viewers.' }),
  ),
  about: z.array(
    about.extend({ detectedAt: When, firstSeen: When, lastSeen: When, done: z.array(about.shape.done.element.extend({ at: When })) }),
  ),
}).openapi('Disclosure');

const summaryOf = ({ sequence, hash, actor, state }: Entry<Disclosure>, to: Person): z.infer<typeof SummaryView> => ({
  number: sequence,
  title: state.title,
  writtenAt: iso(state.writtenAt),
  by: actor.kind === 'person' ? revealed(to, actor.id) : null,
  hash,
  campaigns: state.campaigns.length,
  accounts: state.accounts,
  exchanges: state.exchanges,
});

function viewOf(entry: Entry<Disclosure>, to: Person): z.infer<typeof DisclosureView> {
  const { campaigns, title: _, writtenAt: __, from, to: until, attribution, ...figures } = entry.state;
  return {
    ...figures,
    ...summaryOf(entry, to),
    from: iso(from),
    to: iso(until),
    attribution: attribution && { ...attribution, author: revealed(to, attribution.author) },
    about: campaigns.map(({ detectedAt, firstSeen, lastSeen, done, ...campaign }) => ({
      ...campaign,
      detectedAt: iso(detectedAt),
      firstSeen: iso(firstSeen),
      lastSeen: iso(lastSeen),
      done: done.map((step) => ({ ...step, at: iso(step.at) })),
    })),
  };
}

const NONE = 'There is no disclosure with this number. The list is at /v1/disclosures.';
const onNumber = {
  params: z.strictObject({
    number: z
      .string()
      .regex(/^[1-9]\d{0,5}$/, 'The number of a disclosure is a whole number from 1.')
      .transform(Number)
      .openapi({ type: 'integer', minimum: 1, example: 1 }),
  }),
};

export function disclosureRoutes(api: Api, http: HttpPorts, { stores, clock, campaigns }: QueryPorts): void {
  const about = { ...access(http, 'viewer'), method: 'get' as const, tags: ['Disclosures'] };
  const all = async (): Promise<Entry<Disclosure>[]> =>
    (await new LedgerStore(stores.enforcement, clock).readable(DISCLOSURE_CHAIN, DISCLOSURES)).entries;

  const list = createRoute({
    ...about,
    path: '/v1/disclosures',
    operationId: 'listDisclosures',
    summary: 'Disclosures, the newest first',
    responses: answers(z.object({ items: z.array(SummaryView) }).openapi('Disclosures'), 'All of them.'),
  });
  api.openapi(list, async (c) => c.json({ items: (await all()).reverse().map((entry) => summaryOf(entry, c.get('principal'))) }, 200));

  const one = createRoute({
    ...about,
    path: '/v1/disclosures/{number}',
    operationId: 'getDisclosure',
    summary: 'One disclosure, as it was frozen',
    request: onNumber,
    responses: answers(DisclosureView, 'The disclosure.'),
  });
  api.openapi(one, async (c) => {
    const entry = (await all()).find(({ sequence }) => sequence === c.req.valid('param').number);
    return entry ? c.json(viewOf(entry, c.get('principal')), 200) : problem(c, 'not-found', NONE);
  });

  const markdown = createRoute({
    ...about,
    path: '/v1/disclosures/{number}/markdown',
    operationId: 'getDisclosureMarkdown',
    summary: 'One disclosure as Markdown',
    request: onNumber,
    responses: {
      200: { description: 'The disclosure.', content: { 'text/markdown': { schema: z.string() } } },
      default: { description: 'A problem (RFC 9457).', content: { 'application/problem+json': { schema: Problem } } },
    },
  });
  api.openapi(markdown, async (c) => {
    const { number } = c.req.valid('param');
    const entry = (await all()).find(({ sequence }) => sequence === number);
    if (!entry) return problem(c, 'not-found', NONE);
    const named = c.get('principal').role !== 'viewer';
    return c.body(disclosureMarkdown(entry.state, { number, hash: entry.hash, named }), 200, {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename="disclosure-${number}.md"`,
    });
  });

  // A bundle is keyed hashes, which viewers do not see.
  const stix = createRoute({
    ...about,
    ...access(http, 'reviewer'),
    path: '/v1/disclosures/{number}/stix',
    operationId: 'getDisclosureStix',
    summary: 'One disclosure as a STIX 2.1 bundle: its campaigns as they were, and a report that names them',
    request: { ...onNumber, query: z.strictObject({ tlp: TlpField }) },
    responses: answers(StixView, 'The bundle. Values are keyed hashes of this deployment.'),
  });
  api.openapi(stix, async (c) => {
    const { number } = c.req.valid('param');
    const entry = (await all()).find(({ sequence }) => sequence === number);
    if (!entry) return problem(c, 'not-found', NONE);
    const frozen: Campaign[] = [];
    for (const { id, version } of entry.state.campaigns) {
      const campaign = await campaigns.version(campaignId(id), version);
      if (!campaign) return problem(c, 'not-found', `Version ${version} of campaign ${id} is no longer in the archive.`);
      frozen.push(campaign);
    }
    return c.json(stixOfDisclosure({ number, ...entry.state }, frozen, c.req.valid('query').tlp), 200);
  });
}
