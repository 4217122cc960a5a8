import { z } from 'zod';
import { ActionName, MODES } from '../policy/enforcement-policy';

/** A decision as the ledger keeps it: one chain a campaign, one entry each time the answer changed. */
export const DecisionRecord = z.object({
  kind: z.enum(['no-action', 'watch', 'act']),
  rule: z.string().optional(),
  action: ActionName.optional(),
  mode: z.enum(MODES).optional(),
  /** Members acted on, left to people, excluded. */
  act: z.int(),
  review: z.int(),
  exclude: z.int(),
  policy: z.string(),
  /** Archive key of the campaign version that was judged. */
  evidence: z.string(),
  /** Labels of the exonerations in force then, and the rules demoted then: what else the decision depended on. */
  exonerated: z.array(z.string()),
  demoted: z.array(z.string()),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

export const DECISION_CHAIN = { prefix: 'D#', state: DecisionRecord, listedIn: (): string => 'DECISIONS' };
