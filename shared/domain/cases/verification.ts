import { z } from 'zod';
import { VERIFICATION_METHODS, VERIFICATION_RESULTS } from '../../contract/event';
import type { AccountKey, CampaignId, CaseId, SealedId } from '../../identity/ids';
import { CLASSIFICATIONS } from '../campaigns/campaign';
import { Judged } from '../campaigns/label';
import { HOUR } from '../time';

/** How long the provider's check may take where the policy has no number for it. */
export const VERIFY_WITHIN = 72 * HOUR;
/** Result events that are known again when they come twice: of one account there are a few. */
export const MOST_RESULTS = 32;
/** A provider's clock and ours may differ by this much; a result from before it was asked for answers something else. */
export const CLOCK_DIFFERENCE = 10 * 60_000;

/** waiting until the provider's own check ends. released: people let it go. moot: what it was asked for ended by itself. */
export const VerificationProgress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting'), answerBy: z.number() }),
  z.object({ kind: z.literal('passed'), at: z.number(), method: z.enum(VERIFICATION_METHODS) }),
  z.object({ kind: z.literal('failed'), at: z.number(), method: z.enum(VERIFICATION_METHODS) }),
  z.object({ kind: z.literal('abandoned'), at: z.number() }),
  z.object({ kind: z.literal('lapsed'), at: z.number() }),
  z.object({ kind: z.literal('released'), at: z.number() }),
  z.object({ kind: z.literal('moot'), at: z.number() }),
]);
export const VERIFICATION_STATES = [
  'waiting',
  'passed',
  'failed',
  'abandoned',
  'lapsed',
  'released',
  'moot',
] as const satisfies readonly VerificationProgress['kind'][];
export type VerificationProgress = z.infer<typeof VerificationProgress>;

/** What somebody has to prove: the check answered challenge or hold about a newcomer, or an account was challenged or limited. */
export const VerificationState = z.object({
  sealed: z.custom<SealedId>((text) => typeof text === 'string'),
  asked: z.object({
    by: z.enum(['check', 'action']),
    /** What it is kept from until then: challenge, hold; challenge or limit of an action. */
    restriction: z.enum(['challenge', 'hold', 'limit']),
    campaign: z.custom<CampaignId>((text) => typeof text === 'string'),
    classification: z.enum(CLASSIFICATIONS),
    case: z.custom<CaseId>((text) => typeof text === 'string').nullable(),
    at: z.number(),
  }),
  judged: Judged.nullable(),
  progress: VerificationProgress,
  /** Ids of the result events that were taken, newest last, and the time of the latest; 0: none. */
  results: z.array(z.string()).max(MOST_RESULTS),
  latest: z.number(),
});
export type VerificationState = z.infer<typeof VerificationState>;

export const VERIFICATIONS = 'VERIFICATIONS';
export const VERIFICATION_CHAIN = { prefix: 'V#', state: VerificationState, listedIn: (): string => VERIFICATIONS };

/** What comes in about a verification, from the check of newcomers and from ingest. Parsed where it is taken off the queue. */
const about = {
  account: z.custom<AccountKey>((text) => typeof text === 'string' && text.length > 0),
  sealed: z.custom<SealedId>((text) => typeof text === 'string' && text.length > 0),
  at: z.number(),
};
export const VerificationNews = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('asked'),
    ...about,
    answer: z.enum(['challenge', 'hold']),
    campaign: z.custom<CampaignId>((text) => typeof text === 'string' && text.length > 0),
    classification: z.enum(CLASSIFICATIONS),
  }),
  z.object({
    kind: z.literal('result'),
    ...about,
    event: z.string(),
    result: z.enum(VERIFICATION_RESULTS),
    method: z.enum(VERIFICATION_METHODS),
  }),
]);
export type VerificationNews = z.infer<typeof VerificationNews>;
export type VerificationResult = Extract<VerificationNews, { kind: 'result' }>;
