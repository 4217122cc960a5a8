import { z } from 'zod';

/** A rule that erred too often: it decides, but people approve. Going live with a new policy clears it. */
export const RuleRecord = z.object({ demoted: z.boolean(), acted: z.int(), appealed: z.int(), granted: z.int() });
export type RuleRecord = z.infer<typeof RuleRecord>;

export const RULE_CHAIN = { prefix: 'R#', state: RuleRecord, listedIn: (): string => 'RULES' };
