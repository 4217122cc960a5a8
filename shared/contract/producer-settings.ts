import { z } from 'zod';

/**
 * What people already run, and where in its records the account is: `ingest.producers` of a stage (infra/stages.ts), the file of
 * `npm run replay -- --producers FILE`, one form. A producer that is not named is not read; its records are refused and kept.
 */
const path = z
  .string()
  .min(1)
  .max(200)
  .describe('A path of names with points between them, as in metadata.user_api_key_user_id; a name may hold points itself.');
const source = z.string().min(1).max(128).optional().describe('`source` of the events; the name of the producer unless it is given.');
const prompt = z.enum(['keep', 'drop']).default('keep').describe('drop: what was asked is not even fingerprinted.');
/** Where a record says whose tenant the account is: those of another cloud (docs/referrals.md). */
const tenancy = { cloud: path.optional(), tenant: path.optional(), billingAccount: path.optional() };
export type TenancyPaths = { readonly [Name in keyof typeof tenancy]?: string };
const common = { account: path, source, prompt, ...tenancy };

export const LiteLlmSettings = z.strictObject(common);
export const BedrockSettings = z.strictObject(common);
/** One signal: a call's span and its log record are two records of one request. */
export const OtlpSettings = z.strictObject({ ...common, signal: z.enum(['spans', 'logs']).default('spans') });
export const OpenMeterSettings = z.strictObject({
  account: path,
  source,
  type: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  model: path,
  inputTokens: path,
  outputTokens: path,
  ...tenancy,
});
export const KongSettings = z.strictObject(common);
/** A flat JSON log whose names are the operator's own, as Envoy writes it. */
export const AccessLogSettings = z.strictObject({
  account: path,
  source,
  id: path,
  time: path,
  model: path,
  inputTokens: path,
  outputTokens: path,
  status: path.optional(),
  durationMs: path.optional(),
  apiKey: path.optional(),
  ip: path.optional(),
  userAgent: path.optional(),
  country: path.optional(),
  asn: path.optional(),
  fingerprint: path.optional(),
  promptFingerprint: path.optional(),
  asnClass: path.optional(),
  headerOrder: path.optional(),
  http2: path.optional(),
  maxTokens: path.optional(),
  stopReason: path.optional(),
  session: path.optional(),
  ...tenancy,
});

export const PRODUCERS = ['litellm', 'bedrock', 'otlp', 'openmeter', 'kong', 'access-log'] as const;
export type ProducerName = (typeof PRODUCERS)[number];

export const ProducerSettings = z.strictObject({
  litellm: LiteLlmSettings.optional(),
  bedrock: BedrockSettings.optional(),
  otlp: OtlpSettings.optional(),
  openmeter: OpenMeterSettings.optional(),
  kong: KongSettings.optional(),
  'access-log': AccessLogSettings.optional(),
});
export type ProducerSettings = z.infer<typeof ProducerSettings>;
/** As it is written down: what has a default may be left out. */
export type GivenProducers = z.input<typeof ProducerSettings>;
