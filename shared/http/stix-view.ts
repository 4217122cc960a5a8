import { z } from '@hono/zod-openapi';

/** The frame of a bundle; what its objects hold is the STIX standard's (shared/domain/campaigns/stix.ts). */
export const StixView = z
  .object({ type: z.literal('bundle'), id: z.string(), objects: z.array(z.record(z.string(), z.unknown())) })
  .openapi('StixBundle');

export const TlpField = z
  .enum(['white', 'green', 'amber', 'red'])
  .default('amber')
  .openapi({ description: 'Traffic Light Protocol marking of every object.' });
