import { createRoute, z } from '@hono/zod-openapi';
import type { Person } from '../../../shared/domain/person';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { CampaignParam, CaseParam, CursorField, limit, pageOf } from '../../../shared/http/fields';
import { badCursor, problem } from '../../../shared/http/problem';
import { campaignSummaryView } from '../campaigns/campaign-view';
import { ledgerEntryView } from '../ledger/ledger-view';
import type { QueryPorts } from '../query-ports';
import { CaseDetailView, caseView, QueueEntryView } from './case-view';
import { cases, oneCase, type QueueEntry } from './cases';

const CasesQuery = z.strictObject({
  state: z.enum(['open', 'closed', 'all']).default('open'),
  campaign: CampaignParam.optional(),
  limit: limit(200, 50),
  cursor: CursorField,
});

const queueEntry = ({ id, head, header }: QueueEntry, to: Person) => ({
  ...caseView(id, head, to),
  summary: header ? campaignSummaryView(header) : null,
});

export function caseRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const about = { ...access(http, 'viewer'), method: 'get' as const, tags: ['Cases'] };

  const list = createRoute({
    ...about,
    path: '/v1/cases',
    operationId: 'listCases',
    summary: 'The queue: what waits for people first, then the newest',
    request: { query: CasesQuery },
    responses: answers(pageOf('Queue', QueueEntryView), 'One page.'),
  });
  api.openapi(list, async (c) => {
    const { state, campaign, limit: size, cursor } = c.req.valid('query');
    const bound = { route: 'cases', parameters: { state, campaign } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    const open = state === 'all' ? undefined : state === 'open';
    const page = await cases(
      { open, limit: size, ...(campaign === undefined ? {} : { campaign }), ...(from.after === undefined ? {} : { after: from.after }) },
      ports,
    );
    const next = page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) };
    return c.json({ items: page.cases.map((entry) => queueEntry(entry, c.get('principal'))), ...next }, 200);
  });

  const one = createRoute({
    ...about,
    path: '/v1/cases/{case}',
    operationId: 'getCase',
    summary: 'One case with its history',
    request: { params: z.strictObject({ case: CaseParam }) },
    responses: answers(CaseDetailView, 'The case.'),
  });
  api.openapi(one, async (c) => {
    const found = await oneCase(c.req.valid('param').case, ports);
    if (found.kind === 'unknown') return problem(c, 'not-found', 'There is no case with this id. The list is at /v1/cases.');
    const to = c.get('principal');
    const { entry, touched, appeals, keysAtWork, history } = found;
    return c.json(
      {
        ...queueEntry(entry, to),
        touched,
        appeals,
        keysAtWork: keysAtWork.map(String),
        history: history.map((step) => ledgerEntryView(step, to)),
      },
      200,
    );
  });
}
