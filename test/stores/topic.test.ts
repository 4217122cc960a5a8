import { SNSClient } from '@aws-sdk/client-sns';
import { EMULATED } from '../../local/engines/engine';
import { startSqsAndS3 } from '../../local/engines/sqs-and-s3';
import { SnsTopic } from '../../shared/aws/sns-topic';
import { MemoryTopic } from '../../shared/memory/memory-topic';
import type { OutgoingText, Topic } from '../../shared/ports';
import { subscribedTopic } from '../support/subscribed-topic';

type Made = { topic: Topic; received(count: number): Promise<OutgoingText[]>; stop(): Promise<unknown> };

const inMemory = async (): Promise<Made> => {
  const topic = new MemoryTopic();
  return { topic, received: async () => topic.published, stop: async () => undefined };
};

/** SNS as fauxqs speaks it, with a queue that subscribed: what comes out there is what a subscriber gets. */
async function overTheWire(): Promise<Made> {
  const { endpoint, stop } = await startSqsAndS3();
  const { topicArn, received } = await subscribedTopic(endpoint);
  const client = new SNSClient({ ...EMULATED, endpoint, maxAttempts: 1 });
  return {
    topic: new SnsTopic(client, topicArn),
    received,
    stop: async () => {
      client.destroy();
      await stop();
    },
  };
}

const text = (n: number): OutgoingText => ({
  id: `t-${n}`,
  subject: `Lockstep: ${n} cases wait`,
  text: `Waits for approval – ü\n\nhttps://lockstep.example/cases/${n}`,
  attributes: { state: 'open', kinds: 'case-waits' },
});

describe.each([
  ['memory', inMemory],
  ['SNS', overTheWire],
])('Topic on %s', (_, make) => {
  test.each([[1], [3]])('%i texts, each once, with all they say', async (count) => {
    const { topic, received, stop } = await make();
    const texts = Array.from({ length: count }, (_unused, n) => text(n));
    for (const one of texts) await topic.publish(one);
    const arrived = await received(count);
    expect([...arrived].sort((one, other) => (one.id < other.id ? -1 : 1))).toEqual(texts);
    await stop();
  });
});

test('a topic that is not there throws: whoever publishes tries again', async () => {
  const { endpoint, stop } = await startSqsAndS3();
  const client = new SNSClient({ ...EMULATED, endpoint, maxAttempts: 1 });
  await expect(new SnsTopic(client, 'arn:aws:sns:us-east-1:000000000000:nobody').publish(text(1))).rejects.toThrow();
  client.destroy();
  await stop();
});
