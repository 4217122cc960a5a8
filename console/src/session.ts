import * as oauth from 'oauth4webapi';

/**
 * Signing in by OpenID Connect (authorization code with PKCE): Cognito on AWS, the local issuer in development, one code path.
 * The token lives in this tab's session storage and goes nowhere but to the API.
 */
export type Config = { issuer: string; clientId: string; api: string; development?: boolean };
type Stored = { token: string; expiresAt: number };
type Pending = { verifier: string; state: string; nonce: string; from: string };

const SESSION = 'session';
const PENDING = 'signing-in';
const START = 'start-code';

const read = <T>(name: string): T | undefined => {
  const text = sessionStorage.getItem(name);
  return text === null ? undefined : JSON.parse(text);
};

export async function loadConfig(): Promise<Config> {
  const answer = await fetch('/config.json');
  if (!answer.ok) throw new Error(`The console’s configuration cannot be read (${answer.status}).`);
  return answer.json();
}

/** The token, if there is one that will last another half minute. */
export function currentToken(): string | undefined {
  const stored = read<Stored>(SESSION);
  return stored && stored.expiresAt > Date.now() + 30_000 ? stored.token : undefined;
}

export function signOut(): void {
  sessionStorage.removeItem(SESSION);
  location.assign('/');
}

/** The local process prints a link with its start code in the fragment; it is kept for the sign-in page and taken off the address. */
export function keepStartCode(): void {
  const start = new URLSearchParams(location.hash.slice(1)).get('start');
  if (start === null) return;
  sessionStorage.setItem(START, start);
  history.replaceState(null, '', location.pathname + location.search);
}

const discover = async (config: Config): Promise<oauth.AuthorizationServer> => {
  const issuer = new URL(config.issuer);
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', [oauth.allowInsecureRequests]: config.development === true });
  return oauth.processDiscoveryResponse(issuer, answer);
};
const redirectUri = (): string => `${location.origin}/signed-in`;

export async function signIn(config: Config): Promise<never> {
  const server = await discover(config);
  const pending: Pending = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    from: location.pathname + location.search,
  };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const to = new URL(server.authorization_endpoint ?? '');
  const parameters = {
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    scope: 'openid profile',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: 'S256',
    login_hint: sessionStorage.getItem(START) ?? '',
  };
  for (const [name, value] of Object.entries(parameters)) to.searchParams.set(name, value);
  location.assign(to);
  return new Promise(() => undefined);
}

/** Back from the issuer: exchanges the code and answers where the person wanted to go. */
export async function finishSignIn(config: Config): Promise<string> {
  const pending = read<Pending>(PENDING);
  if (!pending) return '/';
  sessionStorage.removeItem(PENDING);
  const server = await discover(config);
  const client = { client_id: config.clientId };
  const parameters = oauth.validateAuthResponse(server, client, new URL(location.href), pending.state);
  const insecure = { [oauth.allowInsecureRequests]: config.development === true };
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    redirectUri(),
    pending.verifier,
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: pending.nonce,
    requireIdToken: true,
  });
  // The identity token names audience and groups with every issuer; Cognito's access token has no audience.
  const stored: Stored = { token: tokens.id_token ?? '', expiresAt: Date.now() + (tokens.expires_in ?? 3600) * 1000 };
  sessionStorage.setItem(SESSION, JSON.stringify(stored));
  return pending.from.startsWith('/signed-in') ? '/' : pending.from;
}
