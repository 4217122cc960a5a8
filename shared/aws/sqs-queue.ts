import { DeleteMessageBatchCommand, GetQueueUrlCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Queue } from '../ports';
import { batchesOf } from './batches';

/** SQS: ten messages and 1 MiB of text a request. */
export const SQS_BATCH = { count: 10, bytes: 1_048_576 };

/** The Queue port on SQS. Throws when any message was not taken; those that were are sent again with the retry: readers are idempotent. */
export class SqsQueue implements Queue {
  constructor(
    private readonly client: SQSClient,
    private readonly url: string,
  ) {}

  async send(bodies: readonly string[], options: { delaySeconds?: number } = {}): Promise<void> {
    for (const batch of batchesOf(bodies, (body) => Buffer.byteLength(body), SQS_BATCH)) {
      const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody, DelaySeconds: options.delaySeconds }));
      const { Failed } = await this.client.send(new SendMessageBatchCommand({ QueueUrl: this.url, Entries }));
      if (Failed?.length) throw new Error(`${Failed.length} of ${batch.length} messages were not taken: ${Failed[0]?.Code}`);
    }
  }
}

type Received = { receiptHandle: string; eventSourceARN: string };

/** Deletes messages that a function was given. A message that is not deleted comes back and is handled again: readers are idempotent. */
export const takeOffQueue =
  (client: SQSClient) =>
  async (records: readonly Received[]): Promise<void> => {
    const [first] = records;
    if (!first) return;
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: first.eventSourceARN.split(':').at(-1) }));
    for (const batch of batchesOf(records, () => 0, SQS_BATCH)) {
      const Entries = batch.map(({ receiptHandle: ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
