import { z } from 'zod';
import { CLOUD } from './contract/event';
import { type GivenProducers, ProducerSettings } from './contract/producer-settings';
import { NoticeChannel } from './domain/notice';
import type { CampaignId } from './identity/ids';

export type { NoticeKind } from './domain/notice';
export { ACCOUNT_COLUMNS, ACCOUNT_FILES } from './formats/account-columns';
export type { GivenProducers };

/**
 * What infra and the functions must agree on. Each schema is a contract with two signatories: it parses the environment in the
 * function (shared/lambda/environment.ts) and types the construct that gives it (infra/parts/stage-function.ts), so that a
 * variable that is missing or misspelt does not compile.
 */
const name = z.string().min(1);
const count = z.coerce.number().int().positive();
const seconds = z.coerce.number().int().min(0);
const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

export const IngestEnv = z.object({
  ARCHIVE_BUCKET: name,
  FEATURES_TABLE: name,
  IDENTIFIER_KEY_SECRET: name,
  /** Segments a chunk is split into: a power of two up to 64. */
  SEGMENTS: count,
  /** Where refused records are kept, as they came. */
  REFUSED_BUCKET: name,
  /** Which producers are read, JSON (shared/contract/producer-settings.ts). */
  PRODUCERS: json(ProducerSettings),
  /** Results of the provider's own checks go on to enforcement. */
  VERIFICATION_QUEUE_URL: z.url(),
});

/** Buckets of others, whose files are read and left. */
const Sources = z.array(z.object({ bucket: name, prefix: z.string() }));
export const IngestFilesEnv = IngestEnv.extend({ INBOX_BUCKET: name, SOURCES: json(Sources) });

export const PlanEnv = z.object({
  ARCHIVE_BUCKET: name,
  FEATURES_TABLE: name,
  FOLD_QUEUE_URL: z.url(),
  /** Units that an hour is folded in; divides SEGMENTS. */
  SHARDS: count,
  /** How long after its end an hour is first folded, and after that, again for late events. */
  SETTLE_SECONDS: seconds,
  FOLD_AGAIN_SECONDS: seconds,
  /** How long chunks are kept. */
  ARCHIVE_DAYS: count,
});

export const FoldEnv = z.object({
  ARCHIVE_BUCKET: name,
  FEATURES_TABLE: name,
  /** Whose hours are kept at hand in the table: everybody's, the risk tier's, nobody's. The archive has everybody's. */
  FEATURE_ROWS: z.enum(['all', 'risk', 'none']),
});

export const DetectEnv = z.object({
  ARCHIVE_BUCKET: name,
  FEATURES_TABLE: name,
  GRAPH_TABLE: name,
  /** Read only, and of it only the live policy, the operators known from elsewhere and what people regrouped. */
  ENFORCEMENT_TABLE: name,
  DECISION_QUEUE_URL: z.url(),
  /** The state machine that carries out the tasks of a screen, by ARN; `none`: the detecting function does it itself. */
  SCREEN_MACHINE: name,
  /** Accounts that the detecting function holds in its memory; a population of more is kept by segment. */
  HELD_ACCOUNTS: z.coerce.number().int().min(1),
});

export const ScreenEnv = z.object({ ARCHIVE_BUCKET: name });

/**
 * What detection tells enforcement after each run: that it ran, and some of the campaigns there are; its messages together name all of
 * them, not those that changed: a message that got lost is made good by the next run's.
 */
export const DetectionRan = z.object({
  run: z.string(),
  activeAccounts: z.int(),
  campaigns: z.array(z.object({ id: z.custom<CampaignId>((id) => typeof id === 'string') })),
});
export type DetectionRan = z.infer<typeof DetectionRan>;

/** What every HTTP handler needs to know who asks. */
export const HttpEnv = z.object({
  ACCESS_TABLE: name,
  TOKEN_ISSUER: z.url(),
  TOKEN_AUDIENCE: name,
  TOKEN_KEYS_URL: z.url(),
  /** What our CloudFront distribution adds to its requests (infra/gateway.ts). */
  EDGE_TOKEN: name,
});

/** Signs and seals what the service hands out and takes back, with a key of its own for each purpose (shared/lambda/key-ring.ts). */
const serviceKey = { SERVICE_KEY_SECRET: name };

/** Events over HTTP: they go to the same queue. */
export const ReceiveEnv = HttpEnv.extend({ ...serviceKey, EVENT_QUEUE_URL: z.url(), PRODUCERS: json(ProducerSettings) });

/** The check of newcomers: it hashes what they show, and reads what campaigns are known by and which are acted on. */
export const AdmissionEnv = HttpEnv.extend({
  GRAPH_TABLE: name,
  ENFORCEMENT_TABLE: name,
  IDENTIFIER_KEY_SECRET: name,
  VERIFICATION_QUEUE_URL: z.url(),
});

/** The exchange with other labs: what is said to them and what they say back lies in the system of record. */
export const ExchangeEnv = HttpEnv.extend({ ENFORCEMENT_TABLE: name });

export const QueryEnv = HttpEnv.extend({
  ...serviceKey,
  ARCHIVE_BUCKET: name,
  FEATURES_TABLE: name,
  GRAPH_TABLE: name,
  ENFORCEMENT_TABLE: name,
});

const AbuseDeskUrls = z.record(z.string().regex(CLOUD), z.url());

/** What acting needs: the books, the keys that open sealed ids and sign, and where the provider is told. */
export const ActingEnv = z.object({
  ARCHIVE_BUCKET: name,
  GRAPH_TABLE: name,
  ENFORCEMENT_TABLE: name,
  IDENTIFIER_KEY_SECRET: name,
  /** Signs appeal links. */
  APPEAL_KEY_SECRET: name,
  /** Signs what is asked of the provider (Standard Webhooks); the receiver holds it too. */
  WEBHOOK_KEY_SECRET: name,
  /** Where actions are asked for; `none` asks nobody, and every action stays unacknowledged. */
  WEBHOOK_URL: z.union([z.literal('none'), z.url()]),
  /** Where abuse desks of other clouds take referrals, by cloud, JSON (docs/referrals.md); a cloud that is not in it is written to by hand. */
  ABUSE_DESKS: json(AbuseDeskUrls),
  /** An address that may be private and plain HTTP all the same: a receiver on this machine, for local runs only. Nothing in infra gives it. */
  WEBHOOK_ALLOW: z.ipv4().optional(),
  /** The page of the console that an appeal link opens. */
  APPEAL_URL: z.url(),
  SUSPENSION_MACHINE: name,
});

/** Looks after what waits for nobody in particular; of features it reads which hours were counted, to look at requests in the archive. */
export const WatchdogEnv = ActingEnv.extend({ FEATURES_TABLE: name });
export const CommandEnv = ActingEnv.extend(HttpEnv.shape);
export const PublishEnv = z.object({ ENFORCEMENT_TABLE: name, EVENT_BUS: name });
export const NoticeEnv = z.object({
  ENFORCEMENT_TABLE: name,
  /** Read only, and of it only what arrived from whom. */
  FEATURES_TABLE: name,
  EVENT_BUS: name,
  /** JSON (docs/notices.md). */
  CHANNELS: json(z.array(NoticeChannel)),
  /** Addresses and keys of channels by name, JSON; `none`: no channel of the stage has one. */
  CHANNEL_SECRET: name,
  WEBHOOK_KEY_SECRET: name,
  /** Of the console, whose pages the links open. */
  CONSOLE_ORIGIN: z.url(),
  /** JSON: every dead-letter queue of the pipeline, by its name in the runbook. */
  DEAD_LETTERS: json(z.array(z.strictObject({ name: z.string(), url: z.url() }))),
});
/** Copies what legal holds keep. */
export const HoldEnv = z.object({
  ARCHIVE_BUCKET: name,
  FEATURES_TABLE: name,
  GRAPH_TABLE: name,
  ENFORCEMENT_TABLE: name,
  ARCHIVE_DAYS: z.coerce.number().int().positive(),
});
export type GivenChannel = z.input<typeof NoticeChannel>;
/** The bucket of the anchors: of this account or, better, of another that nobody here may change. */
export const AnchorEnv = z.object({ ENFORCEMENT_TABLE: name, ANCHOR_BUCKET: name });
const ofAppeals = { ENFORCEMENT_TABLE: name };
/** The handler without a login: it checks links, and hands requests on. */
export const PublicAppealsEnv = HttpEnv.extend({ ...ofAppeals, APPEAL_KEY_SECRET: name, REQUEST_QUEUE_URL: z.url() });
export const IntakeEnv = z.object({ ...ofAppeals, APPEAL_KEY_SECRET: name });
export const ReviewEnv = HttpEnv.extend(ofAppeals);
export const AppealClockEnv = z.object(ofAppeals);

export type EnvironmentSchema = z.ZodObject;
/** What a construct must give so that the schema can be met. Values reach the function as text. */
export type Given<Schema extends EnvironmentSchema> = { readonly [Name in keyof z.input<Schema>]: string };

/** EMF metrics that alarms and the dashboard read. Few: each costs $0.30 a month. */
export const METRIC_NAMESPACE = 'Lockstep';
export const METRICS = {
  accepted: 'EventsAccepted',
  rejected: 'EventsRejected',
  unreadableFiles: 'FilesNotRead',
  conflicts: 'ConflictingDuplicates',
  unfoldedHours: 'HoursNotFolded',
  detectionRuns: 'DetectionRuns',
  newcomersChecked: 'NewcomersChecked',
  newcomersNotChecked: 'NewcomersNotChecked',
  newcomersChallenged: 'NewcomersChallenged',
  newcomersHeld: 'NewcomersHeld',
} as const;
