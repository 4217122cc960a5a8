import { setTimeout } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { FunctionHost } from './function-host';

export type Mapping = { queueUrl: string; queueArn: string; batchSize: number; windowMs: number };
const BatchResponse = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).default([]) }).nullish();

/**
 * Feeds a queue to a function as Lambda's event source mapping does: collects up to `batchSize` messages for up to `windowMs`, and
 * deletes what the function did not name as failed. The rest comes back when its visibility ends, and dies by the queue's own rule.
 */
export async function feed(sqs: SQSClient, mapping: Mapping, reader: FunctionHost, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const messages = await collect(sqs, mapping, signal);
    if (messages.length === 0) continue;
    const invoked = await reader.invoke({ Records: messages.map((message) => record(message, mapping)) });
    if (invoked.kind === 'failure') {
      console.error(`${reader.spec.name}: ${invoked.error.name}: ${invoked.error.message}`);
      continue;
    }
    const failed = new Set(BatchResponse.parse(invoked.answer)?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    await remove(
      sqs,
      mapping.queueUrl,
      messages.filter(({ MessageId = '' }) => !failed.has(MessageId)),
    );
  }
}

async function collect(sqs: SQSClient, { queueUrl, batchSize, windowMs }: Mapping, signal: AbortSignal): Promise<Message[]> {
  const collected: Message[] = [];
  let until = Number.POSITIVE_INFINITY;
  while (!signal.aborted && collected.length < batchSize && Date.now() < until) {
    const wait = collected.length === 0 ? 5 : Math.min(5, Math.floor((until - Date.now()) / 1000));
    const received = await sqs
      .send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(10, batchSize - collected.length),
          WaitTimeSeconds: wait,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        { abortSignal: signal },
      )
      .catch((error: unknown) => {
        if (signal.aborted) return { Messages: [] };
        throw error;
      });
    const messages = received.Messages ?? [];
    if (collected.length === 0 && messages.length > 0) until = Date.now() + windowMs;
    collected.push(...messages);
    if (messages.length === 0 && collected.length > 0 && wait === 0) await setTimeout(Math.min(100, Math.max(0, until - Date.now())));
  }
  return collected;
}

const record = (message: Message, { queueArn }: Mapping) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes ?? {},
  messageAttributes: {},
  md5OfBody: message.MD5OfBody,
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: 'us-east-1',
});

async function remove(sqs: SQSClient, QueueUrl: string, messages: readonly Message[]): Promise<void> {
  for (let start = 0; start < messages.length; start += 10) {
    const Entries = messages.slice(start, start + 10).map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
