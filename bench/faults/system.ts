import type { Message } from '../../functions/ingest/read-messages';

/** One way to come from messages to counts by (account, hour). */
export type System = {
  /** Answers the messages that failed alone; throws when the process died or the batch failed as a whole. */
  take(messages: readonly Message[]): Promise<readonly Message[]>;
  /** What runs beside on a schedule. */
  work(): Promise<void>;
  counts(): Promise<ReadonlyMap<string, number>>;
  /** DynamoDB write units so far. */
  units(): number;
};
