import { createRoute, z } from '@hono/zod-openapi';
import { type Api, access, answers, type HttpPorts, jsonBody } from '../../shared/http/api';
import type { AccountKey } from '../../shared/model/ids';

/** From the provider's own account id to the key that everything here is called by. */
export type Identify = (providerId: string) => Promise<AccountKey>;

/**
 * A ticket names an account as the provider does. The id comes in a body, is hashed and forgotten: it is in no address, no log and
 * no answer. The key says nothing about whether the account is known; asking for the account does.
 */
export function lookupRoutes(api: Api, http: HttpPorts, identify: Identify): void {
  const lookup = createRoute({
    ...access(http, 'reviewer'),
    method: 'post',
    path: '/v1/accounts/lookup',
    operationId: 'lookupAccount',
    tags: ['Accounts'],
    summary: 'The key of an account, from the provider’s own id',
    request: {
      body: jsonBody(
        z
          .strictObject({ id: z.string().min(1).max(512).openapi({ description: 'The account id as it is in events (`subject`).' }) })
          .openapi('Lookup'),
      ),
    },
    responses: answers(z.object({ account: z.string() }).openapi('LookedUp'), 'The key.'),
  });
  api.openapi(lookup, async (c) => c.json({ account: await identify(c.req.valid('json').id) }, 200));
}
