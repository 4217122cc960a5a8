import { setTimeout } from 'node:timers/promises';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { EMULATED, type Engine } from '../../local/engines/engine';
import { startSqsAndS3 } from '../../local/engines/sqs-and-s3';
import { SqsQueue } from '../../shared/aws/sqs-queue';
import { MemoryQueue } from '../../shared/memory/memory-queue';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { queueContract } from './queue.contract';

let engine: Engine | undefined;
let client: SQSClient | undefined;
afterAll(async () => {
  client?.destroy();
  await engine?.stop();
});

queueContract('memory', async () => {
  const clock = new SimulatedClock(0);
  const queue = new MemoryQueue(clock);
  return {
    queue,
    receive: async () =>
      queue.take(1000).map(({ id, body }) => {
        queue.delete(id);
        return body;
      }),
    pass: async (seconds) => clock.advanceTo(clock.now() + seconds * 1000),
  };
});

queueContract('fauxqs', async () => {
  engine = await startSqsAndS3();
  const sqs = new SQSClient({ ...EMULATED, endpoint: engine.endpoint, maxAttempts: 1 });
  client = sqs;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'contract' }));
  const receive = async (): Promise<string[]> => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return [...Messages.map(({ Body = '' }) => Body), ...(await receive())];
  };
  return { queue: new SqsQueue(sqs, QueueUrl), receive, pass: (seconds) => setTimeout(seconds * 1000) };
});

describe('the reading side of the twin', () => {
  test('a message that is not deleted comes back when its visibility ends, and dies after its last delivery', async () => {
    const clock = new SimulatedClock(0);
    const queue = new MemoryQueue(clock, { visibilitySeconds: 30, maxReceives: 2 });
    await queue.send(['poison']);
    expect(queue.take()).toHaveLength(1);
    expect(queue.take()).toHaveLength(0);
    clock.advanceTo(30_000);
    expect(queue.take()).toHaveLength(1);
    clock.advanceTo(60_000);
    expect(queue.take()).toHaveLength(0);
    expect(queue.deadLetters.map(({ body }) => body)).toEqual(['poison']);
    expect(queue.waiting).toBe(0);
  });
});
