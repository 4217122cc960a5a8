import { createRoute, z } from '@hono/zod-openapi';
import { type AppealState, VERDICTS } from '../../shared/domain/cases/appeal';
import { REASON_CODES } from '../../shared/domain/cases/reason-codes';
import { mayAct, type Person } from '../../shared/domain/person';
import { iso } from '../../shared/domain/time';
import { type Api, access, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../shared/http/api';
import { answerCommand, Because, CommandView } from '../../shared/http/command-answer';
import { When } from '../../shared/http/fields';
import { problem } from '../../shared/http/problem';
import type { Entry } from '../../shared/stores/cases/ledger-store';
import type { Appeals } from './appeals';
import { reviewAppeal, whyNot } from './review';

const AppealParam = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'An appeal id has 22 characters of base64url; the list is at /v1/appeals.');
const AppealView = z
  .object({
    id: z.string(),
    account: z.string(),
    case: z.string(),
    campaign: z.string(),
    rule: z.string(),
    reasonCode: z.enum(REASON_CODES),
    openedAt: When,
    progress: z.enum(['open', 'granted', 'denied', 'moot']),
    answerBy: When.nullable().openapi({ description: 'While it is open: when it is late.' }),
    escalations: z.int(),
    mayReview: z.boolean().openapi({ description: 'May the caller give a verdict: neither approved the case nor gave one before.' }),
    mayNotBecause: z.string().nullable(),
    reviews: z.array(z.object({ by: z.string().nullable(), verdict: z.enum(VERDICTS), because: z.string(), at: When })),
  })
  .openapi('Appeal');
const AppealDetailView = AppealView.extend({
  statement: z.string().nullable().openapi({ description: 'What the person wrote; null for viewers, and once its time is over.' }),
}).openapi('AppealDetail');

/** For reviewers: the queue by clock, one appeal, the verdict. */
export function reviewRoutes(api: Api, http: HttpPorts, deps: Appeals): void {
  const about = { tags: ['Appeals'] };

  const list = createRoute({
    ...about,
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/appeals',
    operationId: 'listAppeals',
    summary: 'Appeals: open ones by when they are due, then decided ones, newest first',
    responses: answers(z.object({ items: z.array(AppealView) }).openapi('Appeals'), 'The newest 500 at most.'),
  });
  api.openapi(list, async (c) => {
    const to = c.get('principal');
    const items = await Promise.all(
      (await everyAppeal(deps)).map(async ({ id, head }) => appealView(id, head, to, await whyNot(to, head.state, deps))),
    );
    return c.json({ items: items.sort(byClock).slice(0, MOST_APPEALS) }, 200);
  });

  const one = createRoute({
    ...about,
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/appeals/{appeal}',
    operationId: 'getAppeal',
    summary: 'One appeal with what the person wrote',
    request: { params: z.strictObject({ appeal: AppealParam }) },
    responses: answers(AppealDetailView, 'The appeal.'),
  });
  api.openapi(one, async (c) => {
    const { appeal: id } = c.req.valid('param');
    const head = await deps.appeals.head(id);
    if (!head) return problem(c, 'not-found', NO_APPEAL);
    const to = c.get('principal');
    const statement = mayAct(to, 'reviewer') ? ((await deps.appeals.statement(id)) ?? null) : null;
    return c.json({ ...appealView(id, head, to, await whyNot(to, head.state, deps)), statement }, 200);
  });

  const review = createRoute({
    ...about,
    ...command(http, 'reviewer'),
    method: 'post',
    path: '/v1/appeals/{appeal}/review',
    operationId: 'reviewAppeal',
    summary: 'One verdict; reviewers are distinct and none of them approved the case',
    request: {
      params: z.strictObject({ appeal: AppealParam }),
      headers: commandHeaders,
      body: jsonBody(z.strictObject({ verdict: z.enum(VERDICTS), because: Because }).openapi('Review')),
    },
    responses: answers(CommandView, 'Recorded, or recorded before.'),
  });
  api.openapi(review, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(
      c,
      await reviewAppeal({ actor: { id, role }, key, appeal: c.req.valid('param').appeal, ...c.req.valid('json') }, deps),
    );
  });
}

const NO_APPEAL = 'There is no appeal with this id. The list is at /v1/appeals.';
const MOST_APPEALS = 500;

async function everyAppeal(deps: Appeals): Promise<{ id: string; head: Entry<AppealState> }[]> {
  const all: { id: string; head: Entry<AppealState> }[] = [];
  let after: string | undefined;
  do {
    const page = await deps.appeals.page(after, 200);
    all.push(...page.appeals);
    after = page.next;
  } while (after !== undefined);
  return all;
}

function appealView(id: string, { state }: Entry<AppealState>, to: Person, mayNotBecause: string | null): z.infer<typeof AppealView> {
  const { account, case: caseOf, campaign, rule, reasonCode, openedAt, progress, reviews } = state;
  const open = progress.kind === 'open' ? progress : undefined;
  const named = mayAct(to, 'reviewer');
  return {
    id,
    account,
    case: caseOf,
    campaign,
    rule,
    reasonCode,
    openedAt: iso(openedAt),
    progress: progress.kind,
    answerBy: open ? iso(open.answerBy) : null,
    escalations: open?.escalations ?? 0,
    mayReview: mayNotBecause === null,
    mayNotBecause,
    reviews: reviews.map((one) => ({ by: named ? one.id : null, verdict: one.verdict, because: one.because, at: iso(one.at) })),
  };
}

/** What is due first comes first; decided ones follow, newest first. */
function byClock(one: z.infer<typeof AppealView>, other: z.infer<typeof AppealView>): number {
  if (one.answerBy && other.answerBy) return one.answerBy < other.answerBy ? -1 : 1;
  if (one.answerBy) return -1;
  if (other.answerBy) return 1;
  return one.openedAt < other.openedAt ? 1 : -1;
}
