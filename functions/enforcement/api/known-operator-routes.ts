import { createRoute, z } from '@hono/zod-openapi';
import { CLASSIFICATIONS } from '../../../shared/domain/campaigns/campaign';
import { isWatched, type KnownOperator } from '../../../shared/domain/campaigns/known-operator';
import { operatorIn } from '../../../shared/domain/campaigns/stix';
import { mayAct, type Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { answerCommand, Because, CommandView } from '../../../shared/http/command-answer';
import { Instant, When } from '../../../shared/http/fields';
import { atLeastOne, problem } from '../../../shared/http/problem';
import { StixView } from '../../../shared/http/stix-view';
import { operatorId } from '../../../shared/identity/ids';
import { importOperator, revokeOperator } from '../commands/known-operators';
import type { Enforcement } from '../enforcement';

const OperatorParam = z
  .string()
  .regex(/^o-[0-9a-f]{12}$/, 'The id of an import is o- and twelve hexadecimal digits, as the list gives it.')
  .transform(operatorId)
  .openapi({ type: 'string', example: 'o-3f2a1b2c9d0e' });

const KnownOperatorView = z
  .object({
    id: z.string(),
    name: z.string().openapi({ description: 'The campaign’s name where it was found.' }),
    source: z.string(),
    classification: z.enum(CLASSIFICATIONS),
    accounts: z.int().openapi({ description: 'Accounts of the campaign where it was found.' }),
    indicators: z.int(),
    seen: z.int().openapi({
      description:
        'Of the indicators, those that any account here was ever seen with. 0 after some runs of detection: another identifier key.',
    }),
    importedAt: When,
    until: When,
    because: z.string(),
    by: z.string().nullable().openapi({ description: 'Who imported or revoked it. Null for viewers.' }),
    watched: z.boolean().openapi({ description: 'Looked for: neither revoked nor past.' }),
    revoked: z.boolean(),
  })
  .openapi('KnownOperator');
type KnownOperatorView = z.infer<typeof KnownOperatorView>;

export function knownOperatorRoutes(api: Api, http: HttpPorts, deps: Enforcement): void {
  const tags = ['Indicators'];
  const commands = { ...command(http, 'reviewer'), tags, responses: answers(CommandView, 'Done, or done before.') };

  const list = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/indicators',
    operationId: 'listKnownOperators',
    tags,
    summary: 'Operators known from elsewhere by imported indicators, the newest import first',
    responses: answers(z.object({ items: z.array(KnownOperatorView) }).openapi('KnownOperators'), 'All of them, past ones too.'),
  });
  api.openapi(list, async (c) => {
    const items: KnownOperatorView[] = [];
    for await (const { state } of deps.operators.all())
      items.push(viewOf(state, await deps.sightings.seen(state.id), deps.clock.now(), c.get('principal')));
    return c.json({ items: items.sort((one, other) => (one.importedAt < other.importedAt ? 1 : -1)) }, 200);
  });

  const add = createRoute({
    ...commands,
    method: 'post',
    path: '/v1/indicators',
    operationId: 'importIndicators',
    summary: 'Look for an operator: the STIX 2.1 bundle of a campaign, as another deployment under the same identifier key exported it',
    description: 'Acts on nobody: networks that are found by their own links are asked whether they carry the indicators.',
    request: {
      headers: commandHeaders,
      query: z.strictObject({
        because: Because,
        until: Instant.optional().openapi({ description: 'How long to look for it: 180 days if not given.' }),
      }),
      body: jsonBody(StixView),
    },
  });
  api.openapi(add, async (c) => {
    const { id, role } = c.get('principal');
    const { because, until } = c.req.valid('query');
    const found = operatorIn(c.req.valid('json'));
    if (found.kind === 'refused') {
      const errors = found.faults.map((fault) => ({ in: 'body' as const, ...fault }));
      const said = errors.map(({ field, message }) => `${field}: ${message}`).join(' ');
      const message = `${said} Send the bundle as GET /v1/campaigns/{campaign}/stix gave it.`;
      return problem(c, 'invalid-request', message, { errors: atLeastOne(errors, 'body', message) });
    }
    const key = c.req.valid('header')['idempotency-key'];
    const asked = { actor: { id, role }, key, because, read: found.operator, ...(until === undefined ? {} : { until }) };
    return answerCommand(c, await importOperator(asked, deps));
  });

  const remove = createRoute({
    ...commands,
    method: 'delete',
    path: '/v1/indicators/{operator}',
    operationId: 'revokeIndicators',
    summary: 'Look for an imported operator no longer',
    request: { headers: commandHeaders, params: z.object({ operator: OperatorParam }), query: z.strictObject({ because: Because }) },
  });
  api.openapi(remove, async (c) => {
    const { id, role } = c.get('principal');
    const key = c.req.valid('header')['idempotency-key'];
    const asked = { actor: { id, role }, key, because: c.req.valid('query').because, id: c.req.valid('param').operator };
    return answerCommand(c, await revokeOperator(asked, deps));
  });
}

function viewOf(state: KnownOperator, seen: ReadonlySet<string>, now: number, to: Person): KnownOperatorView {
  const { id, name, source, classification, accounts, indicators, because, revoked } = state;
  return {
    id,
    name,
    source,
    classification,
    accounts,
    indicators: indicators.length,
    seen: indicators.filter(({ type, hash }) => seen.has(`${type}/${hash}`)).length,
    importedAt: iso(state.importedAt),
    until: iso(state.until),
    because,
    by: mayAct(to, 'reviewer') ? state.by : null,
    watched: isWatched(state, now),
    revoked,
  };
}
