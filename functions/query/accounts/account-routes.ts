import { createRoute, z } from '@hono/zod-openapi';
import { PLANS } from '../../../shared/contract/event';
import { STANDINGS } from '../../../shared/domain/account';
import { CLASSIFICATIONS, ROLES } from '../../../shared/domain/campaigns/campaign';
import { DAY } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { AccountParam, CampaignParam, CursorField, Decimal, Instant, limit, pageOf, sortBy } from '../../../shared/http/fields';
import { badCursor, problem } from '../../../shared/http/problem';
import { ORDERS } from '../../../shared/stores/campaigns/flagged-index';
import { FlaggedStore } from '../../../shared/stores/campaigns/flagged-store';
import type { QueryPorts } from '../query-ports';
import { account } from './account';
import { AccountHoursView, accountHours, MOST_HOURS_ASKED } from './account-hours';
import { AccountView, FlaggedView, flaggedView } from './account-view';

const SORT = sortBy(
  ORDERS,
  'With `-` newest or highest first, without it the other way round. By `-detectedAt` and `detectedAt` every account that stays flagged is seen exactly once, whatever is written meanwhile. By the others an account whose value changes between pages may be seen twice or not at all.',
);

const AccountsQuery = z.strictObject({
  standing: z.enum(STANDINGS).optional(),
  campaign: CampaignParam.optional(),
  classification: z.enum(CLASSIFICATIONS).optional(),
  plan: z.enum(PLANS).optional(),
  role: z.enum(ROLES).optional(),
  scoreAtLeast: Decimal.optional(),
  detectedSince: Instant.optional(),
  detectedBefore: Instant.optional(),
  updatedSince: Instant.optional(),
  updatedBefore: Instant.optional(),
  sort: SORT.field,
  limit: limit(200, 50),
  cursor: CursorField,
});

export function accountRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const list = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/accounts',
    operationId: 'listAccounts',
    tags: ['Accounts'],
    summary: 'Flagged accounts, filtered and sorted',
    description: 'All given filters must hold. A filter that matches very little may answer a short or empty page with `next`: go on.',
    request: { query: AccountsQuery },
    responses: answers(pageOf('FlaggedAccounts', FlaggedView), 'One page.'),
  });
  api.openapi(list, async (c) => {
    const { sort, limit: size, cursor, ...where } = c.req.valid('query');
    const sorted = SORT.read(sort);
    const bound = { route: 'accounts', parameters: { ...sorted, ...where } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    const page = await new FlaggedStore(ports.stores.graph).page({
      where,
      ...sorted,
      limit: size,
      ...(from.after === undefined ? {} : { after: from.after }),
    });
    return c.json(
      { items: page.accounts.map(flaggedView), ...(page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) }) },
      200,
    );
  });

  const one = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/accounts/{account}',
    operationId: 'getAccount',
    tags: ['Accounts'],
    summary: 'One account: facts, use, links with reasons, findings, standing; of any that was active, flagged or not',
    request: { params: z.strictObject({ account: AccountParam }) },
    responses: answers(AccountView, 'The account.'),
  });
  api.openapi(one, async (c) => {
    const answer = await account(c.req.valid('param').account, ports, c.get('principal'));
    switch (answer.kind) {
      case 'unknown':
        return problem(
          c,
          'not-found',
          'No account with this id was active in the last three days, and none was ever flagged or acted on. Is the id right?',
        );
      case 'account':
        return c.json(answer.account, 200);
      default:
        return answer satisfies never;
    }
  });

  const hours = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/accounts/{account}/hours',
    operationId: 'getAccountHours',
    tags: ['Accounts'],
    summary: 'What an account did, hour by hour, as folded from the archive',
    description: `Of any account, flagged or not. At most ${MOST_HOURS_ASKED} hours from \`from\` on; without \`from\`, the last 24.`,
    request: {
      params: z.strictObject({ account: AccountParam }),
      query: z.strictObject({ from: Instant.optional(), to: Instant.optional() }),
    },
    responses: answers(AccountHoursView, 'Its hours with traffic.'),
  });
  api.openapi(hours, async (c) => {
    const { from, to } = c.req.valid('query');
    const until = to ?? ports.clock.now();
    return c.json(await accountHours(c.req.valid('param').account, from ?? until - DAY, until, ports), 200);
  });
}
