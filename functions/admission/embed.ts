import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { systemClock as clock } from '../../shared/aws/system-clock';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { livePolicy } from '../../shared/lambda/live-policy';
import type { Queue } from '../../shared/ports';
import { type Gate, gateOf } from './gate';

export type { Checked } from './check';
export type { Gate } from './gate';
export type { Newcomer } from './newcomer';

export type GateSettings = {
  /** Names of the deployment's tables (outputs of its state stack). The caller's role reads the rows that docs/admission.md names. */
  tables: { graph: string; enforcement: string };
  /** What the deployment's identifier secret holds: asked for at each check, so cache it. */
  identifierKey: () => Promise<string>;
  /** A client of the caller's; otherwise one that answers within half a second or not at all. */
  dynamodb?: Pick<DynamoDBClient, 'send'>;
  /** A way to the deployment's verification queue: with it, whoever is named, and challenged or held, is waited for. */
  verifications?: Queue;
  /** ms after which a newcomer is let in unchecked. */
  within?: number;
  /** Checks at work at the same time, at most. */
  atOnce?: number;
};

/** A row is a millisecond's work, and somebody waits to sign up. */
const client = (): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 500, throwOnRequestTimeout: true, httpsAgent: { maxSockets: 128 } },
  });

/**
 * The check of newcomers for a gateway that embeds it: the function that `POST /v1/check` calls, over the same rows. Give it an object
 * in the shape of `Newcomer`; it answers `allow`, `challenge` or `hold`, and never throws.
 */
export function openGate({ tables, identifierKey, dynamodb, verifications, within, atOnce }: GateSettings): Gate {
  const database = (dynamodb ?? client()) as DynamoDBClient;
  const enforcement = new DynamoTable(database, tables.enforcement, clock);
  return gateOf(
    {
      graph: new DynamoTable(database, tables.graph, clock),
      enforcement,
      clock,
      hasher: identifierHasher('identifierKey', { get: identifierKey }),
      policy: livePolicy(enforcement, clock),
      ...(verifications === undefined ? {} : { verifications }),
      ...(within === undefined ? {} : { within }),
    },
    atOnce === undefined ? {} : { atOnce },
  );
}
