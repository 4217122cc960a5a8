import { createRoute, z } from '@hono/zod-openapi';
import { KEY_CHANGERS, KEY_CHANGES } from '../../../shared/contract/event';
import { KEY_STATES, nameOfKey, stateOf } from '../../../shared/domain/api-key';
import { iso } from '../../../shared/domain/time';
import { type Api, access, answers, type HttpPorts } from '../../../shared/http/api';
import { AccountParam, orNull, When } from '../../../shared/http/fields';
import type { AccountKey, Hash64 } from '../../../shared/identity/ids';
import { ApiKeyStore } from '../../../shared/stores/cases/api-key-store';
import type { QueryPorts } from '../query-ports';
import { NamedKeyView, namedKeyView } from './account-view';
import type { KeyStates } from './observed';

/** Keys of one account that are shown, and looked at: somebody may make one for each of their own customers. */
const MOST_KEYS = 500;

const KeysView = z
  .object({
    account: z.string(),
    complete: z.boolean().openapi({ description: `false: there are more than ${MOST_KEYS}, and these are some of them.` }),
    keys: z.array(
      NamedKeyView.extend({
        state: z.enum(KEY_STATES),
        since: When,
        by: z.enum(KEY_CHANGERS).nullable(),
        replacedBy: z.string().nullable().openapi({ description: 'Name of the key that took its place.' }),
        changes: z.array(
          z.object({ change: z.enum(KEY_CHANGES), at: When, by: z.enum(KEY_CHANGERS).nullable(), replacedBy: z.string().nullable() }),
        ),
      }),
    ),
    elsewhere: orNull(NamedKeyView).openapi({
      description: 'Of a victim with several keys: the one that a new client uses, as detection found. It may be among none of `keys`.',
    }),
  })
  .openapi('AccountKeys');

/** What the provider said about keys of an account. */
export async function keyStates(account: AccountKey, { stores }: Pick<QueryPorts, 'stores'>): Promise<KeyStates> {
  const keys = await new ApiKeyStore(stores.enforcement).of(account, MOST_KEYS);
  return new Map(keys.map((one) => [one.key, stateOf(one)]));
}

export function keyRoutes(api: Api, http: HttpPorts, { stores, campaigns }: QueryPorts): void {
  const keys = createRoute({
    ...access(http, 'viewer'),
    method: 'get',
    path: '/v1/accounts/{account}/keys',
    operationId: 'getAccountKeys',
    tags: ['Accounts'],
    summary: 'API keys of an account as the provider told of them: made, replaced, ended',
    description: 'By name, and for reviewers by keyed hash. Empty where the provider sends no `lockstep.key.v1` events.',
    request: { params: z.strictObject({ account: AccountParam }) },
    responses: answers(KeysView, 'All that are known.'),
  });
  api.openapi(keys, async (c) => {
    const { account } = c.req.valid('param');
    const to = c.get('principal');
    const [found, elsewhere] = await Promise.all([
      new ApiKeyStore(stores.enforcement).of(account, MOST_KEYS + 1),
      keyElsewhere(account, campaigns),
    ]);
    const called = (key: Hash64) => namedKeyView({ name: nameOfKey(account, key), key }, to);
    const shown = found.slice(0, MOST_KEYS).map((one) => {
      const changes = one.changes.map((each) => ({
        change: each.change,
        at: iso(each.at),
        by: each.by ?? null,
        replacedBy: each.replacedBy ? nameOfKey(account, each.replacedBy) : null,
      }));
      const { state, since, by = null, replacedBy } = stateOf(one);
      return {
        ...called(one.key),
        state,
        since: iso(since),
        by,
        replacedBy: replacedBy === undefined ? null : nameOfKey(account, replacedBy),
        changes,
      };
    });
    const view = { account, complete: found.length <= MOST_KEYS, keys: shown };
    return c.json({ ...view, elsewhere: elsewhere === undefined ? null : called(elsewhere) }, 200);
  });
}

/** The key of a victim that somebody else uses, as the newest version of its campaign has it. */
async function keyElsewhere(account: AccountKey, campaigns: QueryPorts['campaigns']): Promise<Hash64 | undefined> {
  const membership = await campaigns.membership(account);
  const campaign = membership && (await campaigns.get(membership.campaign));
  return campaign?.members.find((one) => one.account === account)?.key;
}
