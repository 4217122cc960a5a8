import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ONE_LINE } from '../plain-text';
import { AdmissionPolicy } from './admission';
import { DetectionPolicy } from './detection-policy';
import { ACTIONS, EnforcementPolicy, type Mode } from './enforcement-policy';

/** Every number that judges people, with its reason. Versioned data: replayed on the past before it judges the present. */
export const Policy = z.strictObject({
  /** A name for people; what identifies a policy is its digest. */
  version: z.string().min(1).max(64).regex(ONE_LINE),
  detection: DetectionPolicy,
  enforcement: EnforcementPolicy,
  /** The check of newcomers; without it everybody is let in. */
  admission: AdmissionPolicy.optional(),
});
export type Policy = z.infer<typeof Policy>;

/** SHA-256 of the policy as parsed, 16 hex digits: the same numbers, the same digest, whatever the key order of the file. */
export function policyDigest(policy: Policy): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  };
  return createHash('sha256')
    .update(JSON.stringify(sorted(policy)))
    .digest('hex')
    .slice(0, 16);
}

/** The same numbers with every action in one mode: what a new deployment starts with is the recommended policy in mode observe. */
export function withMode(policy: Policy, mode: Mode, reason: string): Policy {
  const modes = { ...policy.enforcement.modes };
  for (const action of ACTIONS) modes[action] = { value: mode, reason };
  const admission = policy.admission && { ...policy.admission, mode: { value: mode, reason } };
  return { ...policy, enforcement: { ...policy.enforcement, modes }, ...(admission ? { admission } : {}) };
}
