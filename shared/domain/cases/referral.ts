import { z } from 'zod';
import { DESK_ANSWERS, LONGEST } from '../../contract/event';
import type { AccountKey, CampaignId, Hash64, SealedId } from '../../identity/ids';
import { CLASSIFICATIONS, FAMILIES } from '../campaigns/campaign';
import { DAY, HOUR } from '../time';

/** Tenants that one referral names; the next names the others. An entry of the ledger holds 380 KB. */
export const MOST_REFERRED = 500;
/** How long an abuse desk may take to say that it looks at a referral, and after that to say what it did. */
export const ACKNOWLEDGE_WITHIN = 72 * HOUR;
export const CONCLUDE_WITHIN = 14 * DAY;
/** Events with answers that are known again when they come twice: of one referral there are a few. */
export const MOST_ANSWERS = 32;
/** Sentences of evidence in one letter, strongest first. */
export const MOST_SENTENCES = 12;

const someText = <T extends string>() => z.custom<T>((value) => typeof value === 'string' && value.length > 0);
const id = <T extends string>() => z.custom<T>((value) => typeof value === 'string');

/** One tenant as its cloud is told of it: what the cloud calls it (sealed), and counts. */
export const ReferredTenant = z.object({
  account: id<AccountKey>(),
  tenant: id<Hash64>(),
  tenantSealed: id<SealedId>(),
  billingAccount: id<Hash64>().nullable(),
  billingSealed: id<SealedId>().nullable(),
  exchanges: z.number(),
  /** Hours in which it was first and last seen, ms; null where its hours are not at hand. */
  firstSeen: z.number().nullable(),
  lastSeen: z.number().nullable(),
});
export type ReferredTenant = z.infer<typeof ReferredTenant>;

/** Tenants as their own cloud calls them. */
export type OpenedTenant = {
  tenant: string;
  billingAccount: string | null;
  exchanges: number;
  firstSeen: number | null;
  lastSeen: number | null;
};

/** Waiting for somebody until `answerBy`; `overdueAt`: when people were told that nobody answered. */
const waiting = { since: z.number(), answerBy: z.number(), overdueAt: z.number().nullable() };
/**
 * to-approve: so many tenants take another person first. to-send: the desk's system has not taken it yet. by-hand: no desk is set up for this cloud, a person hands the letter in. refused: the
 * desk's system will not take it. withdrawing: the desk is still to be told.
 */
export const ReferralProgress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('to-approve'), ...waiting }),
  z.object({ kind: z.literal('to-send'), ...waiting }),
  z.object({ kind: z.literal('by-hand'), ...waiting }),
  z.object({ kind: z.literal('sent'), ...waiting }),
  z.object({ kind: z.literal('acknowledged'), ...waiting }),
  z.object({ kind: z.literal('acted'), at: z.number() }),
  z.object({ kind: z.literal('declined'), at: z.number() }),
  z.object({ kind: z.literal('refused'), at: z.number() }),
  z.object({ kind: z.literal('withdrawing'), at: z.number() }),
  z.object({ kind: z.literal('withdrawn'), at: z.number() }),
]);
export type ReferralProgress = z.infer<typeof ReferralProgress>;
export const REFERRAL_STATES = [
  'to-approve',
  'to-send',
  'by-hand',
  'sent',
  'acknowledged',
  'acted',
  'declined',
  'refused',
  'withdrawing',
  'withdrawn',
] as const satisfies readonly ReferralProgress['kind'][];

/**
 * Tenants of another cloud that belong to a campaign, as a case for that cloud's abuse desk: what may be disclosed and nothing else. No
 * content, no keyed hash of ours, no account of ours, no tenant of a third cloud; how many of these there are is said.
 */
export const Referral = z.object({
  id: z.string(),
  cloud: z.string(),
  campaign: id<CampaignId>(),
  classification: z.enum(CLASSIFICATIONS),
  /** Of the campaign's document that was judged. */
  version: z.int(),
  tenants: z.array(ReferredTenant).min(1).max(MOST_REFERRED),
  evidence: z.array(z.object({ family: z.enum(FAMILIES), because: z.string() })).max(MOST_SENTENCES),
  /** The campaign beside these tenants: accounts of the provider itself, and tenants of other clouds. */
  elsewhere: z.object({ firstParty: z.int(), otherClouds: z.int() }),
  askedAt: z.number(),
  by: z.string(),
  /** The other person who approved it, where it took two. */
  approvedBy: z.string().optional(),
  /** Idempotency key of the command. */
  key: z.string(),
  /** What the desk calls it. */
  reference: z.string().max(LONGEST.word).nullable(),
  progress: ReferralProgress,
  /** Ids of the answer events that were taken, newest last, and the time of the latest; 0: none. */
  answers: z.array(z.string()).max(MOST_ANSWERS),
  latest: z.number(),
});
export type Referral = z.infer<typeof Referral>;

export const REFERRALS = 'REFERRALS';
export const REFERRAL_CHAIN = { prefix: 'RF#', state: Referral, listedIn: (): string => REFERRALS };

/** `<campaign>.<cloud>.<n>`: referrals of a campaign to a cloud are numbered from 1. */
export const referralId = (campaign: CampaignId, cloud: string, number: number): string => `${campaign}.${cloud}.${number}`;

/** Does it still wait: to be approved, to be sent, for an answer, or for the desk to hear that it is withdrawn? */
export const isOpen = ({ kind }: ReferralProgress): boolean =>
  kind === 'to-approve' || kind === 'to-send' || kind === 'by-hand' || kind === 'sent' || kind === 'acknowledged' || kind === 'withdrawing';

/** Tenants that need not be named again: their cloud was told and has not declined, or will be told. */
export const standsFor = ({ progress: { kind } }: Referral): boolean =>
  kind !== 'withdrawn' && kind !== 'withdrawing' && kind !== 'refused' && kind !== 'declined';

/** An answer of a desk, as an event of the contract brings it. Parsed where it is taken off the queue. */
export const ReferralNews = z.object({
  kind: z.literal('referral'),
  referral: someText(),
  event: z.string(),
  at: z.number(),
  answer: z.enum(DESK_ANSWERS),
  reference: z.string().max(LONGEST.word).optional(),
});
export type ReferralNews = z.infer<typeof ReferralNews>;
