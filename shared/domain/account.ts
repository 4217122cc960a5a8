import { z } from 'zod';
import { NO_CLOUD, PLANS, PROGRAMS, PROVIDER_STANDINGS, VERIFICATIONS } from '../contract/event';
import type { AccountKey, Hash64, SealedId } from '../identity/ids';

/** What the provider told us about an account, identifiers hashed. Every field is a last-writer-wins register. */
export const AccountFacts = z.object({
  createdAt: z.number().optional(),
  organization: z.custom<Hash64>().optional(),
  plan: z.enum(PLANS).optional(),
  program: z.enum(PROGRAMS).optional(),
  verification: z.enum(VERIFICATIONS).optional(),
  emailDomain: z.custom<Hash64>().optional(),
  /** Anybody may have an address under that domain: given whenever the domain is. */
  publicMail: z.boolean().optional(),
  paymentInstrument: z.custom<Hash64>().optional(),
  /** First six characters of the instrument, hashed: issuers sell cards in runs. */
  paymentIssuer: z.custom<Hash64>().optional(),
  paymentCountry: z.string().optional(),
  signupIp: z.custom<Hash64>().optional(),
  signupPrefix: z.custom<Hash64>().optional(),
  signupFingerprint: z.custom<Hash64>().optional(),
  referrer: z.custom<Hash64>().optional(),
  standing: z.enum(PROVIDER_STANDINGS).optional(),
  /** The account is a tenant of another cloud (a word of `CLOUDS`, or the provider's own); which, hashed; sealed, to name it to that cloud alone. */
  cloud: z.string().optional(),
  tenant: z.custom<Hash64>().optional(),
  tenantSealed: z.custom<SealedId>().optional(),
  billingAccount: z.custom<Hash64>().optional(),
  billingSealed: z.custom<SealedId>().optional(),
});
export type AccountFacts = z.infer<typeof AccountFacts>;
/** Facts that the events of requests may bring as well. */
export type Tenancy = Pick<AccountFacts, 'cloud' | 'tenant' | 'tenantSealed' | 'billingAccount' | 'billingSealed'>;

/** Stands for a cloud where only the tenant or who pays for it was told. */
export const UNNAMED_CLOUD = 'other';
/**
 * The cloud whose tenant an account is; undefined of a first-party account. Whoever is somebody else's customer is that cloud's to act
 * on: it is referred to its abuse desk, and nothing is asked of our own provider.
 */
export const cloudOf = ({
  cloud,
  tenant,
  billingAccount,
}: Pick<AccountFacts, 'cloud' | 'tenant' | 'billingAccount'>): string | undefined =>
  cloud === NO_CLOUD ? undefined : (cloud ?? (tenant === undefined && billingAccount === undefined ? undefined : UNNAMED_CLOUD));

/** The e-mail domain where it says whose account it is: none of a public mail provider, however few others use it. */
export const ownDomainOf = ({ emailDomain, publicMail }: Pick<AccountFacts, 'emailDomain' | 'publicMail'>): Hash64 | undefined =>
  publicMail === true ? undefined : emailDomain;

/** Where an account stands in our own workflow. An account with no record is `active`. */
export const STANDINGS = ['active', 'watched', 'in-review', 'warned', 'challenged', 'limited', 'key-disabled', 'suspended'] as const;
export type Standing = (typeof STANDINGS)[number];

export type KnownAccount = { account: AccountKey; sealed: SealedId; facts: AccountFacts };
