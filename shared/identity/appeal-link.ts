import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { AppealSubject } from '../domain/cases/appeal';
import { DAY } from '../domain/time';
import { accountKey, caseId } from './ids';

/** Signing keys by id; the first signs, all verify. To rotate: put a new one in front, drop the old one when its links have expired. */
export type AppealKeys = readonly { id: string; secret: string }[];
export type LinkCheck =
  | { kind: 'valid'; subject: AppealSubject; expiresAt: number }
  | { kind: 'expired'; because: string }
  | { kind: 'invalid'; because: string };

const Claims = z.object({ sub: z.string().min(1), case: z.string().min(1), seq: z.int().min(1), exp: z.number() });
const AUDIENCE = 'lockstep-appeal';
const bytes = (secret: string): Uint8Array => new TextEncoder().encode(secret);

/** A link that works without a login for `validDays`. It names the account by its keyed hash only. */
export async function signAppealLink(
  subject: AppealSubject,
  options: { keys: AppealKeys; baseUrl: string; now: number; validDays: number },
): Promise<string> {
  const { keys, baseUrl, now, validDays } = options;
  const key = keys[0];
  if (!key) throw new Error('no appeal key is configured');
  const token = await new SignJWT({ case: subject.case, seq: subject.sequence })
    .setProtectedHeader({ alg: 'HS256', kid: key.id })
    .setSubject(subject.account)
    .setAudience(AUDIENCE)
    .setExpirationTime(Math.floor((now + validDays * DAY) / 1000))
    .sign(bytes(key.secret));
  return `${baseUrl}#${token}`;
}

export async function checkAppealToken(token: string, { keys, now }: { keys: AppealKeys; now: number }): Promise<LinkCheck> {
  try {
    const secretOf = ({ kid }: { kid?: string }): Uint8Array => {
      const key = keys.find((one) => one.id === kid);
      if (!key) throw new errors.JWSSignatureVerificationFailed('signed with a key that is not known');
      return bytes(key.secret);
    };
    const { payload } = await jwtVerify(token, secretOf, { audience: AUDIENCE, algorithms: ['HS256'], currentDate: new Date(now) });
    const claims = Claims.parse(payload);
    return {
      kind: 'valid',
      subject: { account: accountKey(claims.sub), case: caseId(claims.case), sequence: claims.seq },
      expiresAt: claims.exp * 1000,
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      return { kind: 'expired', because: 'this link has expired; ask the support of your provider for a new one' };
    if (error instanceof errors.JOSEError || error instanceof z.ZodError)
      return { kind: 'invalid', because: 'this link is not one of ours, or was changed on its way' };
    throw error;
  }
}
