import { Duration } from 'aws-cdk-lib';
import type { GivenChannel, GivenProducers } from '../shared/wiring';
import type { Identity } from './parts/identity';

/** Everything in which one deployment differs from another. A stage of your own is one more entry here, and nothing else. */
export type Stage = {
  /** Usage events are kept this long; indicators and the ledger outlive them (docs/deploy.md, retention). */
  readonly archiveDays: number;
  readonly logDays: 7 | 30 | 90 | 365;
  /** Files that were dropped into the inbox are removed after ingest; this is for those that were not. */
  readonly inboxDays: number;
  /** Refused records are kept this long, as they came: time to enable a producer, or to repair them, and send them again (`npm run redrive`). */
  readonly refusedDays: number;
  readonly ingest: {
    /** Segments of a chunk, a power of two up to 64, as many as shards or more: each is a read in each fold. 1 below 100,000 events an hour. */
    readonly segments: 1 | 2 | 4 | 8 | 16 | 32 | 64;
    /**
     * How long a batch is collected. With single events a message the queue's 120,000 in-flight limit caps it at 2–5 s under
     * load; with 64 KB envelopes 60 s is cheapest.
     */
    readonly window: Duration;
    readonly batchSize: number;
    readonly concurrency: number;
    /** What people already run, and where in its records the account is (docs/producers.md). None unless it is named. */
    readonly producers: GivenProducers;
    /**
     * Files in other buckets: read, never changed and never removed. `key`: ARN of the KMS key that they are encrypted with, if any.
     * What their owners must attach: `npm run source-policies`.
     */
    readonly sources: readonly { readonly bucket: string; readonly prefix: string; readonly key?: string }[];
  };
  readonly features: {
    /** Units an hour is folded in; divides the segments. */
    readonly shards: 1 | 2 | 4 | 8 | 16 | 32 | 64;
    readonly planEvery: Duration;
    /** How long after its end an hour is first folded: what was collected in batches has then arrived. */
    readonly settle: Duration;
    /** How long late events of a folded hour are collected before it is folded again: at scale there are always some. */
    readonly foldAgainAfter: Duration;
    readonly concurrency: number;
    /**
     * Whose hours are kept at hand for the API (docs/decisions/0001); detection reads the fold's output segments either way, and
     * so does the API for the others. Write units an event of each: docs/cost.md.
     */
    readonly rows: 'all' | 'risk' | 'none';
  };
  readonly detection: {
    readonly every: Duration;
    readonly memoryMiB: number;
    /**
     * Functions that absorb, screen and judge side by side where there are more accounts than who detects holds (docs/decisions/0006, 0017): thousands are a number here.
     * 0: the detecting function does it all itself, as it does for fewer accounts.
     */
    readonly screenAtOnce: number;
  };
  /** Instances of the check of newcomers that are kept warm (provisioned concurrency, paid by the hour); 0 lets the first caller wait. */
  readonly admission: { readonly warmInstances: number };
  /** Where actions are asked for, HTTPS (docs/enforcement.md). `none`: nobody is asked, whatever the policy's mode. */
  readonly webhookUrl: string;
  /**
   * Where the abuse desks of other clouds take referrals, HTTPS, by cloud (docs/referrals.md): the desk's own address, or a relay of yours.
   * A cloud that is not named is written to by hand.
   */
  readonly abuseDesks: Readonly<Record<string, string>>;
  /** Requests a second and at once, over all callers; each caller is limited by the functions. */
  readonly api: { readonly rateLimit: number; readonly burstLimit: number };
  readonly identity: Identity;
  /** Deleting a stack with it is refused by AWS until it is switched off by hand. */
  readonly deletionProtection: boolean;
  readonly monthlyBudgetUsd: number;
  /**
   * The ledger's anchors (docs/enforcement.md): nobody, not this account's root either, deletes one before its days are over where the
   * mode is `compliance`. `bucket`: the name of a bucket of another account that lets this one put and get, instead of one of ours.
   */
  readonly anchors: { readonly mode: 'governance' | 'compliance'; readonly days: number; readonly bucket?: string };
  /**
   * Tables to use instead of the stack's own, by name: after a restore, which makes a table with another name (docs/runbook.md). The
   * stack's own stay as they are.
   */
  readonly adopt?: { readonly graph?: string; readonly enforcement?: string; readonly access?: string };
  /** Who is told of alarms. Without it they are only seen in CloudWatch. */
  readonly alarmEmail?: string;
  /**
   * Who is told that a case, an appeal or a source waits for somebody (docs/notices.md): by e-mail, Slack, PagerDuty or a signed webhook.
   * `secretName`: the Secrets Manager secret with what opens Slack and PagerDuty, by the channel's name. Everything is on the event bus too.
   */
  readonly notify: { readonly channels: readonly StageChannel[]; readonly secretName?: string };
};

type Email = Omit<Extract<GivenChannel, { kind: 'topic' }>, 'kind' | 'topicArn'> & { kind: 'email'; addresses: readonly string[] };
export type StageChannel = Email | Exclude<GivenChannel, { kind: 'topic' }>;

const small = {
  archiveDays: 15,
  logDays: 7,
  inboxDays: 3,
  refusedDays: 7,
  ingest: { segments: 1, window: Duration.seconds(5), batchSize: 1_000, concurrency: 2, producers: {}, sources: [] },
  features: {
    shards: 1,
    planEvery: Duration.minutes(5),
    settle: Duration.seconds(0),
    foldAgainAfter: Duration.seconds(0),
    concurrency: 2,
    rows: 'none',
  },
  detection: { every: Duration.minutes(15), memoryMiB: 1_769, screenAtOnce: 2 },
  admission: { warmInstances: 0 },
  webhookUrl: 'none',
  abuseDesks: {},
  api: { rateLimit: 50, burstLimit: 100 },
  identity: { kind: 'user-pool', mfa: 'optional' },
  deletionProtection: false,
  anchors: { mode: 'governance', days: 1 },
  monthlyBudgetUsd: 20,
  notify: { channels: [] },
} as const satisfies Stage;

export const stages = {
  dev: small,
  staging: {
    ...small,
    archiveDays: 60,
    logDays: 30,
    monthlyBudgetUsd: 100,
    detection: { every: Duration.minutes(15), memoryMiB: 3_008, screenAtOnce: 8 },
    identity: { kind: 'user-pool', mfa: 'required' },
  },
  prod: {
    archiveDays: 60,
    logDays: 90,
    inboxDays: 7,
    refusedDays: 14,
    ingest: { segments: 16, window: Duration.seconds(30), batchSize: 10_000, concurrency: 50, producers: {}, sources: [] },
    features: {
      shards: 16,
      planEvery: Duration.minutes(10),
      settle: Duration.minutes(2),
      foldAgainAfter: Duration.hours(1),
      concurrency: 32,
      rows: 'none',
    },
    detection: { every: Duration.minutes(15), memoryMiB: 10_240, screenAtOnce: 64 },
    admission: { warmInstances: 2 },
    webhookUrl: 'none',
    abuseDesks: {},
    api: { rateLimit: 200, burstLimit: 400 },
    identity: { kind: 'user-pool', mfa: 'required' },
    deletionProtection: true,
    anchors: { mode: 'compliance', days: 400 },
    monthlyBudgetUsd: 1_000,
    notify: { channels: [] },
  },
} as const satisfies Record<string, Stage>;

export type StageName = keyof typeof stages;

/** The stage that `-c stage=…` names. */
export function stageNamed(wanted: unknown): { name: StageName; stage: Stage } {
  for (const [name, stage] of Object.entries(stages)) if (name === wanted && isStageName(name)) return { name, stage };
  throw new Error(`-c stage=${String(wanted)} is not one of ${Object.keys(stages).join(', ')}: see infra/stages.ts`);
}

const isStageName = (name: string): name is StageName => Object.hasOwn(stages, name);
