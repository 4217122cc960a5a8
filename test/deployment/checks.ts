import { strict as assert } from 'node:assert';
import { gzipSync } from 'node:zlib';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { HOUR, hourLabel, hourOf } from '../../shared/domain/time';
import { eventually, type Outside } from './outside';

/** The last full hour: what arrives now is folded with it. */
const hour = hourOf(Date.now()) - HOUR;
const QUEUED = 300;
const FILED = 200;

const event = (number: number) => ({
  specversion: '1.0',
  type: 'lockstep.usage.v1',
  source: 'gateway/proof',
  id: `event-${number}`,
  time: new Date(hour + number * 1000).toISOString(),
  subject: `account-${number % 20}`,
  data: {
    model: 'atlas-5',
    inputTokens: 100,
    outputTokens: 200,
    network: { ip: '203.0.113.9' },
    prompt: { text: `Write a function that sorts ${number} numbers` },
  },
});

/** As gateways send: single events, an array, a gzip envelope twice (a producer that tries again), and a file. */
export async function sendEvents(outside: Outside): Promise<void> {
  const events = Array.from({ length: QUEUED + FILED }, (_, number) => event(number));
  const envelope = gzipSync(JSON.stringify(events.slice(100, QUEUED))).toString('base64');
  const bodies = [...events.slice(0, 10).map((one) => JSON.stringify(one)), JSON.stringify(events.slice(10, 100)), envelope, envelope];
  for (const MessageBody of bodies)
    await outside.sqs.send(new SendMessageCommand({ QueueUrl: outside.output('EventQueueUrl'), MessageBody }));
  const Body = gzipSync(
    events
      .slice(QUEUED)
      .map((one) => JSON.stringify(one))
      .join('\n'),
  );
  await outside.s3.send(new PutObjectCommand({ Bucket: outside.output('InboxBucket'), Key: 'drop/events.ndjson.gz', Body }));
}

export async function poison(outside: Outside): Promise<void> {
  await outside.sqs.send(new SendMessageCommand({ QueueUrl: outside.output('EventQueueUrl'), MessageBody: 'H4sIAAAAcut' }));
  const Bucket = outside.output('RefusedBucket');
  const kept = await eventually('the refused record', 60, async () => {
    const { Contents = [] } = await outside.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'refused/' }));
    const Key = Contents.find((one) => one.Key?.includes('/unknown/bad-encoding/'))?.Key;
    if (Key === undefined) return undefined;
    const { Body } = await outside.s3.send(new GetObjectCommand({ Bucket, Key }));
    return Body?.transformToString();
  });
  const { record, because } = JSON.parse(kept.trim());
  assert.equal(record, 'H4sIAAAAcut');
  assert.match(because, /gzip/);
}

export async function folded(outside: Outside): Promise<void> {
  const features = outside.table('Features');
  const events = await eventually('the fold', 180, async () => {
    const { items } = await features.query({ pk: `F#${hourLabel(hour)}`, prefix: 'S#' });
    const sum = items.reduce((total, item) => total + Number(item.events), 0);
    return sum >= QUEUED + FILED ? sum : undefined;
  });
  assert.equal(events, QUEUED + FILED);
}

export async function signedIn(outside: Outside): Promise<void> {
  assert.equal((await outside.api('GET', '/v1/health')).status, 200);
  assert.equal((await outside.api('GET', '/v1/me')).status, 401);
  assert.equal((await outside.api('GET', '/v1/me', { token: 'e30.e30.e30' })).status, 401);
  const { status, body } = await outside.api('GET', '/v1/me', { token: await outside.token('rae', 'reviewer') });
  assert.equal(status, 200);
  assert.partialDeepStrictEqual?.(body, { role: 'reviewer' });
}

/** Tables and buckets by the construct that made them: the ledger, the archive, who looked at what, files that were not ingested, what was refused. */
export async function leftovers(outside: Outside): Promise<void> {
  const kinds = (names: readonly (string | undefined)[]): string[] =>
    names.flatMap((name) => /^lockstep-dev(?:-state)?-(.+?)[0-9a-f]{8}-/i.exec(name ?? '')?.[1]?.toLowerCase() ?? []).sort();
  const { TableNames = [] } = await outside.dynamoDb.send(new ListTablesCommand({}));
  const { Buckets = [] } = await outside.s3.send(new ListBucketsCommand({}));
  assert.deepEqual(kinds(TableNames), ['access', 'enforcement', 'graph']);
  assert.deepEqual(kinds(Buckets.map(({ Name }) => Name)), ['accesslogs', 'anchors', 'archive', 'inbox', 'refused']);
  const { QueueUrls = [] } = await outside.sqs.send(new ListQueuesCommand({}));
  assert.deepEqual(QueueUrls, []);
}
