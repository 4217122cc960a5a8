import { z } from 'zod';

/** The event contract, version 1. Unknown fields inside `data` are ignored; unknown types are rejected with a reason. */
export const STATUSES = ['ok', 'error', 'refused', 'limited', 'blocked'] as const;
export type Status = (typeof STATUSES)[number];
/** What our own action caused is never evidence. */
export const isEvidence = (status: Status): boolean => status !== 'limited' && status !== 'blocked';

const count = z.int().min(0).max(4_294_967_295);
const unit = z.number().min(0).max(1);
const word = z.string().min(1).max(128);
const text = z.string().max(1_048_576);
const instant = z.iso.datetime({ offset: true });

export const UsageData = z.object({
  model: word,
  inputTokens: count,
  outputTokens: count,
  status: z.enum(STATUSES).default('ok'),
  durationMs: count.optional(),
  apiKey: z.string().max(512).optional(),
  channel: word.optional(),
  network: z.object({ ip: z.string().max(64).optional(), asn: count.optional(), country: z.string().max(2).optional() }).optional(),
  client: z.object({ userAgent: z.string().max(1024).optional(), fingerprint: z.string().max(512).optional() }).optional(),
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
  organization: z.string().max(512).optional(),
  plan: z.enum(PLANS).optional(),
  program: z.enum(PROGRAMS).optional(),
  verification: z.enum(VERIFICATIONS).optional(),
  emailDomain: z.string().max(255).optional(),
  paymentInstrument: z.string().max(512).optional(),
  paymentCountry: z.string().max(2).optional(),
  signupIp: z.string().max(64).optional(),
  signupFingerprint: z.string().max(512).optional(),
  referrer: z.string().max(512).optional(),
  standing: z.enum(PROVIDER_STANDINGS).optional(),
});
export type AccountData = z.infer<typeof AccountData>;

const envelope = {
  specversion: z.literal('1.0'),
  source: z.string().min(1).max(512),
  id: z.string().min(1).max(512),
  time: instant,
  subject: z.string().min(1).max(512),
};
export const UsageEvent = z.object({ ...envelope, type: z.literal('lockstep.usage.v1'), data: UsageData });
export const AccountEvent = z.object({ ...envelope, type: z.literal('lockstep.account.v1'), data: AccountData });
export const ReleaseEvent = z.object({ ...envelope, type: z.literal('lockstep.release.v1'), data: z.object({}).optional() });
export const LockstepEvent = z.discriminatedUnion('type', [UsageEvent, AccountEvent, ReleaseEvent]);
export type UsageEvent = z.infer<typeof UsageEvent>;
export type AccountEvent = z.infer<typeof AccountEvent>;
export type ReleaseEvent = z.infer<typeof ReleaseEvent>;
export type LockstepEvent = z.infer<typeof LockstepEvent>;
