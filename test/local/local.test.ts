import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { EMULATED } from '../../local/engines/engine';
import { flagged, foundCampaign } from '../deployment/campaign';
import { history, MEMBERS } from '../deployment/history';
import { bePatient } from '../deployment/outside';
import { type Api, approved, assisting, caseAbout, contained, putPolicyLive, undone } from '../deployment/suspension';
import { Local } from '../support/local-app';

/** From its start to its addresses on an idle machine: mostly bundling eighteen functions. */
const START_MS = 20_000;
/** Catches what hangs; measures nothing. */
jest.setTimeout(30 * 60_000);

/** Tests in order, each on what the ones before it left, as one does who tries it by hand. */
describe('npm run local: the bundles that go to Lambda, on embedded engines', () => {
  let local: Local;
  let api: Api & { origin: string };
  let queueUrl = '';
  let inbox = '';
  let [reviewer, admin] = ['', ''];

  beforeAll(async () => {
    const began = Date.now();
    local = await Local.start('--receiver');
    [, queueUrl = ''] = await local.prints(/events {3}(\S+)/);
    [, inbox = ''] = await local.prints(/files {4}s3:\/\/(\S+?)\//);
    const [, list = '', token = ''] = await local.prints(/API {6}(\S+)\s+-H 'authorization: Bearer (\S+)'/);
    [, admin = ''] = await local.prints(/admin {4}(\S+)/);
    await local.prints(/nothing is kept/);
    [api, reviewer] = [apiAt(new URL(list).origin), token];
    bePatient(Date.now() - began, START_MS);
  });

  // Not in a `finally` of a test: what it ended with must not hide why a test failed.
  afterAll(async () => expect(await local.stop()).toBe(0));

  test('take events from the queue, fold them, detect, and answer over HTTP', async () => {
    const sqs = new SQSClient({ ...EMULATED, endpoint: new URL(queueUrl).origin });
    const events = Array.from({ length: 20 }, (_, number) => event(number));
    for (const MessageBody of [JSON.stringify(events), JSON.stringify(events.slice(0, 5)), 'H4sIcut']) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    }
    sqs.destroy();
    await local.prints(/"message":"ingested".*"accepted":25.*"rejected":1/);
    await local.prints(/"message":"folded".*"events":20,"duplicates":5/);
    await local.prints(/"message":"detected".*"accounts":3/);

    const list = `${api.origin}/v1/accounts`;
    expect((await fetch(`${api.origin}/v1/health`)).status).toBe(200);
    expect((await fetch(list)).status).toBe(401);
    const answer = await fetch(list, { headers: { authorization: `Bearer ${reviewer}` } });
    expect([answer.status, await answer.json()]).toEqual([200, { items: [] }]);
  });

  test('flag a campaign that comes as a file, suspend it at the receiver once a person approved, and undo it', async () => {
    const restricted = (): number => Number(local.last(/receiver: (\d+) accounts suspended/) ?? 0);
    const traffic = history();
    const s3 = new S3Client({ ...EMULATED, endpoint: new URL(queueUrl).origin, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket: inbox, Key: 'history/three-days.ndjson.gz', Body: traffic.file }));
    s3.destroy();

    const campaign = await foundCampaign(api, reviewer);
    await putPolicyLive(api, traffic, admin, reviewer, assisting());
    const opened = await caseAbout(api, campaign, reviewer);
    expect(restricted()).toBe(0);
    await approved(api, opened, reviewer);
    await contained(api, restricted, campaign, reviewer);
    expect(restricted()).toBeGreaterThanOrEqual(0.8 * MEMBERS);
    await undone(api, restricted, opened, reviewer);
    const left = await flagged(api, reviewer, campaign);
    expect(left.filter(({ standing }) => standing === 'suspended')).toEqual([]);
  });
});

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

const apiAt = (origin: string): Api & { origin: string } => ({
  origin,
  async api(method, path, { token, body, headers } = {}) {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  },
});
