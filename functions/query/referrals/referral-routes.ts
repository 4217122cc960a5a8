import { createRoute, z } from '@hono/zod-openapi';
import { CLASSIFICATIONS, FAMILIES } from '../../../shared/domain/campaigns/campaign';
import { REFERRAL_STATES, type Referral } from '../../../shared/domain/cases/referral';
import { mayAct, type Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { startOf } from '../../../shared/http/cursor';
import { CampaignParam, CursorField, limit, orNull, pageOf, ReferralParam, When } from '../../../shared/http/fields';
import { badCursor, problem } from '../../../shared/http/problem';
import { type Entry, LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { ReferralStore } from '../../../shared/stores/cases/referral-store';
import type { QueryPorts } from '../query-ports';

const ReferralView = z
  .object({
    id: z.string(),
    cloud: z.string(),
    campaign: z.string(),
    classification: z.enum(CLASSIFICATIONS),
    state: z.enum(REFERRAL_STATES),
    overdue: z.boolean().openapi({ description: 'Nobody answered, or nobody handed it in, by `answerBy`.' }),
    answerBy: orNull(When),
    askedAt: When,
    changedAt: When,
    reference: z.string().nullable().openapi({ description: 'What the desk calls it.' }),
    tenants: z.int(),
    exchanges: z.number(),
    elsewhere: z.object({ firstParty: z.int(), otherClouds: z.int() }),
    evidence: z.array(z.object({ family: z.enum(FAMILIES), because: z.string() })).openapi({ description: 'What was said to the desk.' }),
    accounts: z.array(z.string()).openapi({ description: 'Keys of the accounts that are these tenants.' }),
    because: z.array(z.string()).openapi({ description: 'Of the newest entry; empty for viewers where a person wrote it.' }),
  })
  .openapi('Referral');

const ListQuery = z.strictObject({
  state: z.enum([...REFERRAL_STATES, 'open', 'all']).default('all'),
  campaign: CampaignParam.optional(),
  limit: limit(200, 50),
  cursor: CursorField,
});

/** What was referred to abuse desks of other clouds, and what came of it. */
export function referralRoutes(api: Api, http: HttpPorts, ports: QueryPorts): void {
  const { enforcement } = ports.stores;
  const store = new ReferralStore(enforcement, new LedgerStore(enforcement, ports.clock));
  const list = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    tags: ['Referrals'],
    path: '/v1/referrals',
    operationId: 'listReferrals',
    summary: 'Tenants of other clouds that were referred to the abuse desks there, and what came of it',
    description: 'With a state other than all a page may be short or empty and have `next`: go on. Of one campaign all are on one page.',
    request: { query: ListQuery },
    responses: answers(pageOf('Referrals', ReferralView), 'One page, in order of id; of a campaign, in order of time.'),
  });
  api.openapi(list, async (c) => {
    const { state, campaign, limit: size, cursor } = c.req.valid('query');
    const to = c.get('principal');
    const now = ports.clock.now();
    const isWanted = ({ state: { progress } }: Entry<Referral>): boolean =>
      state === 'all' || progress.kind === state || (state === 'open' && ('answerBy' in progress || progress.kind === 'withdrawing'));
    const bound = { route: 'referrals', parameters: { state, campaign } };
    const from = startOf(ports.cursors, bound, cursor);
    if (from.kind === 'refused') return badCursor(c, from.because);
    if (campaign !== undefined)
      return c.json({ items: (await store.ofCampaign(campaign)).filter(isWanted).map((one) => view(one, to, now)) }, 200);
    const page = await store.page(from.after, size);
    const items = page.referrals.filter(isWanted).map((one) => view(one, to, now));
    return c.json({ items, ...(page.next === undefined ? {} : { next: ports.cursors.write(bound, page.next) }) }, 200);
  });

  const one = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    tags: ['Referrals'],
    path: '/v1/referrals/{referral}',
    operationId: 'getReferral',
    summary: 'One referral: who it names (by our keys), what was said, and where it stands',
    request: { params: z.strictObject({ referral: ReferralParam }) },
    responses: answers(ReferralView, 'The referral.'),
  });
  api.openapi(one, async (c) => {
    const head = await store.head(c.req.valid('param').referral);
    if (!head) return problem(c, 'not-found', 'There is no referral with this id. The list is at /v1/referrals.');
    return c.json(view(head, c.get('principal'), ports.clock.now()), 200);
  });
}

function view({ state, actor, because, at }: Entry<Referral>, to: Person, now: number): z.infer<typeof ReferralView> {
  const { progress } = state;
  const answerBy = 'answerBy' in progress ? progress.answerBy : null;
  return {
    id: state.id,
    cloud: state.cloud,
    campaign: state.campaign,
    classification: state.classification,
    state: progress.kind,
    overdue: answerBy !== null && (answerBy <= now || ('overdueAt' in progress && progress.overdueAt !== null)),
    answerBy: answerBy === null ? null : iso(answerBy),
    askedAt: iso(state.askedAt),
    changedAt: iso(at),
    reference: state.reference,
    tenants: state.tenants.length,
    exchanges: state.tenants.reduce((sum, { exchanges }) => sum + exchanges, 0),
    elsewhere: state.elsewhere,
    evidence: state.evidence,
    accounts: state.tenants.map(({ account }) => account),
    because: actor.kind !== 'person' || mayAct(to, 'reviewer') ? because : [],
  };
}
