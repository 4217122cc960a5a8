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
import { Receiver } from '../../local/provider/receiver/receiver';
import { Policy, policyDigest, withMode } from '../../shared/domain/policy/policy';
import { webhookSecrets } from '../../shared/lambda/key-ring';
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
export function candidate(): Policy {
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

/** The same, but people approve. */
export const assisting = (): Policy => withMode({ ...candidate(), version: 'proof-of-approval' }, 'assist', 'People approve in the proof.');

/** The HTTP API of a deployment, wherever it runs. */
export type Api = Pick<Outside, 'api'>;

const command = async (outside: Api, path: string, token: string, body: object): Promise<void> => {
  const { status, body: answer } = await outside.api('POST', path, {
    token,
    body: { because: 'proof of deployment', ...body },
    headers: { 'idempotency-key': randomUUID() },
  });
  assert.equal(status, 200, `${path}: ${JSON.stringify(answer)}`);
};

/** Drafted by one person, reviewed by another, measured on a replay of labelled traffic, live, armed: as an operator does it. */
export async function putPolicyLive(
  outside: Api,
  { file, labels }: History,
  admin: string,
  reviewer: string,
  policy = candidate(),
): Promise<void> {
  const digest = policyDigest(policy);
  mkdirSync(work, { recursive: true });
  const [events, numbers] = [join(work, 'history.ndjson.gz'), join(work, 'policy.json')];
  writeFileSync(events, file);
  writeFileSync(numbers, JSON.stringify(policy));
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  // Not in a synchronous call: this process stands between the emulator and its functions (engines/tls-front.ts).
  const replay = spawn(
    process.execPath,
    [tsx, join(root, 'cli', 'replay', 'replay.ts'), events, '--policy', numbers, '--out', work, '--reviewer', 'approve'],
    {
      cwd: root,
      stdio: 'ignore',
    },
  );
  const [code] = await once(replay, 'close');
  assert.equal(code, 0, 'the replay of the history');
  const Report = z.object({ accounts: z.array(z.object({ id: z.string(), standing: z.string() })) });
  // The replay was told these numbers; its report does not name them (contract of the replay).
  const report = { policy: { digest }, ...Report.parse(JSON.parse(readFileSync(join(work, 'report.json'), 'utf8'))) };

  await command(outside, '/v1/policies', admin, { policy });
  await command(outside, `/v1/policies/${digest}/review`, reviewer, {});
  await command(outside, `/v1/policies/${digest}/measurements`, reviewer, { dataset: 'proof', report, labels });
  await command(outside, `/v1/policies/${digest}/live`, admin, {});
  await command(outside, '/v1/kill-switch', admin, { to: 'armed' });
}

const Cases = z.object({ items: z.array(z.looseObject({ id: z.string(), campaign: z.string() })) });

/** The case about the campaign, once there is one. */
export async function caseAbout(outside: Api, campaign: string, reviewer: string): Promise<string> {
  const opened = await eventually('a case', 120, async () =>
    Cases.parse((await outside.api('GET', '/v1/cases', { token: reviewer })).body).items.find((one) => one.campaign === campaign),
  );
  return opened.id;
}

export const approved = (outside: Api, case_: string, reviewer: string): Promise<void> =>
  command(outside, `/v1/cases/${case_}/approve`, reviewer, {});

/** Contained in stages at the receiver, shown by the API. `restricted`: how many accounts the receiver holds suspended. */
export async function contained(outside: Api, restricted: () => number, campaign: string, reviewer: string): Promise<void> {
  // Containment goes on while we look: what counts is that the API says what the receiver carried out.
  const suspended = await eventually('the containment, at the receiver and in the API', 240, async () => {
    const carriedOut = restricted();
    const shown = (await flagged(outside, reviewer, campaign)).filter(({ standing }) => standing === 'suspended').length;
    return carriedOut >= 0.8 * MEMBERS && carriedOut === shown ? shown : undefined;
  });
  console.log(`    ${suspended} accounts suspended at the receiver, and shown so by the API`);
}

export async function undone(outside: Api, restricted: () => number, case_: string, reviewer: string): Promise<void> {
  await command(outside, `/v1/cases/${case_}/undo`, reviewer, {});
  await eventually('the restoration', 120, async () => (restricted() === 0 ? true : undefined));
}

/** Held, contained, then undone, everybody restored, and every execution ended. */
export async function suspendedAndUndone(outside: Outside, { receiver }: ProviderSide, campaign: string, reviewer: string): Promise<void> {
  const restricted = (): number => receiver.restricted('suspend');
  await contained(outside, restricted, campaign, reviewer);
  await undone(outside, restricted, await caseAbout(outside, campaign, reviewer), reviewer);
  const machine = outside.output('SuspensionMachine');
  const states = new SFNClient(outside.settings);
  const ended = await eventually('the end of every execution', 240, async () => {
    const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn: machine }));
    return executions.every(({ status }) => status !== 'RUNNING') ? executions : undefined;
  });
  console.log(`    executions: ${ended.map(({ name, status }) => `${name} ${status}`).join(', ')}`);
  assert.ok(ended.length >= 1 && ended.every(({ status }) => status === 'SUCCEEDED'));
}
