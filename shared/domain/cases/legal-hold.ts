import { z } from 'zod';
import type { AccountKey, CampaignId } from '../../identity/ids';

/** Accounts that one hold names itself; a campaign is held with all its members. */
export const MOST_HELD = 200;
/** Holds at a time: each is looked after every hour. */
export const MOST_HOLDS = 50;

export const HoldSubject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accounts'), accounts: z.array(z.custom<AccountKey>()).min(1).max(MOST_HELD) }),
  z.object({ kind: z.literal('campaign'), campaign: z.custom<CampaignId>() }),
]);
export type HoldSubject = z.infer<typeof HoldSubject>;

/**
 * Events that must not go when the archive's retention ends, because somebody may have to show them: a court, an authority, counsel. They
 * are copied out of the archive for as long as it stands; released, the copies go.
 */
export const LegalHold = z.object({
  id: z.string(),
  about: HoldSubject,
  /** What it is for, as the people concerned call it: a file number, a letter. */
  reference: z.string(),
  /** Events from this time on, ms. */
  from: z.number(),
  placedAt: z.number(),
  by: z.string(),
  because: z.string(),
  releasedAt: z.number().nullable(),
});
export type LegalHold = z.infer<typeof LegalHold>;

export const LEGAL_HOLDS = 'LEGAL-HOLDS';
export const HOLD_CHAIN = { prefix: 'LH#', state: LegalHold, listedIn: (): string => LEGAL_HOLDS };
