import { createRoute, z } from '@hono/zod-openapi';
import { EFFECTS } from '../../../shared/domain/cases/exoneration';
import { mayAct } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, CommandView } from '../../../shared/http/command-answer';
import { AccountParam, CampaignParam, Instant, When } from '../../../shared/http/fields';
import { exonerate, revokeExoneration } from '../commands/exonerate';
import type { Enforcement } from '../enforcement';

const ScopeField = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('account'), account: AccountParam }),
    z.strictObject({ kind: z.literal('campaign'), campaign: CampaignParam }),
    z.strictObject({
      kind: z.literal('organization'),
      organization: z.string().regex(/^[0-9a-f]{13,16}$/, 'Give the keyed hash of the organisation, as an account shows it.'),
    }),
  ])
  .openapi('Scope');

const ScopeView = z.object({
  kind: z.enum(['account', 'campaign', 'organization']),
  id: z.string().nullable().openapi({ description: 'The keyed hash of an organisation is null for viewers.' }),
});
const ExonerationView = z
  .object({
    scope: ScopeView,
    effect: z.enum(EFFECTS),
    until: When,
    because: z.string(),
    by: z.string().nullable().openapi({ description: 'Null for viewers.' }),
    holds: z.boolean().openapi({ description: 'Neither revoked nor past.' }),
    revoked: z.boolean(),
    from: z.enum(['person', 'undo-or-appeal']).openapi({
      description: 'A standing word of a person, or what undoing a case or granting an appeal left on the account itself.',
    }),
  })
  .openapi('Exoneration');

const MOST_LISTED = 5_000;

export function exonerationRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const about = {
    ...command(http, 'reviewer'),
    method: 'post' as const,
    tags: ['Exonerations'],
    responses: answers(CommandView, 'Done, or done before.'),
  };

  const list = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/exonerations',
    operationId: 'listExonerations',
    tags: ['Exonerations'],
    summary: 'Who is exonerated, exempt or protected, the latest to end first',
    responses: answers(
      z.object({ items: z.array(ExonerationView) }).openapi('Exonerations'),
      'Past ones of people too. At most 5,000 of single accounts.',
    ),
  });
  api.openapi(list, async (c) => {
    const now = deps.clock.now();
    const named = mayAct(c.get('principal'), 'reviewer');
    const items: z.infer<typeof ExonerationView>[] = [];
    for await (const { state } of deps.exonerations.all()) {
      const id =
        state.scope.kind === 'account'
          ? state.scope.account
          : state.scope.kind === 'campaign'
            ? state.scope.campaign
            : state.scope.organization;
      const holds = !state.revoked && state.until > now;
      items.push({
        scope: { kind: state.scope.kind, id: state.scope.kind === 'organization' && !named ? null : id },
        effect: state.effect,
        until: iso(state.until),
        because: state.because,
        by: named ? state.by : null,
        holds,
        revoked: state.revoked,
        from: 'person',
      });
    }
    for await (const { account, until, because } of deps.exonerations.accounts(now)) {
      items.push({
        scope: { kind: 'account', id: account },
        effect: 'exonerated',
        until: iso(until),
        because: named ? because.join('; ') : 'an undone case or a granted appeal',
        by: null,
        holds: true,
        revoked: false,
        from: 'undo-or-appeal',
      });
      if (items.length >= MOST_LISTED) break;
    }
    return c.json({ items: items.sort((one, other) => (one.until < other.until ? 1 : -1)) }, 200);
  });

  const make = createRoute({
    ...about,
    path: '/v1/exonerations',
    operationId: 'exonerate',
    summary: 'Exonerate, exempt (an admin) or protect an account, a campaign or an organisation, until a date',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z.strictObject({ scope: ScopeField, effect: z.enum(EFFECTS), until: Instant, because: Because }).openapi('NewExoneration'),
      ),
    },
  });
  api.openapi(make, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await exonerate({ actor: { id, role }, key, ...c.req.valid('json') }, deps));
  });

  const revoke = createRoute({
    ...about,
    path: '/v1/exonerations/revoke',
    operationId: 'revokeExoneration',
    summary: 'Take a standing word back from now on',
    request: { headers: commandHeaders, body: jsonBody(z.strictObject({ scope: ScopeField, because: Because }).openapi('Revocation')) },
  });
  api.openapi(revoke, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    return answerCommand(c, await revokeExoneration({ actor: { id, role }, key, ...c.req.valid('json') }, deps));
  });
}
