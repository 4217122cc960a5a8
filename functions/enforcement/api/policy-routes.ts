import { createRoute, z } from '@hono/zod-openapi';
import { mayAct, type Person } from '../../../shared/domain/person';
import { ONE_LINE } from '../../../shared/domain/plain-text';
import { Policy } from '../../../shared/domain/policy/policy';
import { Measurement, type PolicyRecord } from '../../../shared/domain/policy/policy-record';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { When } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import { draftPolicy, measurePolicy, putLive, reviewPolicy, rollBack } from '../commands/policies';
import type { Enforcement } from '../enforcement';
import { changedDecisions, differentTraffic, Label, ReplayReport } from '../measure';
import type { Names } from './name-routes';

const DigestParam = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'A policy is named by its digest: 16 hex digits.')
  .openapi({ description: 'Digest of the policy: the same numbers, the same digest.' });
const onPolicy = { params: z.strictObject({ digest: DigestParam }) };

const PolicyDocument = z.strictObject(Policy.shape).openapi('Policy');
const MeasurementView = Measurement.extend({ at: When, by: z.string().nullable() }).openapi('Measurement');
const PolicyView = z
  .object({
    digest: z.string(),
    name: z.string(),
    live: z.boolean(),
    author: z.string().nullable(),
    reviewers: z.int(),
    draftedOrChangedAt: When,
    measurements: z.array(MeasurementView).openapi({ description: 'What it did when it was replayed on labelled traffic.' }),
  })
  .openapi('PolicyRecord');
const PolicyDetailView = PolicyView.extend({ policy: PolicyDocument }).openapi('PolicyDetail');
const PoliciesView = z
  .object({
    judging: z.object({
      digest: z.string(),
      name: z.string(),
      observing: z.boolean().openapi({ description: 'No policy went live yet: everything is observed, nobody is acted on.' }),
    }),
    items: z.array(PolicyView),
  })
  .openapi('Policies');
const Transition = z.object({ from: z.string(), to: z.string(), accounts: z.int() }).openapi('Transition');

export function policyRoutes(api: Api, http: HttpPorts, deps: Enforcement, names: Pick<Names, 'keyOf'>): void {
  policyReadRoutes(api, http, deps);
  policyCommandRoutes(api, http, deps, names);
}

function policyReadRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const about = { ...access(http, 'viewer'), tags: ['Policies'] };

  const list = createRoute({
    ...about,
    method: 'get',
    path: '/v1/policies',
    operationId: 'listPolicies',
    summary: 'What judges now, and every policy with its replays',
    responses: answers(PoliciesView, 'All policies.'),
  });
  api.openapi(list, async (c) => {
    const { policy, digest } = await deps.policy();
    const live = (await deps.policies.liveHead())?.state.live ?? null;
    const records = await deps.policies.all();
    const items = records
      .map((entry) => policyView(entry, live, c.get('principal')))
      .sort((one, other) => (one.draftedOrChangedAt < other.draftedOrChangedAt ? 1 : -1));
    return c.json(
      {
        judging: {
          digest,
          name: policy.version,
          observing: live === null && Object.values(policy.enforcement.modes).every((mode) => mode.value === 'observe'),
        },
        items,
      },
      200,
    );
  });

  const one = createRoute({
    ...about,
    method: 'get',
    path: '/v1/policies/{digest}',
    operationId: 'getPolicy',
    summary: 'Every number of a policy with its reason',
    request: onPolicy,
    responses: answers(PolicyDetailView, 'The policy.'),
  });
  api.openapi(one, async (c) => {
    const { digest } = c.req.valid('param');
    const judging = await deps.policy();
    const [entry, kept, live] = await Promise.all([deps.policies.record(digest), deps.policies.document(digest), deps.policies.liveHead()]);
    const policy = kept ?? (judging.digest === digest ? judging.policy : undefined);
    if (!policy) return problem(c, 'not-found', 'There is no policy with this digest. The list is at /v1/policies.');
    const record = entry
      ? policyView(entry, live?.state.live ?? null, c.get('principal'))
      : {
          digest,
          name: policy.version,
          live: false,
          author: null,
          reviewers: 0,
          draftedOrChangedAt: iso(deps.clock.now()),
          measurements: [],
        };
    return c.json({ ...record, policy }, 200);
  });

  const compare = createRoute({
    ...access(http, 'reviewer'),
    tags: ['Policies'],
    method: 'post',
    path: '/v1/replays/compare',
    operationId: 'compareReplays',
    summary: 'How many accounts change standing between two replay reports of the same traffic',
    description: 'Counts only: the account ids in the reports are the provider’s own, and are neither kept nor answered.',
    request: {
      body: jsonBody(z.strictObject({ before: ReplayReport, after: ReplayReport }).openapi('TwoReplays')),
    },
    responses: answers(z.object({ items: z.array(Transition) }).openapi('Transitions'), 'Largest first.'),
  });
  api.openapi(compare, (c) => {
    const { before, after } = c.req.valid('json');
    const different = differentTraffic(before, after);
    if (different !== undefined) return problem(c, 'refused', different);
    const counts = new Map<string, z.infer<typeof Transition>>();
    for (const { from, to } of changedDecisions(before, after)) {
      const key = `${from} ${to}`;
      counts.set(key, { from, to, accounts: (counts.get(key)?.accounts ?? 0) + 1 });
    }
    return c.json({ items: [...counts.values()].sort((one, other) => other.accounts - one.accounts) }, 200);
  });
}

function policyCommandRoutes(api: Api, http: HttpPorts, deps: Enforcement, { keyOf }: Pick<Names, 'keyOf'>): void {
  const about = { method: 'post' as const, tags: ['Policies'], responses: answers(CommandView, 'Done, or done before.') };

  const draft = createRoute({
    ...about,
    ...command(http, 'admin'),
    path: '/v1/policies',
    operationId: 'draftPolicy',
    summary: 'Draft a policy: every number with its reason',
    request: {
      headers: commandHeaders,
      body: jsonBody(z.strictObject({ policy: PolicyDocument, because: Because }).openapi('NewPolicy')),
    },
  });
  api.openapi(draft, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await draftPolicy({ actor: actorOf(c.get('principal')), key, ...c.req.valid('json') }, deps));
  });

  const review = createRoute({
    ...about,
    ...command(http, 'reviewer'),
    path: '/v1/policies/{digest}/review',
    operationId: 'reviewPolicy',
    summary: 'A second person read it',
    request: { ...onPolicy, headers: commandHeaders, body: jsonBody(BecauseBody) },
  });
  api.openapi(review, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(
      c,
      await reviewPolicy(
        { actor: actorOf(c.get('principal')), key, digest: c.req.valid('param').digest, because: c.req.valid('json').because },
        deps,
      ),
    );
  });

  const measurement = createRoute({
    ...about,
    ...command(http, 'reviewer'),
    path: '/v1/policies/{digest}/measurements',
    operationId: 'measurePolicy',
    summary: 'Record what it did when replayed on labelled traffic, from the replay report itself',
    request: {
      ...onPolicy,
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({
            dataset: z.string().min(1).max(128).regex(ONE_LINE),
            report: ReplayReport,
            labels: z.array(Label).max(200_000),
            because: Because,
          })
          .openapi('NewMeasurement'),
      ),
    },
  });
  api.openapi(measurement, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(
      c,
      await measurePolicy(
        { actor: actorOf(c.get('principal')), key, digest: c.req.valid('param').digest, ...c.req.valid('json') },
        deps,
        keyOf,
      ),
    );
  });

  const live = createRoute({
    ...about,
    ...command(http, 'admin'),
    path: '/v1/policies/{digest}/live',
    operationId: 'putPolicyLive',
    summary: 'Let it judge, if a second person reviewed it and it was measured to be precise enough',
    request: { ...onPolicy, headers: commandHeaders, body: jsonBody(BecauseBody) },
  });
  api.openapi(live, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(
      c,
      await putLive(
        { actor: actorOf(c.get('principal')), key, digest: c.req.valid('param').digest, because: c.req.valid('json').because },
        deps,
      ),
    );
  });

  const back = createRoute({
    ...about,
    ...command(http, 'admin'),
    path: '/v1/policies/roll-back',
    operationId: 'rollBackPolicy',
    summary: 'Back to the policy that was live before',
    request: { headers: commandHeaders, body: jsonBody(BecauseBody) },
  });
  api.openapi(back, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await rollBack({ actor: actorOf(c.get('principal')), key, because: c.req.valid('json').because }, deps));
  });
}

const actorOf = ({ id, role }: Person): Person => ({ id, role });

function policyView({ state, at }: Entry<PolicyRecord>, live: string | null, to: Person): z.infer<typeof PolicyView> {
  const named = mayAct(to, 'reviewer');
  return {
    digest: state.digest,
    name: state.name,
    live: state.digest === live,
    author: named ? state.author : null,
    reviewers: state.reviewers.length,
    draftedOrChangedAt: iso(at),
    measurements: state.measurements.map((one) => ({ ...one, at: iso(one.at), by: named ? one.by : null })),
  };
}
