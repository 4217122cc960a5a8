import { z } from 'zod';
import { PLANS } from '../../contract/event';
import type { AccountKey, CampaignId } from '../../identity/ids';
import { STANDINGS } from '../account';
import { CLASSIFICATIONS, ROLES } from './campaign';

/** What the queue shows of an account that the product has something to say about. One row, under 1 KB. */
export const FlaggedAccount = z.object({
  account: z.custom<AccountKey>((value) => typeof value === 'string'),
  standing: z.enum(STANDINGS),
  campaign: z.custom<CampaignId>((value) => typeof value === 'string').optional(),
  classification: z.enum(CLASSIFICATIONS).optional(),
  role: z.enum(ROLES).optional(),
  plan: z.enum(PLANS).optional(),
  /** Member score, nats. */
  score: z.number(),
  exchanges: z.number(),
  /** When it was first flagged; never changes while it is flagged, so paging by it sees every account exactly once. */
  detectedAt: z.number(),
  updatedAt: z.number(),
  /** The most telling sentences, at most three. */
  because: z.array(z.string()),
});
export type FlaggedAccount = z.infer<typeof FlaggedAccount>;

/** Every filter is optional and all given must hold. Times are epoch ms; `Since` is inclusive, `Before` exclusive. */
export type FlaggedFilter = Partial<Pick<FlaggedAccount, 'campaign' | 'standing' | 'classification' | 'plan' | 'role'>> & {
  scoreAtLeast?: number;
  detectedSince?: number;
  detectedBefore?: number;
  updatedSince?: number;
  updatedBefore?: number;
};
