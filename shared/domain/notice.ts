import { z } from 'zod';
import { HOUR, MINUTE } from './time';

/**
 * What people are told without looking: a situation that lasts until somebody does something, or until it is over. docs/notices.md has
 * what each means; every one goes out on the event bus as `lockstep.notice.<kind>`.
 */
export const NOTICE_KINDS = [
  'case-waits',
  'case-lapsing',
  'case-expiring',
  'case-stopped',
  'undo-waits',
  'case-asks',
  'appeal-overdue',
  'source-silent',
  'detection-stale',
  'dead-letters',
  'provider-silent',
  'not-carried-out',
  'referral-overdue',
  'tenants-unreferred',
  'key-at-work',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** How many of a kind, in a subject line: one, and several. */
export const NOTICE_WORDS: { readonly [Kind in NoticeKind]: readonly [one: string, several: string] } = {
  'case-waits': ['case waits for approval', 'cases wait for approval'],
  'case-lapsing': ['case is about to lapse', 'cases are about to lapse'],
  'case-expiring': ['case is about to expire unconfirmed', 'cases are about to expire unconfirmed'],
  'case-stopped': ['case was stopped', 'cases were stopped'],
  'undo-waits': ['undo waits for another person', 'undos wait for another person'],
  'case-asks': ['note asks somebody', 'notes ask somebody'],
  'appeal-overdue': ['appeal is overdue', 'appeals are overdue'],
  'source-silent': ['source is silent', 'sources are silent'],
  'detection-stale': ['detection stands still', 'detections stand still'],
  'dead-letters': ['queue has dead letters', 'queues have dead letters'],
  'provider-silent': ['case waits for the provider to answer', 'cases wait for the provider to answer'],
  'referral-overdue': ['referral is overdue', 'referrals are overdue'],
  'tenants-unreferred': ['campaign has tenants that nobody referred', 'campaigns have tenants that nobody referred'],
  'key-at-work': ['case has keys that still work', 'cases have keys that still work'],
  'not-carried-out': ['case has actions that were not carried out', 'cases have actions that were not carried out'],
};

/** Ids and words of our own only: no raw identifier, no sealed one, no name of a person, nothing that a person wrote. */
export const Notice = z.object({
  kind: z.enum(NOTICE_KINDS),
  /** The case, appeal or source that it is about; empty for the pipeline as a whole. */
  subject: z.string(),
  title: z.string(),
  because: z.string(),
  /** The page of the console where something can be done about it, from `/` on. */
  path: z.string(),
  /** The policy's rule behind it; absent where none is. */
  rule: z.string().optional(),
});
export type Notice = z.infer<typeof Notice>;

/** The same situation has the same key. */
export const noticeKey = ({ kind, subject }: Pick<Notice, 'kind' | 'subject'>): string => `${kind}/${subject}`;
export const noticeType = (kind: NoticeKind): string => `lockstep.notice.${kind}`;

/** Told this long before it happens: a working day. */
export const WARN_BEFORE = 24 * HOUR;
/** Detection runs every 15 minutes on AWS and every hour in a demo: after this there is something wrong with either. */
export const DETECTION_STALE_AFTER = 2 * HOUR + 30 * MINUTE;

/** So long after a campaign was first seen with tenants of a cloud, people are told that nobody referred any of them there. */
export const REFER_WITHIN = 24 * HOUR;

/** A source that was never silent for longer than this is not missed before. */
export const SHORTEST_SILENCE = 3 * HOUR;
/** How much longer than its longest pause of the last days a source may be silent. */
export const PAUSE_MARGIN = 1.5;

const channel = z.strictObject({
  /** Names it in health and in the secret. */
  name: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** Kinds of notices; all where it is not given. */
  about: z.array(z.enum(NOTICE_KINDS)).min(1).optional(),
  /** Only notices that one of these rules is behind; without, those of every rule and of none. */
  rules: z.array(z.string()).min(1).optional(),
  /** At most one message in so many minutes; what comes up meanwhile is in the next. */
  everyMinutes: z.int().min(5).max(1_440).default(15),
});

/**
 * Where a channel leads. `topic`: an SNS topic of ours, and who subscribed to it. `slack` and `pagerduty`: what opens them is a secret
 * (docs/notices.md). `webhook`: a message signed as the others are (Standard Webhooks).
 */
export const NoticeChannel = z.discriminatedUnion('kind', [
  channel.extend({ kind: z.literal('topic'), topicArn: z.string().min(1) }),
  channel.extend({ kind: z.literal('slack') }),
  channel.extend({ kind: z.literal('pagerduty') }),
  channel.extend({ kind: z.literal('webhook'), url: z.url() }),
]);
export type NoticeChannel = z.output<typeof NoticeChannel>;
/** Does the channel want to hear of it? */
export const wants = ({ about, rules }: Pick<NoticeChannel, 'about' | 'rules'>, notice: Pick<Notice, 'kind' | 'rule'>): boolean =>
  (about === undefined || about.includes(notice.kind)) &&
  (rules === undefined || (notice.rule !== undefined && rules.includes(notice.rule)));

/** One message to one channel: what is new there, the most pressing first. */
export type Digest = {
  /** The same digest sent again has the same id. */
  id: string;
  at: number;
  /** `open`: these came up. `over`: none of their kind is open any more. */
  state: 'open' | 'over';
  notices: readonly (Notice & { since: number; link: string })[];
  /** Notices beyond those listed, which the page shows. */
  more: number;
  /** The queue. */
  link: string;
};
