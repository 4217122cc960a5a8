import { createRoute, z } from '@hono/zod-openapi';
import { CLASSIFICATIONS, INDICATOR_TYPES } from '../../../shared/domain/campaigns/campaign';
import { type Api, access, answers, type HttpPorts, jsonBody } from '../../../shared/http/api';
import type { Enforcement } from '../enforcement';
import { search } from '../search';
import type { Names } from './name-routes';

const FoundView = z
  .object({
    accounts: z.array(
      z.object({ account: z.string(), campaign: z.string().nullable(), because: z.string().openapi({ description: 'How it was found.' }) }),
    ),
    campaigns: z.array(
      z.object({
        campaign: z.string(),
        classification: z.enum(CLASSIFICATIONS),
        type: z
          .enum(INDICATOR_TYPES)
          .nullable()
          .openapi({ description: 'What its members share; null when the campaign was named itself.' }),
        members: z.int(),
        others: z.int().openapi({ description: 'Accounts outside the campaign that also hold it.' }),
        holders: z.array(z.string()).openapi({ description: 'Members that hold it, the first 50.' }),
      }),
    ),
    cases: z.array(z.string()),
    readAs: z.array(z.string()).openapi({ description: 'What the value was read as and hashed.' }),
    more: z.boolean().openapi({ description: 'There are more campaigns than one search reads.' }),
  })
  .openapi('Found');

/**
 * One box for whatever a tip names. The value comes in the body, is hashed under the key and forgotten: it is in no address, no log
 * and no store. That somebody searched is in the access log.
 */
export function searchRoutes(api: Api, http: HttpPorts, deps: Enforcement, names: Names): void {
  const find = createRoute({
    ...access(http, 'reviewer'),
    method: 'post',
    path: '/v1/search',
    operationId: 'search',
    tags: ['Accounts'],
    summary: 'Who holds a raw value or a key, and in which campaigns',
    description: 'An account id or key, an address, a card token, an e-mail address or domain, a client, a campaign or a case.',
    request: { body: jsonBody(z.strictObject({ value: z.string().trim().min(2).max(512) }).openapi('SearchFor')) },
    responses: answers(FoundView, 'What was found; empty lists when nothing was.'),
  });
  api.openapi(find, async (c) => {
    const found = await search(c.req.valid('json').value, deps, names);
    return c.json(found, 200);
  });
}
