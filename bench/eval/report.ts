import { z } from 'zod';
import { CLASSIFICATIONS, FAMILIES } from '../../shared/domain/campaigns/campaign';

/** The part of a replay's report.json (contract/events.md) that the evaluation reads. */
const instant = z.string();
export const Report = z.object({
  events: z.object({ read: z.number(), accepted: z.number(), duplicate: z.number(), rejected: z.number() }),
  seconds: z.number(),
  peakMemoryMiB: z.number(),
  campaigns: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(CLASSIFICATIONS),
      detectedAt: instant,
      containedAt: instant.nullable(),
      accounts: z.array(z.string()),
      evidence: z.array(z.object({ family: z.enum(FAMILIES), because: z.string(), strength: z.number() })),
    }),
  ),
  accounts: z.array(
    z.object({
      id: z.string(),
      standing: z.enum(['suspended', 'limited', 'challenged', 'in-review', 'watched']),
      campaign: z.string().nullable(),
      detectedAt: instant,
      actedAt: instant.nullable(),
    }),
  ),
});
export type Report = z.infer<typeof Report>;
