import { createRoute, z } from '@hono/zod-openapi';
import { LONGEST } from '../../../shared/contract/event';
import { MOST_TOKENS } from '../../../shared/domain/campaigns/canary';
import { CLOCK_DIFFERENCE } from '../../../shared/domain/cases/verification';
import { byPerson } from '../../../shared/domain/person';
import { ONE_LINE } from '../../../shared/domain/plain-text';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { AccountParam, CampaignParam, Instant, When } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import type { CanaryKeys } from '../../../shared/identity/canary';
import type { Enforcement } from '../enforcement';
import { issueCanaries, withdrawCanaries } from './issue-canaries';
import { type Sighted, takeSighting } from './take-sighting';

const SetParam = z
  .string()
  .regex(/^cn-[0-9a-f]{12}$/, 'The id of a set is cn- and twelve hexadecimal digits, as the list gives it.')
  .openapi({ type: 'string', example: 'cn-3f2a1b2c9d0e' });

const Subject = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('campaign'), campaign: CampaignParam }),
    z.strictObject({ kind: z.literal('account'), account: AccountParam }),
    z.strictObject({ kind: z.literal('control') }),
  ])
  .openapi('CanarySubject', {
    description: 'In whose answers they are placed. A control is placed nowhere: what comes back of it measures who reports.',
  });
const Place = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('account'), account: AccountParam }),
    z.strictObject({ kind: z.literal('model'), name: z.string().min(1).max(LONGEST.word).regex(ONE_LINE) }),
  ])
  .openapi('CanaryPlace', { description: 'Whose prompts repeat it, or which public model puts it out.' });

const SIGHTED = ['echoed', 'already', 'never-issued', 'ended', 'outdated', 'full'] as const satisfies readonly Sighted['kind'][];

/** Canaries: tokens for the answers of accounts under watch, and where they come back. */
export function canaryRoutes(api: Api, http: HttpPorts, deps: Enforcement, { canaries: keys }: { canaries: CanaryKeys }): void {
  const tags = ['Canaries'];
  const issue = createRoute({
    // No `command`: it would keep the answer, and with it the tokens, for a retry.
    ...access(http, 'reviewer'),
    method: 'post',
    path: '/v1/canaries',
    operationId: 'issueCanaries',
    tags,
    summary: 'Tokens to place in answers of a campaign or an account; shown once, kept as keyed hashes',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({
            subject: Subject,
            count: z.int().min(1).max(MOST_TOKENS).default(10),
            until: Instant.optional().openapi({ description: 'How long an echo means something: 180 days if not given.' }),
            because: Because,
          })
          .openapi('NewCanaries'),
      ),
    },
    responses: answers(
      z.object({ set: z.string(), tokens: z.array(z.string()), until: When }).openapi('IssuedCanaries'),
      'The tokens. A retry with the same Idempotency-Key answers the same.',
    ),
  });
  api.openapi(issue, async (c) => {
    const { id, role } = c.get('principal');
    const { until, ...asked } = c.req.valid('json');
    const key = c.req.valid('header')['idempotency-key'];
    const answer = await issueCanaries({ actor: { id, role }, key, ...asked, ...(until === undefined ? {} : { until }) }, keys, deps);
    if (answer.kind === 'mismatch') return problem(c, 'idempotency-mismatch', `${answer.because}.`);
    if (answer.kind !== 'done') return problem(c, answer.kind === 'unknown' ? 'not-found' : 'refused', answer.because);
    return c.json({ set: answer.set, tokens: answer.tokens, until: iso(answer.until) }, 200);
  });

  const report = createRoute({
    ...command(http, 'reviewer'),
    method: 'post',
    path: '/v1/canaries/sightings',
    operationId: 'reportCanaries',
    tags,
    summary: 'Tokens came back: in the prompts of an account, or in what a public model puts out',
    description: 'Nobody is acted on. Tokens in the prompts of usage events are found by ingest and need no report.',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({
            tokens: z.array(z.string().min(1).max(LONGEST.canary)).min(1).max(MOST_TOKENS),
            place: Place,
            at: Instant.optional().openapi({ description: 'When it was seen; now if not given.' }),
            because: Because,
          })
          .openapi('CanarySightings'),
      ),
    },
    responses: answers(
      z.object({ items: z.array(z.object({ kind: z.enum(SIGHTED), because: z.string() })) }).openapi('CanarySightingAnswers'),
      'An answer for each token, in the order given.',
    ),
  });
  api.openapi(report, async (c) => {
    const { id, role } = c.get('principal');
    const { tokens, place, at = deps.clock.now(), because } = c.req.valid('json');
    if (at > deps.clock.now() + CLOCK_DIFFERENCE) {
      const message = 'Give a time that is not still to come.';
      return problem(c, 'invalid-request', message, { errors: [{ in: 'body', field: 'at', message }] });
    }
    const key = c.req.valid('header')['idempotency-key'];
    const items: Sighted[] = [];
    const sealed = place.kind === 'account' ? ((await deps.accounts.known([place.account])).get(place.account)?.sealed ?? null) : null;
    const where = place.kind === 'account' ? { ...place, sealed } : place;
    for (const text of tokens) {
      const token = await keys.hashOf(text);
      items.push(
        token === undefined
          ? { kind: 'never-issued', because: 'no token of ours: it was not made under this key' }
          : await takeSighting({ token, place: where, at, actor: byPerson({ id, role }), key, because }, deps),
      );
    }
    return c.json({ items }, 200);
  });

  const withdraw = createRoute({
    ...command(http, 'reviewer'),
    method: 'post',
    path: '/v1/canaries/{set}/withdraw',
    operationId: 'withdrawCanaries',
    tags,
    summary: 'Echoes of a set mean nothing any longer',
    request: { headers: commandHeaders, params: z.strictObject({ set: SetParam }), body: jsonBody(BecauseBody) },
    responses: answers(CommandView, 'Done, or done before.'),
  });
  api.openapi(withdraw, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(
      c,
      await withdrawCanaries({ actor: { id, role }, key, id: c.req.valid('param').set, ...c.req.valid('json') }, deps),
    );
  });
}
