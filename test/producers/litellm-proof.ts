import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Message } from '../../functions/ingest/read-messages';
import { EMULATED } from '../../local/engines/engine';
import { startSqsAndS3 } from '../../local/engines/sqs-and-s3';
import { Pipeline } from '../../local/pipeline';
import recommended from '../../policies/recommended.json';
import { ProducerSettings } from '../../shared/contract/producer-settings';
import { Policy } from '../../shared/domain/policy/policy';
import { HOUR } from '../../shared/domain/time';

/**
 * `npm run test:litellm`: LiteLLM's own proxy with its own SQS logger, from PyPI, sends to the queue of this machine; what arrives goes
 * through the pipeline until accounts have features. Needs Python 3.10 or newer and some minutes the first time; LOCKSTEP_LITELLM names a
 * virtual environment that is there already.
 */
const VERSION = '1.108.7';
const FOLDER = join(__dirname, '../../.lockstep/litellm');
const ACCOUNTS = ['acct-alice', 'acct-bob', 'acct-carol'];
const REQUESTS_EACH = 4;

/** Whoever shows the key `sk-<account>` is that account: a proxy with a database would know it by its own keys. */
const AUTH = `
from litellm.proxy._types import UserAPIKeyAuth

async def authenticate(request, api_key: str) -> UserAPIKeyAuth:
    return UserAPIKeyAuth(api_key=api_key, user_id=api_key.removeprefix("sk-"))
`;
const config = (queueUrl: string) => `
model_list:
  - model_name: atlas-5
    litellm_params: { model: openai/gpt-4o-mini, api_key: none, mock_response: "Merge, quick, heap." }
  - model_name: broken
    litellm_params: { model: openai/gpt-4o-mini, api_key: none, mock_response: "litellm.RateLimitError" }
litellm_settings:
  callbacks: ["aws_sqs"]
  num_retries: 0
  aws_sqs_callback_params:
    sqs_queue_url: ${queueUrl}
    sqs_region_name: us-east-1
    sqs_aws_access_key_id: local
    sqs_aws_secret_access_key: local
    sqs_flush_interval: 1
    sqs_batch_size: 1
general_settings:
  custom_auth: authenticating.authenticate
`;

function proxyProgram(): string {
  const given = process.env.LOCKSTEP_LITELLM;
  const venv = given ?? join(FOLDER, 'venv');
  const program = join(venv, 'bin/litellm');
  if (existsSync(program)) return program;
  if (given !== undefined) throw new Error(`LOCKSTEP_LITELLM names ${given}, where there is no bin/litellm`);
  console.log(`installing litellm[proxy]==${VERSION} from PyPI …`);
  for (const [command, ...parameters] of [
    ['python3', '-m', 'venv', venv],
    [join(venv, 'bin/pip'), 'install', '-q', `litellm[proxy]==${VERSION}`],
  ] as const)
    if (spawnSync(command, parameters, { stdio: 'inherit' }).status !== 0) throw new Error(`${command} failed`);
  return program;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port'))));
    });
  });

/** Whether the proxy has ended: then nothing is waited for. */
let stopped = false;

async function until<T>(what: string, seconds: number, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end && !stopped) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await setTimeout(500);
  }
  throw new Error(`${what}: not within ${seconds} seconds`);
}

function expect(what: string, holds: boolean): void {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`ok  ${what}`);
}

async function main(): Promise<void> {
  const program = proxyProgram();
  mkdirSync(FOLDER, { recursive: true });
  const engine = await startSqsAndS3();
  const sqs = new SQSClient({ ...EMULATED, endpoint: engine.endpoint });
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'usage' }));
  writeFileSync(join(FOLDER, 'config.yaml'), config(QueueUrl));
  writeFileSync(join(FOLDER, 'authenticating.py'), AUTH);
  const port = await freePort();
  const proxy = spawn(program, ['--config', join(FOLDER, 'config.yaml'), '--host', '127.0.0.1', '--port', String(port)], {
    cwd: FOLDER,
    env: {
      ...process.env,
      PYTHONPATH: FOLDER,
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      DISABLE_ADMIN_UI: 'True',
      LITELLM_MASTER_KEY: `sk-${randomBytes(32).toString('hex')}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  proxy.once('exit', () => {
    stopped = true;
  });
  let log = '';
  for (const stream of [proxy.stdout, proxy.stderr]) stream.on('data', (text) => (log += String(text)));
  try {
    const origin = `http://127.0.0.1:${port}`;
    await until('the proxy answers', 240, async () => ((await fetch(`${origin}/health/liveliness`)).ok ? true : undefined));
    const ask = (account: string, model: string, content: string) =>
      fetch(`${origin}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer sk-${account}`, 'content-type': 'application/json', 'user-agent': 'sdk-py/1.2' },
        body: JSON.stringify({
          model,
          messages: [
            { role: 'system', content: 'You answer briefly.' },
            { role: 'user', content },
          ],
        }),
      });
    for (const account of ACCOUNTS)
      for (let number = 0; number < REQUESTS_EACH; number++) {
        const answer = await ask(account, 'atlas-5', `Compare ${number + 2} ways to sort a list of ${account}.`);
        if (!answer.ok) throw new Error(`the proxy answered ${answer.status}: ${await answer.text()}`);
      }
    await ask('acct-alice', 'broken', 'This one fails.');
    const wanted = ACCOUNTS.length * REQUESTS_EACH + 1;
    const messages: Message[] = [];
    await until(`${wanted} messages`, 60, async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }));
      for (const { MessageId = '', Body = '' } of Messages) messages.push({ id: MessageId, body: Body });
      const Entries = Messages.map(({ ReceiptHandle }, place) => ({ Id: String(place), ReceiptHandle }));
      if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      return messages.length >= wanted ? true : undefined;
    });
    await through(messages);
  } catch (error) {
    console.error(log.slice(-4_000));
    throw error;
  } finally {
    proxy.kill();
    sqs.destroy();
    await engine.stop();
  }
}

/** The pipeline of replay and demo, with the producer enabled; folded and read as detection reads it. */
async function through(messages: readonly Message[]): Promise<void> {
  const producers = ProducerSettings.parse({ litellm: { account: 'metadata.user_api_key_user_id' } });
  const pipeline = new Pipeline({
    policy: Policy.parse(recommended),
    secret: 'only for this test, of no use to anybody',
    start: Date.now(),
    detectEvery: HOUR,
    producers,
  });
  const { accepted, rejected } = await pipeline.take(messages);
  expect(
    `${accepted} of ${messages.length} messages of LiteLLM's own logger are events`,
    accepted === messages.length && rejected.length === 0,
  );
  await pipeline.advanceTo(Date.now() + 2 * HOUR);
  const { profiles } = pipeline.detection.population;
  expect(`${profiles.size} accounts have features`, profiles.size === ACCOUNTS.length);
  for (const account of ACCOUNTS) {
    const profile = profiles.get(pipeline.hasher.account(account).key);
    if (!profile) throw new Error(`${account} has no profile`);
    expect(`${account}: ${profile.exchanges} exchanges`, profile.exchanges === REQUESTS_EACH + (account === 'acct-alice' ? 1 : 0));
    expect(
      `${account}: tokens, a client, a system prompt`,
      profile.lifetimeTokens.input > 0 && profile.samples.clients.keys.length === 1 && profile.samples.systems.keys.length === 1,
    );
    expect(`${account}: the model that was asked for`, (profile.window.models.get('atlas-5') ?? 0) > 0);
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
