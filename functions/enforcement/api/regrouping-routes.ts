import { createRoute, z } from '@hono/zod-openapi';
import { type Api, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, BecauseBody, CommandView } from '../../../shared/http/command-answer';
import { AccountParam, CampaignParam } from '../../../shared/http/fields';
import { agree, regroup, type Wanted, withdrawRegrouping } from '../commands/regroup';
import type { Enforcement } from '../enforcement';

/** As many as a page of members; a ledger entry carries them. */
const MOST_AT_ONCE = 500;
const Accounts = z.array(AccountParam).min(1, 'Name one account at least.').max(MOST_AT_ONCE, `At most ${MOST_AT_ONCE} accounts at once.`);
const RegroupingParam = z
  .string()
  .regex(/^g-[0-9a-f]{12}$/, 'The id of a regrouping is g- and twelve hexadecimal digits, as the list gives it.')
  .openapi({ type: 'string', example: 'g-3f2a1b2c9d0e' });

/** What people decide about who belongs together. It holds over every later run of detection, and acts on nobody. */
export function regroupingRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const about = {
    ...command(http, 'reviewer'),
    method: 'post' as const,
    tags: ['Campaigns'],
    responses: answers(CommandView, 'Done, or done before. Campaigns show it with the next run of detection.'),
  };
  const onCampaign = { params: z.strictObject({ campaign: CampaignParam }), headers: commandHeaders };
  const onRegrouping = { params: z.strictObject({ regrouping: RegroupingParam }), headers: commandHeaders };

  const merge = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/merge',
    operationId: 'mergeCampaign',
    summary: 'All accounts of this campaign belong to another one, whatever detection finds',
    request: { ...onCampaign, body: jsonBody(z.strictObject({ into: CampaignParam, because: Because }).openapi('Merge')) },
  });
  api.openapi(merge, async (c) => {
    const { into, because } = c.req.valid('json');
    const wanted: Wanted = { kind: 'merge', from: c.req.valid('param').campaign, into };
    const { id, role } = c.get('principal');
    return answerCommand(c, await regroup({ actor: { id, role }, key: c.req.valid('header')['idempotency-key'], because, wanted }, deps));
  });

  const split = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/split',
    operationId: 'splitCampaign',
    summary: 'These accounts are a campaign of their own, whatever detection finds',
    request: { ...onCampaign, body: jsonBody(z.strictObject({ accounts: Accounts, because: Because }).openapi('Split')) },
  });
  api.openapi(split, async (c) => {
    const { accounts, because } = c.req.valid('json');
    const wanted: Wanted = { kind: 'split', from: c.req.valid('param').campaign, accounts };
    const { id, role } = c.get('principal');
    return answerCommand(c, await regroup({ actor: { id, role }, key: c.req.valid('header')['idempotency-key'], because, wanted }, deps));
  });

  const members = createRoute({
    ...about,
    path: '/v1/campaigns/{campaign}/members',
    operationId: 'changeMembers',
    summary: 'These accounts belong to the campaign, or do not, whatever detection finds',
    request: {
      ...onCampaign,
      body: jsonBody(
        z
          .strictObject({ change: z.enum(['add', 'remove']), accounts: Accounts, because: Because })
          .openapi('MemberChange', { description: 'Whoever is added is acted on only if people approve it.' }),
      ),
    },
  });
  api.openapi(members, async (c) => {
    const { change, accounts, because } = c.req.valid('json');
    const { campaign } = c.req.valid('param');
    const wanted: Wanted = change === 'add' ? { kind: 'add', into: campaign, accounts } : { kind: 'remove', from: campaign, accounts };
    const { id, role } = c.get('principal');
    return answerCommand(c, await regroup({ actor: { id, role }, key: c.req.valid('header')['idempotency-key'], because, wanted }, deps));
  });

  const second = createRoute({
    ...about,
    path: '/v1/regroupings/{regrouping}/agree',
    operationId: 'agreeToRegrouping',
    summary: 'The second person of a change that takes two',
    request: { ...onRegrouping, body: jsonBody(BecauseBody) },
  });
  api.openapi(second, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await agree({ actor: { id, role }, key, id: c.req.valid('param').regrouping, ...c.req.valid('json') }, deps));
  });

  const withdraw = createRoute({
    ...about,
    path: '/v1/regroupings/{regrouping}/withdraw',
    operationId: 'withdrawRegrouping',
    summary: 'Back to what detection finds',
    request: { ...onRegrouping, body: jsonBody(BecauseBody) },
  });
  api.openapi(withdraw, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(
      c,
      await withdrawRegrouping({ actor: { id, role }, key, id: c.req.valid('param').regrouping, ...c.req.valid('json') }, deps),
    );
  });
}
