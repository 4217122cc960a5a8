import { z } from 'zod';

/** The event contract, version 1. Unknown fields inside `data` are ignored; unknown types are rejected with a reason. */
export const STATUSES = ['ok', 'error', 'refused', 'limited', 'blocked'] as const;
export type Status = (typeof STATUSES)[number];
/** What our own action caused is never evidence. */
export const isEvidence = (status: Status): boolean => status !== 'limited' && status !== 'blocked';

/** Lengths in UTF-16 code units. What is longer is cut, not refused (functions/ingest/tidy.ts): nobody hides by being odd. */
export const LONGEST = {
  id: 512,
  word: 128,
  text: 1_048_576,
  apiKey: 512,
  address: 64,
  userAgent: 1_024,
  fingerprint: 512,
  domain: 255,
  name: 512,
} as const;
export const LARGEST_COUNT = 4_294_967_295;

const count = z.int().min(0).max(LARGEST_COUNT);
const unit = z.number().min(0).max(1);
const word = z.string().min(1).max(LONGEST.word);
const text = z.string().max(LONGEST.text);
const instant = z.iso.datetime({ offset: true });

export const UsageData = z.object({
  model: word,
  inputTokens: count,
  outputTokens: count,
  status: z.enum(STATUSES).default('ok'),
  durationMs: count.optional(),
  apiKey: z.string().max(LONGEST.apiKey).optional(),
  channel: word.optional(),
  network: z
    .object({ ip: z.string().max(LONGEST.address).optional(), asn: count.optional(), country: z.string().max(2).optional() })
    .optional(),
  client: z
    .object({ userAgent: z.string().max(LONGEST.userAgent).optional(), fingerprint: z.string().max(LONGEST.fingerprint).optional() })
    .optional(),
  prompt: z.object({ system: text.optional(), text: text.optional(), fingerprint: z.string().max(128).optional() }).optional(),
  tools: count.optional(),
  labels: z
    .object({
      task: word.optional(),
      language: word.optional(),
      elicitsReasoning: unit.optional(),
      grading: unit.optional(),
      scores: z.record(word, unit).optional(),
    })
    .optional(),
});
export type UsageData = z.infer<typeof UsageData>;

export const PLANS = ['free', 'trial', 'paid', 'enterprise'] as const;
export const PROGRAMS = ['education', 'research', 'startup'] as const;
export const VERIFICATIONS = ['none', 'email', 'phone', 'identity'] as const;
export const PROVIDER_STANDINGS = ['active', 'suspended', 'closed'] as const;

export const AccountData = z.object({
  createdAt: instant.optional(),
  organization: z.string().max(LONGEST.name).optional(),
  plan: z.enum(PLANS).optional(),
  program: z.enum(PROGRAMS).optional(),
  verification: z.enum(VERIFICATIONS).optional(),
  emailDomain: z.string().max(LONGEST.domain).optional(),
  paymentInstrument: z.string().max(LONGEST.name).optional(),
  paymentCountry: z.string().max(2).optional(),
  signupIp: z.string().max(LONGEST.address).optional(),
  signupFingerprint: z.string().max(LONGEST.fingerprint).optional(),
  referrer: z.string().max(LONGEST.name).optional(),
  standing: z.enum(PROVIDER_STANDINGS).optional(),
});
export type AccountData = z.infer<typeof AccountData>;

const envelope = {
  specversion: z.literal('1.0'),
  source: z.string().min(1).max(LONGEST.id),
  id: z.string().min(1).max(LONGEST.id),
  time: instant,
  subject: z.string().min(1).max(LONGEST.id),
};
export const UsageEvent = z.object({ ...envelope, type: z.literal('lockstep.usage.v1'), data: UsageData });
export const AccountEvent = z.object({ ...envelope, type: z.literal('lockstep.account.v1'), data: AccountData });
export const ReleaseEvent = z.object({ ...envelope, type: z.literal('lockstep.release.v1'), data: z.object({}).optional() });
export const LockstepEvent = z.discriminatedUnion('type', [UsageEvent, AccountEvent, ReleaseEvent]);
export type UsageEvent = z.infer<typeof UsageEvent>;
export type AccountEvent = z.infer<typeof AccountEvent>;
export type ReleaseEvent = z.infer<typeof ReleaseEvent>;
export type LockstepEvent = z.infer<typeof LockstepEvent>;
