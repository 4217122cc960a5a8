import { createRoute, z } from '@hono/zod-openapi';
import { type Api, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { AccountParam, CaseParam } from '../../../shared/http/fields';
import type { Principal } from '../../../shared/http/principal';
import { approve, confirmActions, reject, resume } from '../commands/approve';
import type { CaseCommand } from '../commands/change-case';
import { undoAccount, undoCase } from '../commands/undo';
import type { Enforcement } from '../enforcement';
import { turnKillSwitch } from '../policy/kill-switch';

type CaseUse = (command: CaseCommand & { seen?: string | undefined }, deps: Enforcement) => ReturnType<typeof reject>;

/** What a preview showed. Optional: a script that looked at nothing approves whatever the case is now. */
const Seen = z
  .string()
  .regex(/^\d+-\d+-[0-9a-f]{16}$/, 'Give `seen` as the preview shows it.')
  .optional()
  .openapi({ description: 'The `seen` of the preview that was looked at: refused when whom or how many it is about changed since.' });
const CASE_COMMANDS: readonly { name: string; use: CaseUse; summary: string }[] = [
  { name: 'reject', use: reject, summary: 'Nothing is done about the campaign' },
  { name: 'resume', use: resume, summary: 'Let a stopped case go on, once enough people approve again' },
  { name: 'confirm', use: confirmActions, summary: 'What is in force shall not expire' },
  { name: 'undo', use: undoCase, summary: 'Restore access for everybody the case acted on' },
];

/** The person as the ledger names them. */
const actorOf = ({ id, role }: Principal) => ({ id, role });

export function caseCommandRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const onCase = { params: z.strictObject({ case: CaseParam }), headers: commandHeaders };
  const about = {
    ...command(http, 'reviewer'),
    method: 'post' as const,
    tags: ['Cases'],
    responses: answers(CommandView, 'Done, or done before.'),
  };

  const approval = createRoute({
    ...about,
    path: '/v1/cases/{case}/approve',
    operationId: 'approveCase',
    summary: 'One approval of a case; the last one needed lets it go on',
    request: {
      ...onCase,
      body: jsonBody(
        z
          .strictObject({
            because: Because,
            protectedToo: z
              .boolean()
              .default(false)
              .openapi({ description: 'Act on protected accounts as well, if two approvers say so.' }),
            seen: Seen,
          })
          .openapi('Approval'),
      ),
    },
  });
  api.openapi(approval, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(
      c,
      await approve({ actor: actorOf(c.get('principal')), key, case: c.req.valid('param').case, ...c.req.valid('json') }, deps),
    );
  });

  for (const { name, use, summary } of CASE_COMMANDS) {
    const route = createRoute({
      ...about,
      path: `/v1/cases/{case}/${name}`,
      operationId: `${name}Case`,
      summary,
      request: { ...onCase, body: jsonBody(z.strictObject({ because: Because, seen: Seen }).openapi('CaseReason')) },
    });
    api.openapi(route, async (c) => {
      const key = c.req.valid('header')['idempotency-key'];
      const { case: id } = c.req.valid('param');
      return answerCommand(c, await use({ actor: actorOf(c.get('principal')), key, case: id, ...c.req.valid('json') }, deps));
    });
  }

  const account = createRoute({
    ...about,
    path: '/v1/accounts/{account}/undo',
    operationId: 'undoAccount',
    tags: ['Accounts'],
    summary: 'Restore one account and exonerate it',
    request: { params: z.strictObject({ account: AccountParam }), headers: commandHeaders, body: jsonBody(BecauseBody) },
  });
  api.openapi(account, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    const { account: subject } = c.req.valid('param');
    return answerCommand(
      c,
      await undoAccount({ actor: actorOf(c.get('principal')), key, account: subject, because: c.req.valid('json').because }, deps),
    );
  });

  const turn = createRoute({
    ...about,
    path: '/v1/kill-switch',
    operationId: 'turnKillSwitch',
    tags: ['Status'],
    summary: 'Stop all actions (any reviewer), or arm them again (an admin)',
    request: {
      headers: commandHeaders,
      body: jsonBody(z.strictObject({ to: z.enum(['armed', 'stopped']), because: Because }).openapi('KillSwitch')),
    },
  });
  api.openapi(turn, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await turnKillSwitch({ actor: actorOf(c.get('principal')), key, ...c.req.valid('json') }, deps));
  });
}
