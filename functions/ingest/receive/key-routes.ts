import { createRoute, z } from '@hono/zod-openapi';
import { SCOPES } from '../../../shared/domain/producer-scope';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, command, commandHeaders, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { When } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import { type KeyPorts, listKeys, makeKey, type ProducerKey, revokeKey } from '../../../shared/http/producer-keys';

const KeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    perMinute: z.int().openapi({ description: 'Records a minute.' }),
    madeBy: z.string(),
    madeAt: When,
    revokedAt: When.nullable(),
  })
  .openapi('ProducerKey');
const MadeKey = KeyView.extend({ key: z.string().openapi({ description: 'The key itself: shown once, kept nowhere.' }) }).openapi(
  'MadeProducerKey',
);
const KeyParam = z.string().regex(/^[0-9a-f]{16}$/, 'Give the id of the key: 16 hexadecimal digits.');

const viewOf = ({ id, name, scopes, perMinute, by, at, revokedAt }: ProducerKey) => ({
  id,
  name,
  scopes,
  perMinute,
  madeBy: by,
  madeAt: iso(at),
  revokedAt: revokedAt === undefined ? null : iso(revokedAt),
});

/** Keys of whoever sends events over HTTP: made, listed and revoked by admins. */
export function keyRoutes(api: Api, http: HttpPorts, ports: KeyPorts): void {
  const about = { tags: ['Events'] };
  const list = createRoute({
    ...access(http, 'admin'),
    ...about,
    method: 'get',
    path: '/v1/producer-keys',
    operationId: 'listProducerKeys',
    summary: 'Keys of producers, revoked ones too',
    responses: answers(z.object({ items: z.array(KeyView) }).openapi('ProducerKeys'), 'All of them, without their secrets.'),
  });
  api.openapi(list, async (c) => c.json({ items: (await listKeys(ports)).map(viewOf) }, 200));

  const make = createRoute({
    // No `command`: it would keep the answer, and with it the key, for a retry.
    ...access(http, 'admin'),
    ...about,
    method: 'post',
    path: '/v1/producer-keys',
    operationId: 'makeProducerKey',
    summary: 'Make a key for a producer; it is shown once',
    request: {
      headers: commandHeaders,
      body: jsonBody(
        z.strictObject({
          name: z.string().min(1).max(128),
          scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
          perMinute: z.int().min(1).max(1_000_000).default(60_000),
        }),
      ),
    },
    responses: answers(MadeKey, 'Made. A retry with the same Idempotency-Key makes and shows the same key.'),
  });
  api.openapi(make, async (c) => {
    const { key, text } = await makeKey(
      { ...c.req.valid('json'), by: c.get('principal').id, request: c.req.valid('header')['idempotency-key'] },
      ports,
    );
    return c.json({ ...viewOf(key), key: text }, 200);
  });

  const revoke = createRoute({
    ...command(http, 'admin'),
    ...about,
    method: 'post',
    path: '/v1/producer-keys/{key}/revoke',
    operationId: 'revokeProducerKey',
    summary: 'End a key: from now on it sends nothing',
    request: { headers: commandHeaders, params: z.object({ key: KeyParam }) },
    responses: answers(KeyView, 'Revoked, now or before.'),
  });
  api.openapi(revoke, async (c) => {
    const key = await revokeKey(c.req.valid('param').key, c.get('principal').id, ports);
    return key ? c.json(viewOf(key), 200) : problem(c, 'not-found', 'There is no such key.');
  });
}
