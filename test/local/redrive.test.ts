import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { EMULATED } from '../../local/engines/engine';
import { DAY, HOUR } from '../../shared/domain/time';
import { Local } from '../support/local-app';
import { AT, litellm, usage } from '../support/producer-records';

/** Catches what hangs; measures nothing. */
jest.setTimeout(30 * 60_000);

const root = join(__dirname, '..', '..');
/** In the middle of the last hour that has ended: what is served then is folded at once. */
const SERVED = Math.floor(Date.now() / HOUR) * HOUR - HOUR / 2;
const LATE = SERVED - 20 * DAY;

/** Tests in order, each on what the ones before it left: the front door and the command, as one tries them by hand. */
describe('npm run redrive against npm run local', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-redrive-'));
  const producers = join(folder, 'producers.json');
  let local: Local;
  let [queueUrl, bucket, origin, admin] = ['', '', '', ''];

  beforeAll(async () => {
    writeFileSync(producers, '{}');
    local = await Local.start('--producers', producers);
    [, queueUrl = ''] = await local.prints(/events {3}(\S+)/);
    [, bucket = ''] = await local.prints(/refused {2}npm run redrive -- list --bucket (\S+)/);
    [, origin = ''] = await local.prints(/API {6}(\S+)\/v1\/accounts/);
    [, admin = ''] = await local.prints(/admin {4}(\S+)/);
    await local.prints(/nothing is kept/);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    expect(await local.stop()).toBe(0);
  });

  const redrive = async (...options: string[]): Promise<string[]> => {
    const { region, credentials } = EMULATED;
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), join(root, 'cli', 'redrive.ts'), ...options, '--bucket', bucket],
      {
        cwd: root,
        env: {
          ...process.env,
          AWS_REGION: region,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_ENDPOINT_URL: new URL(queueUrl).origin,
        },
      },
    );
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (printed += part));
    const [code] = await once(child, 'exit');
    expect([code, printed]).toEqual([0, expect.any(String)]);
    return printed.trim().split('\n');
  };
  const asked = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${admin}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const accountOf = async (id: string): Promise<string> => (await asked('POST', '/v1/accounts/lookup', { id })).body.account;
  const hoursOf = async (id: string, from: number) =>
    (
      await asked(
        'GET',
        `/v1/accounts/${await accountOf(id)}/hours?from=${new Date(from - HOUR).toISOString()}&to=${new Date(from + HOUR).toISOString()}`,
      )
    ).body;

  test('what no producer reads, what does not fit and what is late is kept, listed and shown with what to do', async () => {
    const at = (milliseconds: number) => ({ startTime: milliseconds / 1000, endTime: milliseconds / 1000 + 1 });
    const sqs = new SQSClient({ ...EMULATED, endpoint: new URL(queueUrl).origin });
    const records = [
      litellm(1, at(SERVED)),
      litellm(2, at(SERVED)),
      usage(3, { time: new Date(SERVED).toISOString() }, { model: '' }),
      usage(4, { time: new Date(LATE).toISOString() }),
    ];
    expect(AT).toBeLessThan(Date.now());
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: records.map((one) => JSON.stringify(one)).join('\n') }));
    sqs.destroy();
    await local.prints(/"message":"ingested".*"accepted":0.*"rejected":4/);

    const counts = (await redrive('list')).map((line) => line.split(/\s+/).slice(1).join(' '));
    expect(counts).toEqual(['1 contract invalid-field', '1 contract late', '2 litellm producer-not-enabled']);
    const [late = '', ...rest] = await redrive('show', '--reason', 'late');
    expect(late).toMatch(/more than 14 days before .*npm run redrive -- send --reason late/);
    expect(rest).toEqual([]);
    const shown = await redrive('show', '--producer', 'litellm', '--records');
    expect(shown).toHaveLength(4);
    expect(shown[0]).toMatch(/producer-not-enabled: .*ingest\.producers\.litellm\.account/);
    expect(JSON.parse(shown[1] ?? '')).toMatchObject({ metadata: { user_api_key_user_id: 'acct-1' } });
  });

  test('the producer is enabled and its records sent again: an account with features', async () => {
    writeFileSync(producers, JSON.stringify({ litellm: { account: 'metadata.user_api_key_user_id' } }));
    await local.prints(/producers: litellm/);
    expect(await redrive('send', '--queue', queueUrl, '--producer', 'litellm')).toEqual([expect.stringMatching(/^2 records sent again/)]);
    await local.prints(/"message":"ingested".*"accepted":2.*"rejected":0/);
    await local.prints(/"message":"folded".*"events":2/);
    await local.prints(/"message":"detected".*"accounts":2/);
    const account = await asked('GET', `/v1/accounts/${await accountOf('acct-1')}`);
    expect([account.status, account.body.usage?.exchanges ?? account.body]).toEqual([200, 1]);
    expect((await hoursOf('acct-1', SERVED)).hours).toMatchObject([{ exchanges: 1 }]);
  });

  test('a record is repaired and sent again', async () => {
    expect(await redrive('send', '--queue', queueUrl, '--reason', 'invalid-field', '--set', 'data.model="atlas-5"')).toEqual([
      expect.stringMatching(/^1 records sent again/),
    ]);
    await local.prints(/"message":"ingested".*"accepted":1.*"rejected":0/);
    await local.prints(/"message":"detected".*"accounts":3/);
    expect((await hoursOf('acct-3', SERVED)).hours).toMatchObject([{ models: { 'atlas-5': 1 } }]);
  });

  test('a late event is sent again, taken although it is late, and folded; nothing is left of what was refused', async () => {
    expect(await redrive('send', '--queue', queueUrl, '--reason', 'late')).toEqual([
      expect.stringMatching(/^0 records/),
      expect.stringMatching(/^1 late records are taken/),
    ]);
    await local.prints(/"message":"due".*"accepted":1.*"rejected":0/);
    await local.prints(new RegExp(`"message":"folded".*"hour":${Math.floor(LATE / HOUR) * HOUR},`));
    expect((await hoursOf('acct-4', LATE)).hours).toMatchObject([{ exchanges: 1 }]);
    expect(await redrive('list')).toEqual(['']);
  });
});
