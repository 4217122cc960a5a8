import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { systemClock as clock } from '../../shared/aws/system-clock';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { livePolicy } from '../../shared/lambda/live-policy';
import { type Gate, gateOf } from './gate';
import type { GateSettings } from './published';

/** A row is a millisecond's work, and somebody waits to sign up. */
const client = (): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 500, throwOnRequestTimeout: true, httpsAgent: { maxSockets: 128 } },
  });

/**
 * The check of newcomers for a gateway that embeds it: the function that `POST /v1/check` calls, over the same rows. Give it an object
 * in the shape of `Newcomer` (published.ts); it answers `allow`, `challenge` or `hold`, and never throws.
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
