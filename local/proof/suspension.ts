import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { webhookSecrets } from '../../shared/lambda/key-ring';
import { Policy, policyDigest } from '../../shared/model/policy';
import { Receiver } from '../receiver/receiver';
import { flagged } from './campaign';
import { type History, MEMBERS } from './history';
import { eventually, type Outside } from './outside';

const root = join(__dirname, '..', '..');
const work = join(root, '.lockstep', 'proof-policy');

/** The provider's side: carries out what it is asked and reports the standing of accounts into the event queue. It listens before there is a deployment. */
export class ProviderSide {
  private readonly secrets: string[] = [];
  private outside: Outside | undefined;
  readonly receiver = new Receiver({
    secrets: this.secrets,
    report: async (event) => {
      if (this.outside)
        await this.outside.sqs.send(
          new SendMessageCommand({ QueueUrl: this.outside.output('EventQueueUrl'), MessageBody: JSON.stringify(event) }),
        );
    },
  });

  async join(outside: Outside): Promise<void> {
    const { SecretString = '' } = await new SecretsManagerClient(outside.settings).send(
      new GetSecretValueCommand({ SecretId: outside.physical('WebhookKey') }),
    );
    this.secrets.push(...webhookSecrets(SecretString));
    this.outside = outside;
  }
}

/** The recommended numbers, with nothing to wait for, and a bar that two dozen suspensions can clear. */
function candidate(): Policy {
  const policy = Policy.parse(JSON.parse(readFileSync(join(root, 'policies', 'recommended.json'), 'utf8')));
  const { hold, undo, confirmation, goLive, stages } = policy.enforcement;
  const now = { value: 0, reason: 'The proof of deployment does not wait.' };
  Object.assign(hold, { minMinutes: now, maxMinutes: now });
  for (const stage of stages) stage.watchMinutes = now;
  undo.watchMinutes = now;
  confirmation.observeWithinMinutes = { value: 0.1, reason: 'The proof of deployment does not wait.' };
  goLive.suspended = { value: 20, reason: 'The proof of deployment plants two dozen accounts.' };
  return { ...policy, version: 'proof-of-deployment' };
}

const command = async (outside: Outside, path: string, token: string, body: object): Promise<void> => {
  const { status, body: answer } = await outside.api('POST', path, {
    token,
    body: { because: 'proof of deployment', ...body },
    headers: { 'idempotency-key': randomUUID() },
  });
  assert.equal(status, 200, `${path}: ${JSON.stringify(answer)}`);
};

/** Drafted by one person, reviewed by another, measured on a replay of labelled traffic, live, armed: as an operator does it. */
export async function putPolicyLive(outside: Outside, { file, labels }: History, admin: string, reviewer: string): Promise<void> {
  const policy = candidate();
  const digest = policyDigest(policy);
  mkdirSync(work, { recursive: true });
  const [events, numbers] = [join(work, 'history.ndjson.gz'), join(work, 'policy.json')];
  writeFileSync(events, file);
  writeFileSync(numbers, JSON.stringify(policy));
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  // Not in a synchronous call: this process stands between the emulator and its functions (engines/tls-front.ts).
  const replay = spawn(process.execPath, [tsx, join(root, 'local', 'replay.ts'), events, '--policy', numbers, '--out', work], {
    cwd: root,
    stdio: 'ignore',
  });
  assert.deepEqual(await once(replay, 'close'), [0, null], 'the replay of the history');
  const Report = z.object({ accounts: z.array(z.object({ id: z.string(), standing: z.string() })) });
  // The replay was told these numbers; its report does not name them (contract of the replay).
  const report = { policy: { digest }, ...Report.parse(JSON.parse(readFileSync(join(work, 'report.json'), 'utf8'))) };

  await command(outside, '/v1/policies', admin, { policy });
  await command(outside, `/v1/policies/${digest}/review`, reviewer, {});
  await command(outside, `/v1/policies/${digest}/measurements`, reviewer, { dataset: 'proof', report, labels });
  await command(outside, `/v1/policies/${digest}/live`, admin, {});
  await command(outside, '/v1/kill-switch', admin, { to: 'armed' });
}

/** Held, contained in stages at the receiver, shown by the API; then undone, everybody restored, and every execution ended. */
export async function suspendedAndUndone(outside: Outside, { receiver }: ProviderSide, campaign: string, reviewer: string): Promise<void> {
  // Containment goes on while we look: what counts is that the API says what the receiver carried out.
  const suspended = await eventually('the containment, at the receiver and in the API', 240, async () => {
    const carriedOut = receiver.restricted('suspend');
    const shown = (await flagged(outside, reviewer, campaign)).filter(({ standing }) => standing === 'suspended').length;
    return carriedOut >= 0.8 * MEMBERS && carriedOut === shown ? shown : undefined;
  });
  console.log(`    ${suspended} accounts suspended at the receiver, and shown so by the API`);
  const Cases = z.object({ items: z.array(z.looseObject({ id: z.string(), campaign: z.string() })) });
  const { items } = Cases.parse((await outside.api('GET', '/v1/cases', { token: reviewer })).body);
  const opened = items.find((one) => one.campaign === campaign);
  assert.ok(opened, 'the case is in the list');
  await command(outside, `/v1/cases/${opened.id}/undo`, reviewer, {});
  await eventually('the restoration', 120, async () => (receiver.restricted('suspend') === 0 ? true : undefined));
  const machine = outside.output('SuspensionMachine');
  const states = new SFNClient(outside.settings);
  const ended = await eventually('the end of every execution', 240, async () => {
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn: machine }));
    return executions.every(({ status }) => status !== 'RUNNING') ? executions : undefined;
  });
  console.log(`    executions: ${ended.map(({ name, status }) => `${name} ${status}`).join(', ')}`);
  assert.ok(ended.length >= 1 && ended.every(({ status }) => status === 'SUCCEEDED'));
}
