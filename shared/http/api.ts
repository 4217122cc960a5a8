import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import { mayAct, type Person } from '../domain/person';
import { printable } from '../domain/plain-text';
import type { Clock, Table } from '../ports';
import { AccessLog } from './access-log';
import { IDEMPOTENCY_KEY, idempotent } from './idempotency';
import type { Principal } from './principal';
import { atLeastOne, fieldErrors, Problem, problem } from './problem';
import { RateLimiter } from './rate-limit';
import type { TokenVerifier } from './token';

export type ApiEnv = { Variables: { principal: Principal; requestId: string } };
export type Api = OpenAPIHono<ApiEnv>;

/** What every HTTP handler needs. `state` holds rate counters, idempotency rows and the access log, on the wall clock. */
export type HttpPorts = {
  verify: TokenVerifier;
  state: Table;
  clock: Clock;
  /** On AWS the gateway's own: its log, which no function can change, has a line for every row of ours. */
  newRequestId: (c: Context) => string;
  /** The caller's network address as the platform saw it, never as a header said it. */
  addressOf: (c: Context) => string;
  /** One line for each failure of ours; never a body or a token. */
  report: (failure: { requestId: string; route: string; error: unknown }) => void;
};

const MOST_BODY_BYTES = 65_536;
/** Replay reports and their labels; Lambda takes 6 MB. */
const MOST_REPORT_BYTES = 5_242_880;
/** An imported bundle: a campaign keeps 600 indicators, which take 0.8 MB. */
const MOST_BUNDLE_BYTES = 1_048_576;
const isReport = (path: string): boolean =>
  path.endsWith('/measurements') || path === '/v1/replays/compare' || path === '/v1/events' || path === '/v1/check';
const PER_MINUTE = { signedIn: 600, public: 30, refused: 60 };
/** Path parameters that are secrets, not names. */
const SECRET_PARAMETERS = new Set(['link']);

/** The routes of a handler hang on this: request id, headers, limits, problems and the access log are the same everywhere. */
export function makeApi(ports: HttpPorts): Api {
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const errors = atLeastOne(fieldErrors(result.target, result.error), 'body', 'This is not what the description asks for.');
      return problem(c, 'invalid-request', errors.map((error) => `${error.field}: ${error.message}`).join(' '), { errors });
    },
  });
  api.use(async (c, next) => {
    c.set('requestId', ports.newRequestId(c));
    await next();
    c.header('x-request-id', c.get('requestId'));
    c.header('cache-control', 'no-store');
  });
  api.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] }, referrerPolicy: 'no-referrer' }));
  api.use(compress());
  api.use(logged(ports));
  const atMost = (maxSize: number) => bodyLimit({ maxSize, onError: (c) => problem(c, 'too-large', `Send at most ${maxSize / 1024} KB.`) });
  const [small, bundle, large] = [atMost(MOST_BODY_BYTES), atMost(MOST_BUNDLE_BYTES), atMost(MOST_REPORT_BYTES)];
  api.use((c, next) => {
    const limited = isReport(c.req.path) ? large : c.req.path === '/v1/indicators' || c.req.path.startsWith('/taxii2/') ? bundle : small;
    return limited(c, next);
  });
  const onMethodNotAllowed = (c: Context, allowed: string[]) =>
    problem(c, 'method-not-allowed', `Use ${allowed.join(' or ')}.`, { headers: { allow: allowed.join(', ') } });
  api.use(methodNotAllowed({ app: api, onMethodNotAllowed }));
  api.notFound((c) => problem(c, 'not-found', 'There is nothing at this address. The description is at /v1/openapi.json.'));
  api.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) return refusedByTheFramework(c, error.status);
    ports.report({ requestId: c.get('requestId'), route: routePath(c), error });
    // Named, so that whoever operates it knows which record: nothing else of it is told (shared/stores/cases/ledger-store.ts).
    if (error.name === 'UnreadableEntry') return problem(c, 'internal', `${printable(error.message)}. docs/runbook.md says what to do.`);
    return problem(c, 'internal', 'Try again. If it happens again, report the request id.');
  });
  return api;
}

/** What Hono and its validators throw about a request, before any route of ours sees it: the caller's to repair, whatever it is. */
function refusedByTheFramework(c: Context, status: number) {
  switch (status) {
    case 413:
      return problem(c, 'too-large', 'Send a smaller body.');
    case 415:
      return problem(c, 'unsupported-media-type', 'Send the body as application/json.');
    case 400:
      return problem(c, 'malformed-body', 'Send the body as JSON (UTF-8).');
    default: {
      const message = 'The request cannot be understood. The description is at /v1/openapi.json.';
      return problem(c, 'invalid-request', message, { errors: atLeastOne([], 'body', message) });
    }
  }
}

/** The access log is written before the answer leaves; an answer that cannot be logged is not given. */
function logged(ports: HttpPorts): MiddlewareHandler<ApiEnv> {
  const log = new AccessLog(ports.state);
  return async (c, next) => {
    const at = ports.clock.now();
    await next();
    // What is refused for its number must not cost a row each.
    if (c.res.status === 429) return;
    const principal: Principal | undefined = c.get('principal');
    await log.write({
      at,
      requestId: c.get('requestId'),
      ...(principal ? { principal: principal.id, role: principal.role } : {}),
      method: c.req.method,
      route: routePath(c, -1),
      subjects: subjectsOf(c),
      status: c.res.status,
      milliseconds: ports.clock.now() - at,
    });
  };
}

/** Path parameters that the route's own schema took: anything else that somebody put into an address may be a raw account id. */
function subjectsOf(c: Context): Record<string, string> {
  const taken: unknown = c.req.valid('param' as never);
  return Object.fromEntries(
    Object.entries(taken ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' && !SECRET_PARAMETERS.has(name) ? [[name, value]] : [],
    ),
  );
}

/** Who may call a route: spread into `createRoute`. The description, the check and the tests read the same role. */
export const access = (ports: HttpPorts, role: Person['role']) => ({
  security: [{ token: [] }],
  'x-role': role,
  middleware: signedIn(ports, role),
});

/** Like `access`, for commands: an Idempotency-Key is required and heeded. */
export const command = (ports: HttpPorts, role: Person['role']) => ({
  ...access(ports, role),
  middleware: [signedIn(ports, role), idempotent(ports.state, ports.clock)],
});

/** For people without a login and for probes; limited by network address. */
export const publicAccess = (ports: HttpPorts) => ({
  security: [],
  'x-role': 'public' as const,
  middleware: byAddress(ports),
});

function signedIn(ports: HttpPorts, role: Person['role']): MiddlewareHandler<ApiEnv> {
  const limiter = new RateLimiter(ports.state, ports.clock);
  const unknown = async (c: Context, because: string) => {
    // Guessing tokens is limited by address.
    const rate = await limiter.take(`refused ${ports.addressOf(c)}`, PER_MINUTE.refused);
    if (rate.kind === 'exceeded') return tooMany(c, rate.retryAfterSeconds);
    return problem(c, 'unauthenticated', because, { headers: { 'www-authenticate': 'Bearer realm="lockstep"' } });
  };
  return async (c, next) => {
    const [scheme, token] = (c.req.header('authorization') ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token) return unknown(c, 'Send a token: Authorization: Bearer …');
    const answer = await ports.verify(token);
    if (answer.kind === 'refused') return unknown(c, answer.because);
    c.set('principal', answer.principal);
    if (!mayAct(answer.principal, role)) return problem(c, 'forbidden', `This needs the role ${role}; you are a ${answer.principal.role}.`);
    const rate = await limiter.take(`principal ${answer.principal.id}`, PER_MINUTE.signedIn);
    return rate.kind === 'exceeded' ? tooMany(c, rate.retryAfterSeconds) : next();
  };
}

function byAddress(ports: HttpPorts): MiddlewareHandler<ApiEnv> {
  const limiter = new RateLimiter(ports.state, ports.clock);
  return async (c, next) => {
    const rate = await limiter.take(`address ${ports.addressOf(c)}`, PER_MINUTE.public);
    return rate.kind === 'exceeded' ? tooMany(c, rate.retryAfterSeconds) : next();
  };
}

const tooMany = (c: Context, seconds: number) =>
  problem(c, 'too-many-requests', `Wait ${seconds} seconds.`, { headers: { 'retry-after': String(seconds) } });

/** What a command is sent with. */
export const commandHeaders = z.object({
  'idempotency-key': z.string().regex(IDEMPOTENCY_KEY.pattern, IDEMPOTENCY_KEY.message).openapi({
    // Spaces and tabs around a header's value are no part of it (RFC 9110, 5.5), and are gone before anybody here reads it.
    pattern: '^[ \\t]*[\\x21-\\x7e]{8,128}[ \\t]*$',
    description: 'New for each command, 8 to 128 visible ASCII characters; the same again for a retry.',
    example: '0192f0c1-7a52-7f3e-9c5a-2f6f3b0f5a11',
  }),
});
export const jsonBody = <T extends z.ZodType>(schema: T) => ({ required: true, content: { 'application/json': { schema } } });

/** Response shapes for `createRoute`: the answer, and a problem for everything else. */
export const answers = <T extends z.ZodType>(schema: T, description: string) => ({
  200: { description, content: { 'application/json': { schema } } },
  default: { description: 'A problem (RFC 9457).', content: { 'application/problem+json': { schema: Problem } } },
});
