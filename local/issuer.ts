import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { z } from 'zod';
import { PERSON_ROLES } from '../shared/domain/person';
import { ONE_LINE } from '../shared/domain/plain-text';
import type { Clock } from '../shared/ports';

/**
 * The issuer of development: a small OpenID provider (authorization code with PKCE, RFC 7636) on loopback, so that the console and
 * the API go the same way here as with Cognito. Its private key is made at start and lives in memory only. Whoever knows
 * the start code that the process printed may be anybody: that is what development is for, and nothing else can be one.
 */
export type LocalIssuer = {
  routes: Hono;
  issuer: string;
  jwks: JSONWebKeySet;
  startCode: string;
  token(name: string, role: (typeof PERSON_ROLES)[number]): Promise<string>;
};

export const CLIENT_ID = 'lockstep-console';
const CODE_LIVES_MS = 60_000;
const TOKEN_LIVES_S = 8 * 3600;

const AuthorizeQuery = z.object({
  response_type: z.literal('code'),
  client_id: z.literal(CLIENT_ID),
  redirect_uri: z.url(),
  code_challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  code_challenge_method: z.literal('S256'),
  state: z.string().max(512).default(''),
  nonce: z.string().max(512).optional(),
  login_hint: z.string().max(128).default(''),
});
const Choice = AuthorizeQuery.extend({
  role: z.enum(PERSON_ROLES),
  name: z.string().regex(ONE_LINE).trim().min(1).max(64),
  start: z.string(),
});
const Exchange = z.object({
  grant_type: z.literal('authorization_code'),
  code: z.string(),
  redirect_uri: z.string(),
  client_id: z.literal(CLIENT_ID),
  code_verifier: z.string(),
});
/** For a shell: whoever has the start code gets a token without a browser (RFC 6749, 4.4). */
const Direct = Choice.pick({ role: true, name: true }).extend({ grant_type: z.literal('client_credentials'), client_secret: z.string() });
type Granted = Pick<z.infer<typeof Choice>, 'role' | 'name' | 'redirect_uri' | 'code_challenge' | 'nonce'> & { until: number };

export async function localIssuer(origin: string, clock: Clock): Promise<LocalIssuer> {
  const issuer = `${origin}/dev/oidc`;
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const kid = randomBytes(8).toString('hex');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig', kid }] };
  const startCode = randomBytes(9).toString('base64url');
  const codes = new Map<string, Granted>();

  const token = (name: string, role: Granted['role'], nonce?: string): Promise<string> => {
    const now = Math.floor(clock.now() / 1000);
    return new SignJWT({ name, groups: [role], ...(nonce === undefined ? {} : { nonce }) })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(issuer)
      .setAudience(CLIENT_ID)
      .setSubject(`${name.normalize('NFKC').toLowerCase().replace(/\s+/g, '-')}@local`)
      .setIssuedAt(now)
      .setExpirationTime(now + TOKEN_LIVES_S)
      .sign(privateKey);
  };

  const routes = new Hono();
  routes.get('/.well-known/openid-configuration', (c) =>
    c.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
    }),
  );
  routes.get('/jwks', (c) => c.json(jwks));
  routes.get('/authorize', (c) => {
    const asked = AuthorizeQuery.safeParse(c.req.query());
    if (!asked.success || new URL(asked.data.redirect_uri).origin !== origin)
      return c.text('This sign-in request is not one of the console’s.', 400);
    return c.html(signInPage(asked.data, ''));
  });
  routes.post('/authorize', async (c) => {
    const chosen = Choice.safeParse(await c.req.parseBody());
    if (!chosen.success || new URL(chosen.data.redirect_uri).origin !== origin)
      return c.text('This sign-in request is not one of the console’s.', 400);
    const { start, role, name, redirect_uri, code_challenge, nonce, state } = chosen.data;
    if (!sameText(start, startCode)) return c.html(signInPage(chosen.data, 'That is not the start code that this process printed.'), 403);
    const code = randomBytes(24).toString('base64url');
    codes.set(code, { role, name, redirect_uri, code_challenge, nonce, until: clock.now() + CODE_LIVES_MS });
    const back = new URL(redirect_uri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', state);
    back.searchParams.set('iss', issuer);
    return c.redirect(back.toString(), 303);
  });
  routes.post('/token', async (c) => {
    const body = await c.req.parseBody();
    const direct = Direct.safeParse(body);
    if (direct.success) {
      if (!sameText(direct.data.client_secret, startCode)) return c.json({ error: 'invalid_client' }, 401);
      return c.json(answerWith(await token(direct.data.name, direct.data.role)));
    }
    const asked = Exchange.safeParse(body);
    const granted = asked.success ? codes.get(asked.data.code) : undefined;
    if (!asked.success || !granted) return c.json({ error: 'invalid_grant' }, 400);
    codes.delete(asked.data.code);
    const challenge = createHash('sha256').update(asked.data.code_verifier).digest('base64url');
    if (granted.until < clock.now() || granted.redirect_uri !== asked.data.redirect_uri || !sameText(challenge, granted.code_challenge))
      return c.json({ error: 'invalid_grant' }, 400);
    return c.json(answerWith(await token(granted.name, granted.role, granted.nonce)));
  });
  return { routes, issuer, jwks, startCode, token };
}

const answerWith = (signed: string) => ({ access_token: signed, id_token: signed, token_type: 'Bearer', expires_in: TOKEN_LIVES_S });

const sameText = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

const NAMES = { viewer: 'Vera Viewer', reviewer: 'Rae Reviewer', admin: 'Ada Admin' } as const;

function signInPage(asked: z.infer<typeof AuthorizeQuery>, wrong: string) {
  const { login_hint, ...fields } = asked;
  const hidden = Object.entries(fields).filter(([name, value]) => typeof value === 'string' && name in AuthorizeQuery.shape);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Sign in · Lockstep (development)</title>
        <link rel="stylesheet" href="/sign-in.css" />
      </head>
      <body>
        <main>
          <h1>Lockstep</h1>
          <p>Development sign-in: choose who to be. Two people are needed to approve a large case, so sign in as two.</p>
          ${wrong === '' ? '' : html`<p role="alert">${wrong}</p>`}
          <form method="post">
            ${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
            <fieldset>
              <legend>Role</legend>
              ${PERSON_ROLES.map((role) => html`<label><input type="radio" name="role" value="${role}" ${role === 'reviewer' ? 'checked' : ''} /> ${role}</label>`)}
            </fieldset>
            <label>Name <input name="name" value="${NAMES.reviewer}" maxlength="64" required /></label>
            <label>Start code <input name="start" value="${login_hint}" autocomplete="off" required /></label>
            <button>Sign in</button>
          </form>
        </main>
      </body>
    </html>`;
}
