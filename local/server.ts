import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { serve as listen } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { tokenVerifier } from '../shared/http/token';
import { MemoryTable } from '../shared/memory/memory-table';
import type { Table } from '../shared/ports';
import { composeApi, type HandlerPorts } from './compose-api';
import { CLIENT_ID, localIssuer } from './issuer';

export type Served = {
  /** The console with the start code in it: what to print and to open. */
  consoleUrl: string;
  origin: string;
  /** Where it serves: not the port that was asked for when that was taken. */
  port: number;
  /** A bearer token for scripts and tests. */
  token: (name: string, role: 'viewer' | 'reviewer' | 'admin') => Promise<string>;
  close(): Promise<void>;
};

/** A request that was answered. `ms`: how long it took; `cpuMs`: of the process, meanwhile; sizes in bytes, where they are known. */
export type SeenRequest = { method: string; path: string; status: number; ms: number; cpuMs: number; asked: number; answered: number };

const LOOPBACK = '127.0.0.1';
/** What the API answers; everything else is the console's, or the issuer's. */
export const API_PATHS = ['/v1/*', '/taxii2', '/taxii2/*'] as const;
const BUILT_CONSOLE = join(process.env.LOCKSTEP_ROOT ?? join(__dirname, '..'), 'dist/console');

/**
 * API, console and the development issuer on loopback. `port` 0 takes any free one. Rate counters, idempotency rows and the
 * access log are kept on the wall clock, whatever clock the pipeline goes by.
 */
export async function serve(options: {
  ports: (origin: string) => HandlerPorts;
  port: number;
  report?: (failure: { route: string; error: unknown }) => void;
  /** Is shown every request to the API once it is answered. */
  seen?: (request: SeenRequest) => void;
  /** Where rates, keys of commands and the access log are kept; in memory without it. */
  state?: Table;
}): Promise<Served> {
  const wall = { now: () => Date.now() };
  const port = await freePort(options.port);
  const origin = `http://${LOOPBACK}:${port}`;
  const issuer = await localIssuer(origin, wall);
  const api = composeApi(
    {
      verify: tokenVerifier({ issuer: issuer.issuer, audience: CLIENT_ID, keys: { kind: 'local', jwks: issuer.jwks } }, wall),
      state: options.state ?? new MemoryTable(wall),
      clock: wall,
      newRequestId: () => randomUUID(),
      addressOf: (c) => getConnInfo(c).remote.address ?? 'unknown',
      report: options.report ?? (({ route, error }) => console.error(`${route}:`, error)),
    },
    options.ports(origin),
  );

  const site = new Hono();
  // A page elsewhere that points its name at loopback (DNS rebinding) sends its own name as the host.
  site.use(async (c, next) =>
    c.req.header('host') === `${LOOPBACK}:${port}` ? next() : c.text('This server answers on loopback only.', 421),
  );
  const { seen } = options;
  if (seen)
    site.use('/v1/*', async (c, next) => {
      const [began, cpu] = [performance.now(), process.cpuUsage()];
      await next();
      const { user, system } = process.cpuUsage(cpu);
      seen({
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        ms: performance.now() - began,
        cpuMs: (user + system) / 1_000,
        asked: Number(c.req.header('content-length') ?? 0),
        answered: Number(c.res.headers.get('content-length') ?? 0),
      });
    });
  for (const path of API_PATHS) site.all(path, (c) => api.fetch(c.req.raw, c.env));
  site.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      referrerPolicy: 'no-referrer',
      strictTransportSecurity: false,
    }),
  );
  site.route('/dev/oidc', issuer.routes);
  site.get('/config.json', (c) => c.json({ issuer: issuer.issuer, clientId: CLIENT_ID, api: '', development: true }));
  site.use(serveStatic({ root: BUILT_CONSOLE }));
  // The console routes by path: every other address is its page.
  site.get('*', serveStatic({ path: 'index.html', root: BUILT_CONSOLE }));

  const server = listen({ fetch: site.fetch, port, hostname: LOOPBACK });
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    origin,
    port,
    consoleUrl: `${origin}/#start=${issuer.startCode}`,
    token: issuer.token,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        // Browsers keep connections; whoever closes does not wait for them.
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** Ports tried from the one that was asked for on. */
const TRIED = 20;

/** The port that was asked for, or the next free one; 0: any. */
async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + TRIED; port++) {
    const free = await listenable(port);
    if (free !== undefined) return free;
  }
  throw new Error(`Ports ${wanted} to ${wanted + TRIED - 1} are taken: give another with --port.`);
}

const listenable = (port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    probe.listen(port, LOOPBACK, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
