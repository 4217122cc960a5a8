import { createRoute, z } from '@hono/zod-openapi';
import { campaignsOf, holds, type Regrouping } from '../../../shared/domain/campaigns/regrouping';
import type { Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { CampaignParam, When } from '../../../shared/http/fields';
import { RegroupingStore } from '../../../shared/stores/campaigns/regrouping-store';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { revealed } from '../accounts/account-view';
import type { QueryPorts } from '../query-ports';

const RegroupingView = z
  .object({
    id: z.string(),
    kind: z.enum(['merge', 'split', 'add', 'remove']),
    from: z.string().nullable(),
    into: z.string().nullable(),
    accounts: z.array(z.string()).openapi({ description: 'Whom it names; none for a merge, which is about all.' }),
    size: z.int(),
    state: z.enum(['waits', 'holds', 'withdrawn']).openapi({ description: '`waits`: for the second person.' }),
    approvals: z.int(),
    approversNeeded: z.int(),
    askedAt: When,
    because: z.string(),
    by: z.string().nullable().openapi({ description: 'Who asked. Null for viewers.' }),
  })
  .openapi('Regrouping');

export function regroupingRoutes(api: Api, http: HttpPorts, { stores, clock }: QueryPorts): void {
  const list = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/regroupings',
    operationId: 'listRegroupings',
    tags: ['Campaigns'],
    summary: 'What people decided about who belongs together: merges, splits, members added and removed',
    request: { query: z.strictObject({ campaign: CampaignParam.optional() }) },
    responses: answers(z.object({ items: z.array(RegroupingView) }).openapi('Regroupings'), 'The newest first, withdrawn ones too.'),
  });
  api.openapi(list, async (c) => {
    const { campaign } = c.req.valid('query');
    const found: Regrouping[] = [];
    for await (const { state } of new RegroupingStore(new LedgerStore(stores.enforcement, clock)).all())
      if (campaign === undefined || campaignsOf(state.change).includes(campaign)) found.push(state);
    found.sort((one, other) => other.askedAt - one.askedAt || (one.id < other.id ? -1 : 1));
    return c.json({ items: found.map((state) => viewOf(state, c.get('principal'))) }, 200);
  });
}

function viewOf({ change, approvals, askedAt, ...state }: Regrouping, to: Person): z.infer<typeof RegroupingView> {
  const { id, size, approversNeeded, because, withdrawn } = state;
  return {
    id,
    kind: change.kind,
    from: 'from' in change ? change.from : null,
    into: 'into' in change ? change.into : null,
    accounts: 'accounts' in change ? change.accounts : [],
    size,
    state: withdrawn ? 'withdrawn' : holds({ approvals, approversNeeded, withdrawn }) ? 'holds' : 'waits',
    approvals: approvals.length,
    approversNeeded,
    askedAt: iso(askedAt),
    because,
    by: revealed(to, approvals[0]),
  };
}
