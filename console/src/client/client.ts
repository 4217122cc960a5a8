import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema';

/** Every shape of the API by name, from its description. */
export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];

export type ClientOptions = {
  /** Where the API is, for example https://lockstep.example.com; empty for the page's own origin. */
  baseUrl: string;
  /** The bearer token to send; asked before each request. Undefined for the public routes. */
  token?: () => Promise<string | undefined> | string | undefined;
  fetch?: (request: Request) => Promise<Response>;
  /** Makes idempotency keys: one a command, so that a retry of the same call sends the same key again only if it is passed in. */
  newKey?: () => string;
};

/**
 * The typed client of API v1: `client.GET('/v1/accounts', { params: { query: { classification: 'distillation' } } })` answers
 * `{ data }` or `{ error }` (a Problem). Commands get a fresh Idempotency-Key unless the caller gives one.
 */
export function lockstepClient({ baseUrl, token, fetch, newKey = () => crypto.randomUUID() }: ClientOptions) {
  const client = createClient<paths>({ baseUrl, ...(fetch ? { fetch } : {}) });
  const headers: Middleware = {
    async onRequest({ request }) {
      const bearer = await token?.();
      if (bearer !== undefined) request.headers.set('authorization', `Bearer ${bearer}`);
      if (request.method !== 'GET' && !request.headers.has('idempotency-key')) request.headers.set('idempotency-key', newKey());
      return request;
    },
  };
  client.use(headers);
  return client;
}
export type LockstepClient = ReturnType<typeof lockstepClient>;
