import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/**
 * One SDK client per service and function instance. The SDK's defaults wait without end for a connection and for an answer;
 * a function that hangs is charged until it times out and its whole batch is retried, so every client is given limits (ms).
 * Endpoints come from the SDK's own variables (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, …): production sets none of them.
 */
const limits = (requestTimeout: number) => ({
  connectionTimeout: 2_000,
  requestTimeout,
  throwOnRequestTimeout: true,
  httpAgent: { maxSockets: 128 },
  httpsAgent: { maxSockets: 128 },
});

/**
 * What the SDK does around each call and nobody here reads: it puts its middleware together anew, and copies input and output for a
 * logger that is not there. Without both a call of a table takes less processor time (1.13 and 0.92 ms in one run with dynalite).
 */
export const LEAN = { cacheMiddleware: true } as const;
export function lean<C extends { middlewareStack: { remove(name: string): boolean } }>(client: C): C {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** A table call is a millisecond's work: three seconds is an outage, and five attempts outlast a burst of throttling. */
export const dynamoDb = (): DynamoDBClient => lean(new DynamoDBClient({ ...LEAN, maxAttempts: 5, requestHandler: limits(3_000) }));

/** Chunks and fold outputs are megabytes. Path-style where an endpoint is named: loopback has no wildcard DNS. */
export const s3 = (): S3Client =>
  lean(new S3Client({ ...LEAN, maxAttempts: 4, requestHandler: limits(30_000), forcePathStyle: namesEndpoint('S3') }));

/** An emulator's queue URL names a host that loopback cannot resolve: then the endpoint decides, not the URL. */
export const sqs = (): SQSClient =>
  lean(new SQSClient({ ...LEAN, maxAttempts: 4, requestHandler: limits(25_000), useQueueUrlAsEndpoint: !namesEndpoint('SQS') }));

export const eventBridge = (): EventBridgeClient => lean(new EventBridgeClient({ ...LEAN, maxAttempts: 4, requestHandler: limits(5_000) }));

export const sns = (): SNSClient => lean(new SNSClient({ ...LEAN, maxAttempts: 4, requestHandler: limits(5_000) }));

export const stepFunctions = (): SFNClient => lean(new SFNClient({ ...LEAN, maxAttempts: 5, requestHandler: limits(5_000) }));

const namesEndpoint = (service: string): boolean =>
  process.env.AWS_ENDPOINT_URL !== undefined || process.env[`AWS_ENDPOINT_URL_${service}`] !== undefined;
