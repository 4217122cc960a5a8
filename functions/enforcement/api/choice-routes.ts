import { createRoute, z } from '@hono/zod-openapi';
import { EFFECTS } from '../../../shared/domain/cases/exoneration';
import { REASON_CODES } from '../../../shared/domain/cases/reason-codes';
import { ACTIONS } from '../../../shared/domain/policy/enforcement-policy';
import { type Api, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { AccountParam, CaseParam, Instant } from '../../../shared/http/fields';
import { hash64 } from '../../../shared/identity/ids';
import { assignCase, noteOnCase } from '../commands/case-notes';
import { chooseAccounts, exonerateAccounts, MOST_AT_ONCE, openByHand, undoAccounts } from '../commands/choose-accounts';
import type { Enforcement } from '../enforcement';

const Accounts = z.array(AccountParam).min(1, 'Name one account at least.').max(MOST_AT_ONCE, `At most ${MOST_AT_ONCE} accounts at once.`);

const KeyHash = z.string().regex(/^[0-9a-f]{13}$/, 'Give a key as its keyed hash: 13 hexadecimal digits.');
/** Keys of one case: each is a row of the ledger's entry. */
const MOST_KEYS = 20;

/** Commands about some accounts: which a case is about, a case that no campaign called for, several at once. */
export function choiceRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const about = {
    ...command(http, 'reviewer'),
    method: 'post' as const,
    responses: answers(CommandView, 'Done, or done before.'),
  };

  const choose = createRoute({
    ...about,
    tags: ['Cases'],
    path: '/v1/cases/{case}/accounts',
    operationId: 'chooseCaseAccounts',
    summary: 'Leave accounts out of a case, take others in, or act on only these; earlier approvals are asked for again',
    request: {
      params: z.strictObject({ case: CaseParam }),
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({ leaveOut: Accounts.optional(), takeIn: Accounts.optional(), only: Accounts.optional(), because: Because })
          .openapi('AccountChoice'),
      ),
    },
  });
  api.openapi(choose, async (c) => {
    const { leaveOut, takeIn, only, because } = c.req.valid('json');
    const chosen = { ...(leaveOut && { leaveOut }), ...(takeIn && { takeIn }), ...(only && { only }) };
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await chooseAccounts({ actor: { id, role }, key, case: c.req.valid('param').case, because, ...chosen }, deps));
  });

  const assign = createRoute({
    ...about,
    tags: ['Cases'],
    path: '/v1/cases/{case}/assign',
    operationId: 'assignCase',
    summary: 'Say who works on a case: oneself, another person, or nobody',
    request: {
      params: z.strictObject({ case: CaseParam }),
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({
            to: z.string().min(1).max(128).nullable().openapi({ description: 'The id of a person; null leaves it to anybody.' }),
            because: Because,
          })
          .openapi('Assignment'),
      ),
    },
  });
  api.openapi(assign, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await assignCase({ actor: { id, role }, key, case: c.req.valid('param').case, ...c.req.valid('json') }, deps));
  });

  const note = createRoute({
    ...about,
    tags: ['Cases'],
    path: '/v1/cases/{case}/notes',
    operationId: 'noteOnCase',
    summary: 'A note on a case, kept in its history',
    request: { params: z.strictObject({ case: CaseParam }), headers: commandHeaders, body: jsonBody(BecauseBody) },
  });
  api.openapi(note, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await noteOnCase({ actor: { id, role }, key, case: c.req.valid('param').case, ...c.req.valid('json') }, deps));
  });

  const open = createRoute({
    ...about,
    tags: ['Cases'],
    path: '/v1/cases',
    operationId: 'openCase',
    summary: 'A case about named accounts that no campaign called for; another person approves it',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z
          .strictObject({
            accounts: Accounts,
            action: z.enum(ACTIONS).exclude(['watch']),
            reasonCode: z.enum(REASON_CODES).openapi({ description: 'What the persons concerned are told.' }),
            because: Because,
            keys: z.array(KeyHash).min(1).max(MOST_KEYS).optional().openapi({
              description: 'Of disable-key about one account: these API keys alone, by keyed hash (`GET /v1/accounts/{account}/keys`).',
            }),
          })
          .openapi('NewCase'),
      ),
    },
    responses: answers(CommandView.extend({ case: z.string().optional() }).openapi('CaseOpened'), 'Opened, or opened before.'),
  });
  api.openapi(open, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    const { keys, ...asked } = c.req.valid('json');
    const answer = await openByHand({ actor: { id, role }, key, ...asked, ...(keys && { keys: keys.map(hash64) }) }, deps);
    if (answer.kind !== 'done' && answer.kind !== 'already') return answerCommand(c, answer);
    return c.json({ kind: answer.kind, because: answer.because, ...(answer.kind === 'done' ? { case: String(answer.case) } : {}) }, 200);
  });

  const undo = createRoute({
    ...about,
    tags: ['Accounts'],
    path: '/v1/accounts/undo',
    operationId: 'undoAccounts',
    summary: 'Restore some accounts and exonerate them',
    request: { headers: commandHeaders, body: jsonBody(z.strictObject({ accounts: Accounts, because: Because }).openapi('SomeAccounts')) },
  });
  api.openapi(undo, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await undoAccounts({ actor: { id, role }, key, ...c.req.valid('json') }, deps));
  });

  const clear = createRoute({
    ...about,
    tags: ['Accounts'],
    path: '/v1/accounts/exonerate',
    operationId: 'exonerateAccounts',
    summary: 'Exonerate, exempt (an admin) or protect some accounts, until a date',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z.strictObject({ accounts: Accounts, effect: z.enum(EFFECTS), until: Instant, because: Because }).openapi('SomeExonerations'),
      ),
    },
  });
  api.openapi(clear, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await exonerateAccounts({ actor: { id, role }, key, ...c.req.valid('json') }, deps));
  });
}
