import { z } from 'zod';

/** What a policy did on labelled traffic: computed from a replay report and its labels, never typed in. */
export const Measurement = z.object({
  /** Name of the labelled traffic, and SHA-256 of report and labels (16 hex digits each), so that it can be measured again. */
  dataset: z.string().min(1),
  report: z.string(),
  labels: z.string(),
  suspended: z.int(),
  right: z.int(),
  /** Accounts labelled honest that were met with anything from warn upwards. */
  lookAlikesTouched: z.int(),
  precision: z.number(),
  /** Accounts of the report whose label is what people here found out, whatever the given labels say. */
  kept: z.int().default(0),
  at: z.number(),
  by: z.string(),
});
export type Measurement = z.infer<typeof Measurement>;

/** draft → reviewed by a second person → live → retired (by a newer one, or rolled back). */
export const PolicyRecord = z.object({
  name: z.string(),
  digest: z.string(),
  author: z.string(),
  reviewers: z.array(z.string()),
  measurements: z.array(Measurement),
});
export type PolicyRecord = z.infer<typeof PolicyRecord>;
export const POLICY_CHAIN = { prefix: 'P#', state: PolicyRecord, listedIn: (): string => 'POLICIES' };

/** Which policy judges: the newest entry of one chain. `before`: what was live earlier, newest last, for rolling back. */
export const LiveRecord = z.object({ live: z.string().nullable(), before: z.array(z.string()) });
export type LiveRecord = z.infer<typeof LiveRecord>;
export const LIVE_CHAIN = { prefix: 'LIVE#', state: LiveRecord };
