import { z } from 'zod';

/** The event contract, version 1. Unknown fields inside `data` are ignored; unknown types are rejected with a reason. */
export const STATUSES = ['ok', 'error', 'refused', 'limited', 'blocked'] as const;
export type Status = (typeof STATUSES)[number];
/** What our own action caused is never evidence. */
export const isEvidence = (status: Status): boolean => status !== 'limited' && status !== 'blocked';

/** Lengths in UTF-16 code units. What is longer is cut, not refused (shared/contract/tidy.ts): nobody hides by being odd. */
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
  session: 512,
  headerOrder: 2_048,
  canary: 128,
  cloud: 32,
} as const;
/** Canary tokens that one event names: more than an answer ever carried. */
export const MOST_CANARIES = 8;
/** What kind of network an address is in, by a list that the provider has; none is shipped. */
export const ASN_CLASSES = ['hosting', 'residential', 'residential-proxy', 'mobile', 'education', 'business'] as const;
export const LARGEST_COUNT = 4_294_967_295;

const count = z.int().min(0).max(LARGEST_COUNT);
const unit = z.number().min(0).max(1);
const word = z.string().min(1).max(LONGEST.word);
const text = z.string().max(LONGEST.text);
const instant = z.iso.datetime({ offset: true });

/** How a cloud is named: a word in lower case. */
export const CLOUD = new RegExp(`^[a-z0-9][a-z0-9-]{0,${LONGEST.cloud - 1}}$`);
/** The word for no cloud: whoever was called a tenant by mistake is an account of the provider's own again. */
export const NO_CLOUD = 'none';
/** Whose tenant an account is, on the events of its requests or among its facts. */
const tenancy = {
  cloud: z
    .string()
    .regex(CLOUD)
    .optional()
    .describe(
      `the account is a tenant of another cloud that sells your models: bedrock, vertex, foundry, …; no machine acts on it; ${NO_CLOUD}: it is one no more`,
    ),
  tenant: z.string().max(LONGEST.name).optional().describe('what that cloud calls the tenant: account, project or subscription id'),
  billingAccount: z.string().max(LONGEST.name).optional().describe('what that cloud calls the account that pays for the tenant'),
};

export const UsageData = z.object({
  model: word.describe('the model that was asked for'),
  inputTokens: count.describe('tokens billed, those read from and written to a cache included'),
  outputTokens: count.describe('tokens billed'),
  status: z
    .enum(STATUSES)
    .default('ok')
    .describe('limited and blocked are effects of an action of ours, and evidence of nothing; a rate limit of yours is error'),
  durationMs: count.optional().describe('time to the last token'),
  apiKey: z.string().max(LONGEST.apiKey).optional().describe('id of the key, never the secret'),
  channel: word.optional().describe('api, console, batch, bedrock, vertex, …'),
  network: z
    .object({
      ip: z.string().max(LONGEST.address).optional().describe('IPv4 or IPv6; a port is left out, of a forwarded list the first counts'),
      asn: count.optional().describe('number of the autonomous system'),
      country: z.string().max(2).optional().describe('ISO 3166-1 alpha-2'),
      asnClass: z.enum(ASN_CLASSES).optional().describe('kind of network, from a list of yours; shown to people, counted in no verdict'),
    })
    .optional(),
  client: z
    .object({
      userAgent: z.string().max(LONGEST.userAgent).optional().describe('as the client says it'),
      fingerprint: z.string().max(LONGEST.fingerprint).optional().describe('TLS or HTTP fingerprint: JA4, or your own'),
      headerOrder: z
        .string()
        .max(LONGEST.headerOrder)
        .optional()
        .describe('names of the request headers in the order they came, or a digest of them; shown, not counted'),
      http2: z
        .string()
        .max(LONGEST.fingerprint)
        .optional()
        .describe('HTTP/2 fingerprint: settings, window update, priorities, pseudo headers; shown, not counted'),
    })
    .optional(),
  prompt: z
    .object({
      system: text.optional().describe('system prompt; fingerprinted and dropped'),
      text: text.optional().describe('what the user asked last; fingerprinted and dropped'),
      fingerprint: z.string().max(128).optional().describe('in place of both, computed at the gateway (docs/fingerprint.md)'),
    })
    .optional(),
  tools: count.optional().describe('tool definitions in the request'),
  maxTokens: count.optional().describe('most output tokens that the request allowed; shown, not counted'),
  stopReason: word.optional().describe('why the answer ended, in your words: end, length, tool, …; shown, not counted'),
  refusalCategory: word.optional().describe('what a refused request was refused as, in your words; shown, not counted'),
  session: z.string().max(LONGEST.session).optional().describe('id of the session or conversation; shown, not counted'),
  canaries: z
    .array(z.string().max(LONGEST.canary))
    .max(MOST_CANARIES)
    .optional()
    .describe('canary tokens that the prompt repeats (docs/canaries.md); those in prompt.text and prompt.system are found without'),
  labels: z
    .object({
      task: word.optional().describe('what your classifier calls the task'),
      language: word.optional(),
      elicitsReasoning: unit.optional().describe('0..1: asks to show the reasoning'),
      grading: unit.optional().describe('0..1: asks to grade answers'),
      scores: z
        .record(word, unit)
        .optional()
        .describe('any other scores of yours, 0..1, by name: checked, and not kept (no calibration is known for them)'),
    })
    .optional(),
  ...tenancy,
});
export type UsageData = z.infer<typeof UsageData>;

export const PLANS = ['free', 'trial', 'paid', 'enterprise'] as const;
export const PROGRAMS = ['education', 'research', 'startup'] as const;
export const VERIFICATIONS = ['none', 'email', 'phone', 'identity'] as const;
export const PROVIDER_STANDINGS = ['active', 'suspended', 'closed'] as const;

export const AccountData = z.object({
  createdAt: instant.optional().describe('when the account was made'),
  organization: z.string().max(LONGEST.name).optional().describe('the organisation that it belongs to'),
  plan: z.enum(PLANS).optional(),
  program: z.enum(PROGRAMS).optional(),
  verification: z.enum(VERIFICATIONS).optional(),
  emailDomain: z
    .string()
    .max(LONGEST.domain)
    .optional()
    .describe('what stands behind the @, never the address; one of a public mail provider is no evidence'),
  paymentInstrument: z.string().max(LONGEST.name).optional().describe('any stable token of the card or account paid from'),
  paymentCountry: z.string().max(2).optional().describe('ISO 3166-1 alpha-2'),
  signupIp: z.string().max(LONGEST.address).optional().describe('address that it signed up from'),
  signupFingerprint: z.string().max(LONGEST.fingerprint).optional().describe('client that it signed up with'),
  referrer: z.string().max(LONGEST.name).optional().describe('where the person came from'),
  standing: z.enum(PROVIDER_STANDINGS).optional().describe('what your own system says'),
  ...tenancy,
});
export type AccountData = z.infer<typeof AccountData>;
export const TENANCY_FIELDS = ['cloud', 'tenant', 'billingAccount'] as const satisfies readonly (keyof typeof tenancy)[];
export type TenancyData = Pick<AccountData, (typeof TENANCY_FIELDS)[number]>;

/** What an abuse desk of another cloud says of a referral (docs/referrals.md). */
export const DESK_ANSWERS = ['acknowledged', 'acted', 'declined'] as const;
export type DeskAnswer = (typeof DESK_ANSWERS)[number];

export const VERIFICATION_RESULTS = ['passed', 'failed', 'abandoned'] as const;
export const VERIFICATION_METHODS = ['identity', 'card', 'phone', 'email', 'other'] as const;
export const VerificationData = z.object({
  result: z
    .enum(VERIFICATION_RESULTS)
    .describe('passed: it proved who it is; failed: it could not; abandoned: it was given up. How the check is made is yours'),
  method: z.enum(VERIFICATION_METHODS).default('other').describe('what was checked'),
});
export type VerificationData = z.infer<typeof VerificationData>;

export const ReferralData = z.object({
  answer: z.enum(DESK_ANSWERS).describe('acknowledged: the desk looks at it; acted or declined: how it ended there'),
  reference: z.string().min(1).max(LONGEST.word).optional().describe('what the desk calls it, on one line'),
});
export type ReferralData = z.infer<typeof ReferralData>;

/** What becomes of an API key (docs/api-keys.md). */
export const KEY_CHANGES = ['created', 'rotated', 'disabled'] as const;
export const KEY_CHANGERS = ['owner', 'provider'] as const;
const apiKey = z.string().min(1).max(LONGEST.apiKey);
export const KeyData = z.object({
  key: apiKey.describe('id of the key as usage events have it in apiKey, never the secret'),
  change: z
    .enum(KEY_CHANGES)
    .describe('rotated: another key took its place; disabled: it works no more, whether revoked, deleted or expired'),
  replacedBy: apiKey.optional().describe('of a rotated key: the id of the key that took its place'),
  by: z.enum(KEY_CHANGERS).optional().describe('who did it'),
});
export type KeyData = z.infer<typeof KeyData>;

const envelope = {
  specversion: z.literal('1.0'),
  source: z.string().min(1).max(LONGEST.id).describe('who sends; with id the idempotency key'),
  id: z.string().min(1).max(LONGEST.id).describe('stable: the same again for the same request'),
  time: instant.describe('event time, RFC 3339'),
  subject: z.string().min(1).max(LONGEST.id).describe('account id; of a release the model id; of a referral its id'),
};
export const UsageEvent = z.object({ ...envelope, type: z.literal('lockstep.usage.v1'), data: UsageData });
export const AccountEvent = z.object({ ...envelope, type: z.literal('lockstep.account.v1'), data: AccountData });
export const ReleaseEvent = z.object({ ...envelope, type: z.literal('lockstep.release.v1'), data: z.object({}).optional() });
export const VerificationEvent = z.object({ ...envelope, type: z.literal('lockstep.verification.v1'), data: VerificationData });
export const ReferralEvent = z.object({ ...envelope, type: z.literal('lockstep.referral.v1'), data: ReferralData });
export const KeyEvent = z.object({ ...envelope, type: z.literal('lockstep.key.v1'), data: KeyData });
export const LockstepEvent = z.discriminatedUnion('type', [
  UsageEvent,
  AccountEvent,
  ReleaseEvent,
  VerificationEvent,
  ReferralEvent,
  KeyEvent,
]);
export type UsageEvent = z.infer<typeof UsageEvent>;
export type AccountEvent = z.infer<typeof AccountEvent>;
export type ReleaseEvent = z.infer<typeof ReleaseEvent>;
export type VerificationEvent = z.infer<typeof VerificationEvent>;
export type ReferralEvent = z.infer<typeof ReferralEvent>;
export type KeyEvent = z.infer<typeof KeyEvent>;
export type LockstepEvent = z.infer<typeof LockstepEvent>;
