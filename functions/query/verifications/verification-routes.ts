import { createRoute, z } from '@hono/zod-openapi';
import { VERIFICATION_METHODS } from '../../../shared/contract/event';
import { CLASSIFICATIONS } from '../../../shared/domain/campaigns/campaign';
import { VERIFICATION_STATES, type VerificationState } from '../../../shared/domain/cases/verification';
import { mayAct, type Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { AccountParam, CursorField, limit, orNull, pageOf, When } from '../../../shared/http/fields';
import { badCursor } from '../../../shared/http/problem';
import type { AccountKey } from '../../../shared/identity/ids';
import { accountKey } from '../../../shared/identity/ids';
import { type Entry, LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { VerificationStore } from '../../../shared/stores/cases/verification-store';
import type { QueryPorts } from '../query-ports';

const VerificationView = z
  .object({
    account: z.string(),
    askedBy: z
      .enum(['check', 'action'])
      .openapi({ description: 'check: a newcomer at the gate; action: an account that was challenged or limited.' }),
    restriction: z.enum(['challenge', 'hold', 'limit']).openapi({ description: 'What it is kept from until it proves who it is.' }),
    campaign: z.string(),
    classification: z.enum(CLASSIFICATIONS),
    case: z.string().nullable(),
    askedAt: When,
    state: z.enum(VERIFICATION_STATES),
    answerBy: orNull(When).openapi({ description: 'Until when its result is waited for.' }),
    endedAt: orNull(When),
    method: z.enum(VERIFICATION_METHODS).nullable(),
    because: z.array(z.string()).openapi({ description: 'Of the newest entry; empty for viewers where a person wrote it.' }),
  })
  .openapi('Verification');

const ListQuery = z.strictObject({
  state: z.enum([...VERIFICATION_STATES, 'all']).default('waiting'),
  account: AccountParam.optional(),
  limit: limit(200, 50),
  cursor: CursorField,
});

/** Who has to prove something to the provider, until when, and what came of it. */
export function verificationRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const { enforcement } = ports.stores;
  const store = new VerificationStore(enforcement, new LedgerStore(enforcement, ports.clock));
  const list = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    tags: ['Verifications'],
    path: '/v1/verifications',
    operationId: 'listVerifications',
    summary: 'Who was challenged, limited or held until the provider’s own check ends, and what came of it',
    description: 'With a state other than all a page may be short or empty and have `next`: go on.',
    request: { query: ListQuery },
    responses: answers(pageOf('Verifications', VerificationView), 'One page, in order of account.'),
  });
  api.openapi(list, async (c) => {
    const { state, account, limit: size, cursor } = c.req.valid('query');
    const to = c.get('principal');
    const bound = { route: 'verifications', parameters: { state, account } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    if (account !== undefined) {
      const head = await store.head(accountKey(account));
      return c.json({ items: head ? [view(accountKey(account), head, to)] : [] }, 200);
    }
    const page = await store.page(from.after, size);
    const items = page.verifications
      .filter(({ head }) => state === 'all' || head.state.progress.kind === state)
      .map((one) => view(one.account, one.head, to));
    return c.json({ items, ...(page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) }) }, 200);
  });
}

function view(account: AccountKey, { state, actor, because }: Entry<VerificationState>, to: Person): z.infer<typeof VerificationView> {
  const { asked, progress } = state;
  return {
    account,
    askedBy: asked.by,
    restriction: asked.restriction,
    campaign: asked.campaign,
    classification: asked.classification,
    case: asked.case,
    askedAt: iso(asked.at),
    state: progress.kind,
    answerBy: progress.kind === 'waiting' ? iso(progress.answerBy) : null,
    endedAt: progress.kind === 'waiting' ? null : iso(progress.at),
    method: 'method' in progress ? progress.method : null,
    because: actor.kind !== 'person' || mayAct(to, 'reviewer') ? because : [],
  };
}
