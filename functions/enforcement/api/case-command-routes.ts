import { createRoute, z } from '@hono/zod-openapi';
import { type Api, access, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { AccountParam, CampaignParam, CaseParam } from '../../../shared/http/fields';
import type { Principal } from '../../../shared/http/principal';
import { problem } from '../../../shared/http/problem';
import { approve, confirmActions, reject, resume } from '../commands/approve';
import type { CaseCommand } from '../commands/change-case';
import { undoAccount, undoCase } from '../commands/undo';
import type { Enforcement } from '../enforcement';
import { dryRun } from '../policy/dry-run';
import { turnKillSwitch } from '../policy/kill-switch';
import { DryRunView, dryRunView } from './dry-run-view';

type CaseUse = (command: CaseCommand, world: Enforcement) => ReturnType<typeof reject>;
const CASE_COMMANDS: readonly { name: string; use: CaseUse; summary: string }[] = [
  { name: 'reject', use: reject, summary: 'Nothing is done about the campaign' },
  { name: 'resume', use: resume, summary: 'Let a stopped case go on, once enough people approve again' },
  { name: 'confirm', use: confirmActions, summary: 'What is in force shall not expire' },
  { name: 'undo', use: undoCase, summary: 'Give the whole campaign back' },
];

/** The person as the ledger names them. */
const actorOf = ({ id, role }: Principal) => ({ id, role });

export function caseCommandRoutes(api: Api, http: HttpPorts, world: Enforcement): void {
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
          })
          .openapi('Approval'),
      ),
    },
  });
  api.openapi(approval, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(
      c,
      await approve({ actor: actorOf(c.get('principal')), key, case: c.req.valid('param').case, ...c.req.valid('json') }, world),
    );
  });

  for (const { name, use, summary } of CASE_COMMANDS) {
    const route = createRoute({
      ...about,
      path: `/v1/cases/{case}/${name}`,
      operationId: `${name}Case`,
      summary,
      request: { ...onCase, body: jsonBody(BecauseBody) },
    });
    api.openapi(route, async (c) => {
      const key = c.req.valid('header')['idempotency-key'];
      const { case: id } = c.req.valid('param');
      return answerCommand(
        c,
        await use({ actor: actorOf(c.get('principal')), key, case: id, because: c.req.valid('json').because }, world),
      );
    });
  }

  const account = createRoute({
    ...about,
    path: '/v1/accounts/{account}/undo',
    operationId: 'undoAccount',
    tags: ['Accounts'],
    summary: 'Give one account back and exonerate it',
    request: { params: z.strictObject({ account: AccountParam }), headers: commandHeaders, body: jsonBody(BecauseBody) },
  });
  api.openapi(account, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    const { account: subject } = c.req.valid('param');
    return answerCommand(
      c,
      await undoAccount({ actor: actorOf(c.get('principal')), key, account: subject, because: c.req.valid('json').because }, world),
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
    return answerCommand(c, await turnKillSwitch({ actor: actorOf(c.get('principal')), key, ...c.req.valid('json') }, world));
  });

  const preview = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/campaigns/{campaign}/dry-run',
    operationId: 'dryRunCampaign',
    tags: ['Cases'],
    summary: 'Who would be hit if the campaign were contained now; nothing is written and nobody is asked',
    request: { params: z.strictObject({ campaign: CampaignParam }) },
    responses: answers(DryRunView, 'What would happen.'),
  });
  api.openapi(preview, async (c) => {
    const answer = await dryRun({ campaign: c.req.valid('param').campaign }, world);
    return answer.kind === 'unknown' ? problem(c, 'not-found', 'There is no campaign with this id.') : c.json(dryRunView(answer), 200);
  });
}
