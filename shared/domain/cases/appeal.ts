import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AccountKey, CampaignId, CaseId } from '../../identity/ids';
import { REASON_CODES } from './reason-codes';

export const VERDICTS = ['grant', 'deny'] as const;
export const Review = z.object({ id: z.string(), verdict: z.enum(VERDICTS), because: z.string(), at: z.number() });
export type Review = z.infer<typeof Review>;

/** open until enough reviewers agree; moot: the action ended by itself meanwhile. */
export const AppealProgress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), answerBy: z.number(), escalations: z.int() }),
  z.object({ kind: z.literal('granted'), at: z.number() }),
  z.object({ kind: z.literal('denied'), at: z.number() }),
  z.object({ kind: z.literal('moot'), at: z.number() }),
]);

export const AppealState = z.object({
  account: z.custom<AccountKey>(),
  case: z.custom<CaseId>(),
  campaign: z.custom<CampaignId>(),
  action: z.string(),
  rule: z.string(),
  reasonCode: z.enum(REASON_CODES),
  openedAt: z.number(),
  /** SHA-256 of what the person wrote. The text itself is kept apart from the ledger and erased when its time is over. */
  statement: z.string(),
  reviews: z.array(Review),
  progress: AppealProgress,
});
export type AppealState = z.infer<typeof AppealState>;

export const APPEAL_CHAIN = { prefix: 'AP#', state: AppealState, listedIn: (): string => 'APPEALS' };

/** What a link names: one action on one account, by the ledger sequence of the entry that asked for it. */
export type AppealSubject = { account: AccountKey; case: CaseId; sequence: number };

/** One appeal an action: the id follows from the action's, so opening it twice, or by another link to it, is opening it once. */
export const appealId = (action: string): string => createHash('sha256').update(action).digest('base64url').slice(0, 22);
