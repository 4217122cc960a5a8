import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { tokenVerifier } from '../../shared/http/token';
import { CLIENT_ID, localIssuer } from '../issuer';
import { API_PATHS } from '../server';
import { httpGateway, type Route } from './http-gateway';

const LOOPBACK = '127.0.0.1';
const BUILT_CONSOLE = join(__dirname, '..', '..', 'dist', 'console');

/** One loopback origin in the place of CloudFront, the HTTP API and the identity provider. */
export async function serveSite(port: number) {
  const origin = `http://${LOOPBACK}:${port}`;
  const clock = { now: () => Date.now() };
  const issuer = await localIssuer(origin, clock);
  const verify = tokenVerifier({ issuer: issuer.issuer, audience: CLIENT_ID, keys: { kind: 'local', jwks: issuer.jwks } }, clock);
  let gateway: ReturnType<typeof httpGateway> | undefined;

  const site = new Hono();
  // A page elsewhere that points its name at loopback (DNS rebinding) sends its own name as the host.
  site.use(async (c, next) =>
    c.req.header('host') === `${LOOPBACK}:${port}` ? next() : c.text('This server answers on loopback only.', 421),
  );
  for (const path of API_PATHS)
    site.all(path, async (c) => (gateway ? gateway(c.req.raw, getConnInfo(c).remote.address ?? 'unknown') : c.text('starting', 503)));
  site.get('/dev/oidc/.well-known/jwks.json', (c) => c.json(issuer.jwks));
  site.route('/dev/oidc', issuer.routes);
  site.get('/config.json', (c) => c.json({ issuer: issuer.issuer, clientId: CLIENT_ID, api: '', development: true }));
  site.use(serveStatic({ root: BUILT_CONSOLE }));
  site.get('*', serveStatic({ path: 'index.html', root: BUILT_CONSOLE }));

  const server = serve({ fetch: site.fetch, port, hostname: LOOPBACK });
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    origin,
    issuer: issuer.issuer,
    audience: CLIENT_ID,
    consoleUrl: `${origin}/#start=${issuer.startCode}`,
    token: issuer.token,
    answer: (routes: readonly Route[]): void => {
      gateway = httpGateway(routes, async (token) => (await verify(token)).kind === 'principal');
    },
    stop: () =>
      new Promise<void>((resolve) => {
        if ('closeAllConnections' in server) server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
