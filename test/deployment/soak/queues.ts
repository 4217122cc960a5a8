import { setTimeout } from 'node:timers/promises';
import {
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export type QueueName = 'IngestEventsQueue' | 'FeaturesFoldsQueue' | 'DetectionDecisionsQueue';
const DEAD: Record<QueueName, string> = {
  IngestEventsQueue: 'IngestEventsDeadLetters',
  FeaturesFoldsQueue: 'FeaturesFoldsDeadLetters',
  DetectionDecisionsQueue: 'DetectionDecisionsDeadLetters',
};

const NAMES = Object.keys(DEAD) as QueueName[];
/** The most that one request sends, receives or deletes. */
const TEN = 10;
/** How long one request waits for a first message. */
const POLL_SECONDS = 1;
/** Between two requests while a batch is collected and little comes. */
const PAUSE_MS = 100;
/** Receives after which a message goes to the dead letters. */
const RECEIVES = 5;

/**
 * Longer than any batch takes on any machine: what is handed out again while it is worked on makes the flood a flood of its own, which
 * never drains. On AWS it is six times the reader's timeout; what an instance dropped comes again sooner here, because time is short.
 */
const VISIBILITY_SECONDS = 600;

/** The queues of the pipeline with their dead letters, empty. */
export async function openQueues(sqs: SQSClient, againAfterSeconds: number): Promise<Queues> {
  const urls = new Map<string, string>();
  for (const name of NAMES) {
    const { QueueUrl: deadUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: DEAD[name] }));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] }));
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: RECEIVES });
    const { QueueUrl = '' } = await sqs.send(
      new CreateQueueCommand({ QueueName: name, Attributes: { RedrivePolicy, VisibilityTimeout: String(VISIBILITY_SECONDS) } }),
    );
    urls.set(DEAD[name], deadUrl).set(name, QueueUrl);
  }
  return new Queues(sqs, urls, againAfterSeconds);
}

export class Queues {
  /** When each message that waits was sent, by its id. */
  private readonly waiting = new Map<QueueName, Map<string, number>>(NAMES.map((name) => [name, new Map()]));

  constructor(
    private readonly sqs: SQSClient,
    private readonly urls: ReadonlyMap<string, string>,
    private readonly againAfterSeconds: number,
  ) {}

  async send(name: QueueName, bodies: readonly string[]): Promise<void> {
    for (let at = 0; at < bodies.length; at += TEN) {
      const Entries = bodies.slice(at, at + TEN).map((MessageBody, n) => ({ Id: String(n), MessageBody }));
      const { Successful = [] } = await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: this.urls.get(name), Entries }));
      for (const { MessageId = '' } of Successful) this.waiting.get(name)?.set(MessageId, Date.now());
    }
  }

  /** As Lambda's poller does: it waits for a first message, then collects for `windowMs`, `most` at most. Nothing came: an empty batch. */
  async take(name: QueueName, most: number, windowMs: number): Promise<Message[]> {
    const batch: Message[] = [];
    let until = Number.POSITIVE_INFINITY;
    for (;;) {
      const seconds = batch.length === 0 ? POLL_SECONDS : 0;
      batch.push(...(await this.receive(name, Math.min(TEN, most - batch.length), seconds)));
      if (batch.length === 0 || batch.length >= most) return batch;
      until = Math.min(until, Date.now() + windowMs);
      const left = until - Date.now();
      if (left <= 0) return batch;
      if (batch.length % TEN !== 0) await setTimeout(Math.min(left, PAUSE_MS));
    }
  }

  private async receive(name: QueueName, most: number, seconds: number): Promise<Message[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.urls.get(name),
        MaxNumberOfMessages: most,
        WaitTimeSeconds: seconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return Messages;
  }

  /** What was done goes; what was not comes again after `againAfterSeconds`. */
  async settle(name: QueueName, batch: readonly Message[], done: boolean): Promise<void> {
    for (let at = 0; at < batch.length; at += TEN) {
      const QueueUrl = this.urls.get(name);
      const Entries = batch.slice(at, at + TEN).map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      const later = Entries.map((entry) => ({ ...entry, VisibilityTimeout: this.againAfterSeconds }));
      if (done) await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      else await this.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: later }));
    }
    // The next receive would be one too many: it goes to the dead letters, where nobody counts its age.
    for (const { MessageId = '', Attributes } of batch)
      if (done || Number(Attributes?.ApproximateReceiveCount) >= RECEIVES) this.waiting.get(name)?.delete(MessageId);
  }

  /** Of each queue, messages that wait, the age of the oldest in seconds, and its dead letters. */
  async depths(): Promise<{ name: QueueName; waiting: number; age: number; dead: string; visible: number }[]> {
    const now = Date.now();
    return Promise.all(
      NAMES.map(async (name) => {
        const sent = [...(this.waiting.get(name)?.values() ?? [])];
        const { ApproximateNumberOfMessages = '0' } = await this.attributes(DEAD[name]);
        const age = sent.length === 0 ? 0 : (now - Math.min(...sent)) / 1_000;
        return { name, waiting: sent.length, age, dead: DEAD[name], visible: Number(ApproximateNumberOfMessages) };
      }),
    );
  }

  /** Sends dead letters again, ten of a queue at most, and answers how many. */
  async redrive(): Promise<number> {
    let sent = 0;
    for (const name of NAMES) {
      const QueueUrl = this.urls.get(DEAD[name]);
      const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: TEN }));
      for (const { Body = '', ReceiptHandle } of Messages) {
        await this.send(name, [Body]);
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      sent += Messages.length;
    }
    return sent;
  }

  /** Nothing waits, and nothing is under way. */
  async areEmpty(): Promise<boolean> {
    for (const name of NAMES) {
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = await this.attributes(name);
      if (Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible) > 0) return false;
    }
    return true;
  }

  private async attributes(name: string): Promise<Record<string, string>> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.urls.get(name), AttributeNames: ['All'] }),
    );
    return Attributes;
  }
}
