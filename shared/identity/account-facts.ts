import type { AccountData, TenancyData, UsageData } from '../contract/event';
import type { AccountFacts, Tenancy } from '../domain/account';
import { hashText, type KeyedHasher } from './keyed-hash';
import { isPublicMail } from './public-mail';

/** What stands for a client build: its print and what it calls itself. */
export const clientOf = (hasher: KeyedHasher, { fingerprint = '', userAgent = '' }: NonNullable<UsageData['client']>): number =>
  hasher.object('client', `${fingerprint}\n${userAgent}`);

/** What people call the clouds that sell other companies' models; any other word stays as it is. */
const CLOUD_OF: Readonly<Record<string, string>> = {
  aws: 'bedrock',
  'aws-bedrock': 'bedrock',
  'amazon-bedrock': 'bedrock',
  gcp: 'vertex',
  'vertex-ai': 'vertex',
  'google-vertex': 'vertex',
  azure: 'foundry',
  'azure-openai': 'foundry',
  'ai-foundry': 'foundry',
  'azure-ai-foundry': 'foundry',
  'microsoft-foundry': 'foundry',
};

/** A tenant's identity: hashed as everything is, and sealed, because its cloud has to be told whom it is about. */
export function tenancyOf({ cloud, tenant, billingAccount }: TenancyData, hasher: KeyedHasher): Tenancy {
  const made: Tenancy = {};
  if (cloud !== undefined) made.cloud = CLOUD_OF[cloud] ?? cloud;
  if (tenant) {
    const { hash, sealed } = hasher.named('tenant', tenant);
    Object.assign(made, { tenant: hash, tenantSealed: sealed });
  }
  if (billingAccount) {
    const { hash, sealed } = hasher.named('billing-account', billingAccount);
    Object.assign(made, { billingAccount: hash, billingSealed: sealed });
  }
  return made;
}

/** Facts of an account as they are kept: identifiers hashed, what was not given left out. */
export function factsOf(data: AccountData, hasher: KeyedHasher): AccountFacts {
  const hashed = (type: Parameters<KeyedHasher['object']>[0], value: string | undefined) =>
    value === undefined ? undefined : hashText(hasher.object(type, value));
  const domain = data.emailDomain?.toLowerCase();
  const signup = data.signupIp === undefined ? undefined : hasher.address(data.signupIp);
  const facts: AccountFacts = {
    createdAt: data.createdAt === undefined ? undefined : Date.parse(data.createdAt),
    organization: hashed('organization', data.organization),
    plan: data.plan,
    program: data.program,
    verification: data.verification,
    emailDomain: hashed('domain', domain),
    publicMail: domain === undefined ? undefined : isPublicMail(domain),
    paymentInstrument: hashed('payment', data.paymentInstrument),
    paymentIssuer: /^\d{6}/.test(data.paymentInstrument ?? '') ? hashed('issuer', data.paymentInstrument?.slice(0, 6)) : undefined,
    paymentCountry: data.paymentCountry,
    signupIp: signup && hashText(signup.ip),
    signupPrefix: signup && signup.prefix !== 0 ? hashText(signup.prefix) : undefined,
    signupFingerprint: hashed('signup-client', data.signupFingerprint),
    referrer: hashed('referrer', data.referrer),
    standing: data.standing,
    ...tenancyOf(data, hasher),
  };
  for (const name of Object.keys(facts)) if (facts[name as keyof AccountFacts] === undefined) delete facts[name as keyof AccountFacts];
  return facts;
}
