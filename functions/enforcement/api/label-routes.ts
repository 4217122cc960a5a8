import { createRoute, z } from '@hono/zod-openapi';
import { LABELS } from '../../../shared/domain/campaigns/label';
import { type Api, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, CommandView } from '../../../shared/http/command-answer';
import { AccountParam } from '../../../shared/http/fields';
import { labelAccounts } from '../commands/label-accounts';
import type { Enforcement } from '../enforcement';

const MOST_AT_ONCE = 500;

/** What people, or the provider's own check, found out about accounts: kept for measuring, acting on nobody. */
export function labelRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const give = createRoute({
    ...command(http, 'reviewer'),
    method: 'post',
    tags: ['Labels'],
    path: '/v1/labels',
    operationId: 'labelAccounts',
    summary: 'Say what accounts really are; nobody is acted on or restored by it',
    description:
      'Labels are also read from what is decided anyway: an undo, an exoneration, a granted or denied appeal, a confirmation. An approval is none.',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({
            accounts: z.array(AccountParam).min(1, 'Name one account at least.').max(MOST_AT_ONCE, `At most ${MOST_AT_ONCE} at once.`),
            label: z.enum(LABELS).nullable().openapi({ description: 'Null takes back what was given here before.' }),
            source: z
              .enum(['analyst', 'verification'])
              .default('analyst')
              .openapi({ description: '`verification`: the result of the provider’s own check of the person.' }),
            because: Because,
          })
          .openapi('NewLabel'),
      ),
    },
    responses: answers(CommandView, 'Done, or done before.'),
  });
  api.openapi(give, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    const { label: value, ...rest } = c.req.valid('json');
    return answerCommand(c, await labelAccounts({ actor: { id, role }, key, value, ...rest }, deps));
  });
}
