import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Person } from '../../shared/domain/person';
import { makeApi } from '../../shared/http/api';
import { cursors } from '../../shared/http/cursor';
import { tokenVerifier } from '../../shared/http/token';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import type { Side } from './sides';
import { FIXTURE_NOW } from './worlds/fixture-world';

/** A door for tests: real tokens from an issuer of the test's own, the wall clock in the test's hands, failures kept. */
export async function openDoor(side: Side) {
  const clock = new SimulatedClock(FIXTURE_NOW);
  const state = await side.table(clock);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const issuer = 'https://issuer.test';
  const verify = tokenVerifier(
    { issuer, audience: 'lockstep', keys: { kind: 'local', jwks: { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256' }] } } },
    clock,
  );
  const failures: unknown[] = [];
  let requests = 0;
  const http = {
    verify,
    state,
    clock,
    newRequestId: () => `request-${++requests}`,
    addressOf: () => '192.0.2.1',
    report: (failure: { error: unknown }) => void failures.push(failure.error),
  };
  const sign = (claims: JWTPayload, key = privateKey) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(key);
  const seconds = Math.floor(FIXTURE_NOW / 1000);
  const token = (role: Person['role'], more: JWTPayload = {}) =>
    sign({
      iss: issuer,
      aud: 'lockstep',
      sub: `${role}-1`,
      name: `The ${role}`,
      roles: [role],
      iat: seconds,
      exp: seconds + 3600,
      ...more,
    });
  return { http, clock, state, failures, sign, token, issuer, api: makeApi(http), cursors: cursors('a secret of the test, long enough') };
}
export type Door = Awaited<ReturnType<typeof openDoor>>;
