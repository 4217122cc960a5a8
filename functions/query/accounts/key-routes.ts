import { createRoute, z } from '@hono/zod-openapi';
import { KEY_CHANGERS, KEY_CHANGES } from '../../../shared/contract/event';
import { KEY_STATES, stateOf } from '../../../shared/domain/api-key';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { AccountParam, When } from '../../../shared/http/fields';
import type { AccountKey } from '../../../shared/identity/ids';
import { ApiKeyStore } from '../../../shared/stores/cases/api-key-store';
import type { QueryPorts } from '../query-ports';
import type { KeyStates } from './observed';

/** Keys of one account that are shown, and looked at: somebody may make one for each of their own customers. */
const MOST_KEYS = 500;

const KeysView = z
  .object({
    account: z.string(),
    complete: z.boolean().openapi({ description: `false: there are more than ${MOST_KEYS}, and these are some of them.` }),
    keys: z.array(
      z.object({
        key: z.string().openapi({ description: 'Keyed hash of the id, as `apiKey` of the account’s requests.' }),
        state: z.enum(KEY_STATES),
        since: When,
        by: z.enum(KEY_CHANGERS).nullable(),
        replacedBy: z.string().nullable(),
        changes: z.array(
          z.object({ change: z.enum(KEY_CHANGES), at: When, by: z.enum(KEY_CHANGERS).nullable(), replacedBy: z.string().nullable() }),
        ),
      }),
    ),
  })
  .openapi('AccountKeys');

/** What the provider said about keys of an account. */
export async function keyStates(account: AccountKey, { stores }: Pick<QueryPorts, 'stores'>): Promise<KeyStates> {
  const keys = await new ApiKeyStore(stores.enforcement).of(account, MOST_KEYS);
  return new Map(keys.map((one) => [one.key, stateOf(one)]));
}

export function keyRoutes(api: Api, http: HttpPorts, { stores }: QueryPorts): void {
  const keys = createRoute({
    ...access(http, 'reviewer'),
    method: 'get',
    path: '/v1/accounts/{account}/keys',
    operationId: 'getAccountKeys',
    tags: ['Accounts'],
    summary: 'API keys of an account as the provider told of them: made, replaced, ended',
    description: 'By keyed hash. Empty where the provider sends no `lockstep.key.v1` events.',
    request: { params: z.strictObject({ account: AccountParam }) },
    responses: answers(KeysView, 'All that are known.'),
  });
  api.openapi(keys, async (c) => {
    const { account } = c.req.valid('param');
    const found = await new ApiKeyStore(stores.enforcement).of(account, MOST_KEYS + 1);
    const shown = found.slice(0, MOST_KEYS).map((one) => {
      const { state, since, by = null, replacedBy = null } = stateOf(one);
      const changes = one.changes.map((each) => ({
        change: each.change,
        at: iso(each.at),
        by: each.by ?? null,
        replacedBy: each.replacedBy ?? null,
      }));
      return { key: one.key, state, since: iso(since), by, replacedBy, changes };
    });
    return c.json({ account, complete: found.length <= MOST_KEYS, keys: shown }, 200);
  });
}
