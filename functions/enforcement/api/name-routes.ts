import { createRoute, z } from '@hono/zod-openapi';
import type { OpenedTenant, Referral } from '../../../shared/domain/cases/referral';
import { type Api, access, answers, type HttpPorts, jsonBody } from '../../../shared/http/api';
import { AccountParam } from '../../../shared/http/fields';
import { problem } from '../../../shared/http/problem';
import type { CanaryKeys } from '../../../shared/identity/canary';
import type { AccountKey, Hash64, SealedId } from '../../../shared/identity/ids';
import type { AccountReader } from '../../../shared/ports';

/** Between the provider's own account ids and what they are called here. `idOf` throws when the id was sealed under another key, or is another account's. */
export type Names = {
  keyOf(providerId: string): Promise<AccountKey>;
  idOf(sealed: SealedId, account: AccountKey): Promise<string>;
  /** What a raw value would be called if it were an address, a card, a domain, a client …: keyed hashes by what it was read as. */
  hashesOf(value: string): Promise<readonly { as: string; hash: Hash64 }[]>;
  /** Tenants of a referral as their own cloud calls them. Throws when one is another's. */
  tenantsOf(referral: Pick<Referral, 'tenants'>): Promise<readonly OpenedTenant[]>;
  /** Tokens of our own, made and known by the identifier key. */
  canaries: CanaryKeys;
};

/**
 * A ticket names an account as the provider does. The id comes in a body, is hashed and forgotten: it is in no address, no log and
 * no answer. The key says nothing about whether the account is known; asking for the account does.
 *
 * The way back is for an admin. It is no command: what an idempotency key remembers would be the id, and only its answer holds that.
 */
export function nameRoutes(api: Api, http: HttpPorts, deps: { accounts: AccountReader }, names: Names): void {
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
  api.openapi(lookup, async (c) => c.json({ account: await names.keyOf(c.req.valid('json').id) }, 200));

  const open = createRoute({
    ...access(http, 'admin'),
    method: 'post',
    path: '/v1/accounts/{account}/open',
    operationId: 'openAccountId',
    tags: ['Accounts'],
    summary: 'The provider’s own id of an account, from its sealed form; the access log keeps who asked',
    request: { params: z.strictObject({ account: AccountParam }) },
    responses: answers(z.object({ id: z.string() }).openapi('OpenedId'), 'The account id as it is in events (`subject`).'),
  });
  api.openapi(open, async (c) => {
    const { account } = c.req.valid('param');
    const known = (await deps.accounts.known([account])).get(account);
    if (!known) return problem(c, 'not-found', 'No id is kept of this account: it was in no campaign.');
    return c.json({ id: await names.idOf(known.sealed, account) }, 200);
  });
}
