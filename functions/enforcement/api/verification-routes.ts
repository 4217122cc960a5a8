import { createRoute, z } from '@hono/zod-openapi';
import { type Api, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { AccountParam } from '../../../shared/http/fields';
import { decideVerification } from '../commands/decide-verification';
import type { Enforcement } from '../enforcement';

const COMMANDS = [
  {
    say: 'release',
    operationId: 'releaseVerification',
    summary: 'Release somebody who was to prove something, without a result: a challenge or a limit ends, a held sign-up is admitted',
  },
  {
    say: 'take-back',
    operationId: 'takeBackVerification',
    summary: 'A result was wrong: it is waited for again, and its label goes; what it lifted is not asked again by this alone',
  },
] as const;

/** What people say about the provider's own checks. */
export function verificationRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  for (const { say, operationId, summary } of COMMANDS) {
    const route = createRoute({
      ...command(http, 'reviewer'),
      method: 'post',
      tags: ['Verifications'],
      path: `/v1/verifications/{account}/${say}`,
      operationId,
      summary,
      request: { headers: commandHeaders, params: z.strictObject({ account: AccountParam }), body: jsonBody(BecauseBody) },
      responses: answers(CommandView, 'Done, or done before.'),
    });
    api.openapi(route, async (c) => {
      const { id, role } = c.get('principal');
      const key = c.req.valid('header')['idempotency-key'];
      const { account } = c.req.valid('param');
      return answerCommand(c, await decideVerification({ actor: { id, role }, key, say, account, ...c.req.valid('json') }, deps));
    });
  }
}
