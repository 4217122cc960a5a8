/**
 * What a stage of infra/stages.ts deploys, as far as it costs: a test compares them. `pollers`: batches that the event source mapping
 * collects at once, at least (AWS says five). `memory` in GB.
 */
export type Deployed = {
  segments: number;
  shards: number;
  windowSeconds: number;
  planMinutes: number;
  settleMinutes: number;
  foldAgainMinutes: number;
  detectMinutes: number;
  archiveDays: number;
  memory: { ingest: number; plan: number; fold: number; detect: number };
};

export const DEPLOYED = {
  dev: {
    segments: 1,
    shards: 1,
    windowSeconds: 5,
    planMinutes: 5,
    settleMinutes: 0,
    foldAgainMinutes: 0,
    detectMinutes: 15,
    archiveDays: 15,
    memory: { ingest: 1_769 / 1024, plan: 0.5, fold: 1_769 / 1024, detect: 1_769 / 1024 },
  },
  prod: {
    segments: 16,
    shards: 16,
    windowSeconds: 30,
    planMinutes: 10,
    settleMinutes: 2,
    foldAgainMinutes: 60,
    detectMinutes: 15,
    archiveDays: 60,
    memory: { ingest: 1_769 / 1024, plan: 0.5, fold: 1_769 / 1024, detect: 10 },
  },
} as const satisfies Record<string, Deployed>;

export const POLLERS = 5;
/** Functions wait for one answer after the other; what is counted here answers at once. Stated. */
export const WAIT_MS = { dynamodb: 5, s3: 25 };
/** Reads of a fold that are under way together (functions/features/fold.ts). */
export const FOLD_READS_AT_ONCE = 16;
/** Times a day that detection begins from nothing, reading the window's fold outputs: late events, and a new function instance. Stated. */
export const REBUILDS = 2;
/** Of logs, for each invocation: ours, and what Lambda adds. Stated. */
export const LOG_BYTES = 1_500;
/** The payload that a batch of the event source mapping may hold, and how it counts against an envelope of 64 KB. */
export const ENVELOPE_BYTES = 65_536;
export const BATCH_BYTES = 6 * 1024 * 1024;
/**
 * Of every stage, whatever comes in: a test counts them in the template. `metrics`: custom ones that are written in most hours (what is 0 is
 * not written, and AWS charges a metric for the hours in which it is); `quietQueues`: queues that functions poll, but that of events.
 */
export const FIXED = { alarms: 26, metrics: 5, secrets: 4, keys: 1, quietQueues: 5 };
