import { z } from 'zod';
import { PLANS, PROGRAMS, PROVIDER_STANDINGS, VERIFICATIONS } from '../contract/event';
import type { AccountKey, Hash64, SealedId } from '../identity/ids';

/** What the provider told us about an account, identifiers hashed. Every field is a last-writer-wins register (fact-log.ts). */
export const AccountFacts = z.object({
  createdAt: z.number().optional(),
  organization: z.custom<Hash64>().optional(),
  plan: z.enum(PLANS).optional(),
  program: z.enum(PROGRAMS).optional(),
  verification: z.enum(VERIFICATIONS).optional(),
  emailDomain: z.custom<Hash64>().optional(),
  paymentInstrument: z.custom<Hash64>().optional(),
  /** First six characters of the instrument, hashed: issuers sell cards in runs. */
  paymentIssuer: z.custom<Hash64>().optional(),
  paymentCountry: z.string().optional(),
  signupIp: z.custom<Hash64>().optional(),
  signupPrefix: z.custom<Hash64>().optional(),
  signupFingerprint: z.custom<Hash64>().optional(),
  referrer: z.custom<Hash64>().optional(),
  standing: z.enum(PROVIDER_STANDINGS).optional(),
});
export type AccountFacts = z.infer<typeof AccountFacts>;

/** Where an account stands in our own workflow. An account with no record is `active`. */
export const STANDINGS = ['active', 'watched', 'in-review', 'warned', 'challenged', 'limited', 'key-disabled', 'suspended'] as const;
export type Standing = (typeof STANDINGS)[number];

export type KnownAccount = { account: AccountKey; sealed: SealedId; facts: AccountFacts };
