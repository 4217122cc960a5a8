import type { AccountData, UsageData } from '../contract/event';
import type { AccountFacts } from '../domain/account';
import { hashText, type KeyedHasher } from './keyed-hash';

/** What stands for a client build: its print and what it calls itself. */
export const clientOf = (hasher: KeyedHasher, { fingerprint = '', userAgent = '' }: NonNullable<UsageData['client']>): number =>
  hasher.object('client', `${fingerprint}\n${userAgent}`);

/** Facts of an account as they are kept: identifiers hashed, what was not given left out. */
export function factsOf(data: AccountData, hasher: KeyedHasher): AccountFacts {
  const hashed = (type: Parameters<KeyedHasher['object']>[0], value: string | undefined) =>
    value === undefined ? undefined : hashText(hasher.object(type, value));
  const signup = data.signupIp === undefined ? undefined : hasher.address(data.signupIp);
  const facts: AccountFacts = {
    createdAt: data.createdAt === undefined ? undefined : Date.parse(data.createdAt),
    organization: hashed('organization', data.organization),
    plan: data.plan,
    program: data.program,
    verification: data.verification,
    emailDomain: hashed('domain', data.emailDomain?.toLowerCase()),
    paymentInstrument: hashed('payment', data.paymentInstrument),
    paymentIssuer: /^\d{6}/.test(data.paymentInstrument ?? '') ? hashed('issuer', data.paymentInstrument?.slice(0, 6)) : undefined,
    paymentCountry: data.paymentCountry,
    signupIp: signup && hashText(signup.ip),
    signupPrefix: signup && signup.prefix !== 0 ? hashText(signup.prefix) : undefined,
    signupFingerprint: hashed('signup-client', data.signupFingerprint),
    referrer: hashed('referrer', data.referrer),
    standing: data.standing,
  };
  for (const name of Object.keys(facts)) if (facts[name as keyof AccountFacts] === undefined) delete facts[name as keyof AccountFacts];
  return facts;
}
