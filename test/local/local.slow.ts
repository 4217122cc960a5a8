import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { EMULATED } from '../../local/engines/engine';
import { Local } from '../support/local-app';

const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
const event = (number: number) => ({
  specversion: '1.0',
  type: 'lockstep.usage.v1',
  source: 'gateway',
  id: `e-${number}`,
  time: new Date(hour + number * 1000).toISOString(),
  subject: `account-${number % 3}`,
  data: { model: 'atlas-5', inputTokens: 1, outputTokens: 2 },
});

test('the very bundles take events from the queue, fold them, detect, answer over HTTP, and stop', async () => {
  const local = await Local.start();
  try {
    const [, queueUrl = ''] = await local.says(/events {3}(\S+)/, 120);
    const [, api = '', token = ''] = await local.says(/API {6}(\S+)\s+-H 'authorization: Bearer (\S+)'/, 10);
    const sqs = new SQSClient({ ...EMULATED, endpoint: new URL(queueUrl).origin });
    const events = Array.from({ length: 20 }, (_, number) => event(number));
    for (const MessageBody of [JSON.stringify(events), JSON.stringify(events.slice(0, 5)), 'H4sIcut']) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    }
    sqs.destroy();
    await local.says(/"message":"ingested".*"accepted":25.*"rejected":1/, 30);
    await local.says(/"message":"folded".*"events":20,"duplicates":5/, 30);
    await local.says(/"message":"detected".*"accounts":3/, 30);

    const { origin } = new URL(api);
    expect((await fetch(`${origin}/v1/health`)).status).toBe(200);
    expect((await fetch(api)).status).toBe(401);
    const answer = await fetch(api, { headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, await answer.json()]).toEqual([200, { items: [] }]);
  } finally {
    expect(await local.stop()).toBe(0);
  }
}, 240_000);
