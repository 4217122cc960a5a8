import { createLocalJWKSet, createRemoteJWKSet, errors, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { LONGEST_PERSON_ID, PersonId } from '../domain/person';
import { printable } from '../domain/plain-text';
import type { Clock } from '../ports';
import { highestRole, type Principal } from './principal';

/** What a bearer token says. An unreachable key server throws: that is an outage, not a wrong token. */
export type TokenAnswer = { kind: 'principal'; principal: Principal } | { kind: 'refused'; because: string };
export type TokenVerifier = (token: string) => Promise<TokenAnswer>;

export type TrustedIssuer = {
  /** Exactly the `iss` of its tokens. */
  issuer: string;
  /** `aud` of a token, or `client_id` of one that has none (a Cognito access token). */
  audience: string;
  keys: { kind: 'remote'; url: string } | { kind: 'local'; jwks: JSONWebKeySet };
};

/** Asymmetric algorithms only: a shared secret or `none` can never verify. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const TOLERATED_SECONDS = 5;

const Claims = z.object({
  /** What the ledger will name the person by: it must be able to. */
  sub: PersonId,
  name: z.string().optional(),
  email: z.string().optional(),
  'cognito:groups': z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  roles: z.array(z.string()).optional(),
});

/** Trusts one OIDC issuer: Cognito or any other on AWS, the local issuer in development. */
export function tokenVerifier(trusted: TrustedIssuer, clock: Clock): TokenVerifier {
  const keys: JWTVerifyGetKey =
    trusted.keys.kind === 'remote' ? createRemoteJWKSet(new URL(trusted.keys.url)) : createLocalJWKSet(trusted.keys.jwks);
  return async (token) => {
    const verified = await verify(token, keys, trusted, clock);
    if (verified.kind === 'refused') return verified;
    const claims = Claims.safeParse(verified.payload);
    if (!claims.success)
      return { kind: 'refused', because: `The token does not say who it is for: sub, 1 to ${LONGEST_PERSON_ID} visible characters.` };
    const { data } = claims;
    const role = highestRole([...(data['cognito:groups'] ?? []), ...(data.groups ?? []), ...(data.roles ?? [])]);
    if (!role) return { kind: 'refused', because: 'The token names no Lockstep role (viewer, reviewer, admin) in groups or roles.' };
    return { kind: 'principal', principal: { id: data.sub, name: shown(data.name ?? data.email ?? data.sub), role } };
  };
}

/** For the corner of the page. */
const shown = (name: string): string => printable(name).slice(0, LONGEST_PERSON_ID);

async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: TrustedIssuer,
  clock: Clock,
): Promise<{ kind: 'verified'; payload: JWTPayload } | { kind: 'refused'; because: string }> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      algorithms: ALGORITHMS,
      clockTolerance: TOLERATED_SECONDS,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'exp'],
    });
    // An access token of Cognito's has no `aud`. Where there is one, it alone says whom the token is for.
    const audiences = [payload.aud ?? payload.client_id ?? []].flat();
    if (!audiences.includes(audience)) return { kind: 'refused', because: 'The token is for another audience.' };
    return { kind: 'verified', payload };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { kind: 'refused', because: 'The token has expired. Sign in again.' };
    // A key server that cannot be reached or answers nonsense is an outage.
    if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || !(error instanceof errors.JOSEError)) throw error;
    return { kind: 'refused', because: 'The token is not valid here (signature, issuer or form).' };
  }
}
