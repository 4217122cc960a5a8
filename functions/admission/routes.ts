import { createRoute, z } from '@hono/zod-openapi';
import { CLASSIFICATIONS, FAMILIES } from '../../shared/domain/campaigns/campaign';
import { VERIFICATION_STATES } from '../../shared/domain/cases/verification';
import { ADMISSIONS } from '../../shared/domain/policy/admission';
import { type Api, answers, type HttpPorts, jsonBody } from '../../shared/http/api';
import { problem } from '../../shared/http/problem';
import { producerOf, slowDown } from '../../shared/http/producer-access';
import { RateLimiter } from '../../shared/http/rate-limit';
import type { Checked } from './check';
import type { Gate } from './gate';
import { Newcomer } from './newcomer';

export type AdmissionWorld = {
  gate: Gate;
  /** Keys and quotas. */
  access: HttpPorts['state'];
  /** Counts answers, and newcomers who were let in unchecked. */
  count: (checked: Checked) => void;
};

const Answer = z
  .object({
    answer: z.enum(ADMISSIONS).openapi({
      description:
        'allow: let in. challenge: ask for proof of who it is first. hold: let nobody in before a person looked. Never more: one account alone is not suspended.',
    }),
    checked: z.boolean().openapi({ description: 'false: something failed or took too long, and the newcomer is let in.' }),
    inAuto: z.enum(ADMISSIONS).openapi({ description: 'What the policy’s mode auto would have answered.' }),
    because: z.array(z.string()),
    resembles: z
      .object({
        campaign: z.string(),
        classification: z.enum(CLASSIFICATIONS),
        nats: z.number().openapi({ description: 'Log-likelihood ratio, for one of its accounts against anybody.' }),
        byFamily: z.object(
          Object.fromEntries(FAMILIES.map((family) => [family, z.number()])) as Record<(typeof FAMILIES)[number], z.ZodNumber>,
        ),
      })
      .nullable(),
    verification: z
      .object({ state: z.enum(VERIFICATION_STATES), answerBy: z.string().nullable() })
      .nullable()
      .openapi({ description: 'Of a subject that was asked for proof: where that stands, and until when its result is waited for.' }),
    unread: z.array(z.string()).openapi({ description: 'Fields that were given and could not be read.' }),
  })
  .openapi('AdmissionAnswer');

/** Made here, behind the import that gives schemas their names, in whatever order files are loaded. */
const Body = z.strictObject(Newcomer.shape).openapi('Newcomer');

/** The check at the gate: asked with a producer key of scope `check` by whoever signs people up. */
export function admissionRoutes(api: Api, http: HttpPorts, deps: AdmissionWorld): void {
  const limiter = new RateLimiter(deps.access, http.clock);
  const route = createRoute({
    method: 'post',
    path: '/v1/check',
    operationId: 'checkNewcomer',
    security: [{ producerKey: [] }],
    'x-role': 'producer',
    tags: ['Admission'],
    summary: 'Ask about a sign-up or a first request: allow, challenge or hold',
    description: 'Raw values are hashed under the deployment’s key and dropped; nothing is kept of a check. It fails open.',
    request: { body: jsonBody(Body) },
    responses: answers(Answer, 'What to do with the newcomer, and why.'),
    middleware: [
      async (c: Parameters<typeof producerOf>[0], next: () => Promise<void>) => {
        const key = await producerOf(c, http, { table: deps.access }, limiter);
        if (key instanceof Response) return key;
        if (!key.scopes.includes('check'))
          return problem(c, 'forbidden', 'This key may not ask about newcomers: make one with the scope check.');
        const quota = await limiter.take(`producer ${key.id} records`, key.perMinute);
        if (quota.kind === 'exceeded') return slowDown(c, quota.retryAfterSeconds);
        return next();
      },
    ],
  });
  api.openapi(route, async (c) => {
    const checked = await deps.gate(c.req.valid('json'));
    deps.count(checked);
    return c.json(checked, 200);
  });
}
