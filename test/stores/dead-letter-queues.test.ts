import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { EMULATED } from '../../local/engines/engine';
import { startSqsAndS3 } from '../../local/engines/sqs-and-s3';
import { SqsDeadLetterQueues } from '../../shared/aws/sqs-dead-letter-queues';
import { MemoryDeadLetterQueues } from '../../shared/memory/memory-dead-letter-queues';
import type { DeadLetterQueues } from '../../shared/ports';

type Made = { queues: DeadLetterQueues; stop(): Promise<unknown> };
const WAITING = { 'Ingest/Events/DeadLetters': 3, 'Detection/Failures': 0 };

const inMemory = async (): Promise<Made> => {
  const queues = new MemoryDeadLetterQueues();
  for (const [name, messages] of Object.entries(WAITING)) queues.waiting.set(name, messages);
  return { queues, stop: async () => undefined };
};

/** SQS as fauxqs speaks it. */
async function overTheWire(): Promise<Made> {
  const { endpoint, stop } = await startSqsAndS3();
  const client = new SQSClient({ ...EMULATED, endpoint, maxAttempts: 1, useQueueUrlAsEndpoint: false });
  const named: { name: string; url: string }[] = [];
  for (const [name, messages] of Object.entries(WAITING)) {
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name.replaceAll('/', '-') }));
    for (let n = 0; n < messages; n++) await client.send(new SendMessageCommand({ QueueUrl, MessageBody: `${n}` }));
    named.push({ name, url: QueueUrl });
  }
  return {
    queues: new SqsDeadLetterQueues(client, named),
    stop: async () => {
      client.destroy();
      await stop();
    },
  };
}

test.each([
  ['memory', inMemory],
  ['SQS', overTheWire],
])('dead-letter queues on %s: what waits in each, the empty ones too', async (_, make) => {
  const { queues, stop } = await make();
  const counted = await queues.count();
  expect(Object.fromEntries(counted.map(({ queue, messages }) => [queue, messages]))).toEqual(WAITING);
  for (const { url } of counted) expect(() => new URL(url)).not.toThrow();
  await stop();
});

test('a queue that cannot be asked throws: nobody is shown an old count as if it were of now', async () => {
  const { endpoint, stop } = await startSqsAndS3();
  const client = new SQSClient({ ...EMULATED, endpoint, maxAttempts: 1, useQueueUrlAsEndpoint: false });
  await expect(new SqsDeadLetterQueues(client, [{ name: 'gone', url: `${endpoint}/000000000000/gone` }]).count()).rejects.toThrow();
  client.destroy();
  await stop();
});
