import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliCredentialsStackSynthesizer, Duration } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { lockstep, makeApp } from '../../infra/app';
import { stages } from '../../infra/stages';
import { EMULATED } from '../../local/engines/engine';

export const ACCOUNT = '000000000000';
const root = join(__dirname, '..', '..');
const work = join(root, '.lockstep', 'deploy-proof');
const app = join(work, 'app');
const outputsFile = join(work, 'outputs.json');

/** Dev as it is in infra/stages.ts, but for its schedules: once a minute, which is as often as a rate can be. */
const hurried = {
  ...stages.dev,
  features: { ...stages.dev.features, planEvery: Duration.minutes(1) },
  detection: { ...stages.dev.detection, every: Duration.minutes(1) },
};

/** What is taken out of, or changed in, the templates because MiniStack cannot do it. Printed, and listed in docs/deploy.md. */
export const DEVIATIONS = [
  'AWS::Budgets::Budget is left out: the emulator has no such type',
  'alarms on a sum of metrics watch one of them: the emulator knows no metric math',
  'schedules of dev run every minute instead of every 5 and 15',
  'sqs:SendMessageBatch is allowed where sqs:SendMessage is: the emulator takes it for an action of its own',
  'WEBHOOK_ALLOW lets actions be asked of a receiver on this machine: on AWS only public HTTPS addresses can be',
  'TOKEN_KEYS_URL names the emulator: it signs as Cognito does, at its own address',
  'the console’s files are not uploaded: that custom resource needs the AWS command line in a Lambda layer',
];

export type Emulator = { endpoint: string; certificate: string };

/** Synthesizes and bundles dev, as `cdk deploy -c stage=dev` would. */
export function synthesize({ endpoint }: Emulator, webhookUrl: string): void {
  rmSync(work, { recursive: true, force: true });
  const made = makeApp({ outdir: app, defaultStackSynthesizer: new CliCredentialsStackSynthesizer() });
  const { state, pipeline } = lockstep(made, 'dev', {
    env: { account: ACCOUNT, region: EMULATED.region },
    stage: { ...hurried, webhookUrl },
  });
  for (const part of pipeline.node.findAll()) {
    if (part instanceof CfnBudget) part.node.scope?.node.tryRemoveChild(part.node.id);
    if (part instanceof CfnAlarm && part.metrics) withoutMath(part);
    if (part instanceof CfnFunction) onEmulator(part, `${endpoint}/${state.people?.userPoolId}`);
  }
  const template = join(made.synth().directory, `${pipeline.stackName}.template.json`);
  writeFileSync(template, JSON.stringify(JSON.parse(readFileSync(template, 'utf8'), batchIsSending)));
}

/** To IAM on AWS, sending a batch of messages is sending messages; to the emulator it is an action of its own. */
function batchIsSending(name: string, value: unknown): unknown {
  const actions = name === 'Action' ? [value].flat() : [];
  return actions.includes('sqs:SendMessage') ? [...actions, 'sqs:SendMessageBatch'] : value;
}

/** One of the metrics that the alarm adds up. */
function withoutMath(alarm: CfnAlarm): void {
  alarm.addPropertyDeletionOverride('Metrics');
  for (const [name, value] of Object.entries({ Namespace: 'AWS/States', MetricName: 'ExecutionsFailed', Statistic: 'Sum', Period: 300 }))
    alarm.addPropertyOverride(name, value);
}

function onEmulator(called: CfnFunction, issuer: string): void {
  called.addPropertyOverride('Environment.Variables.WEBHOOK_ALLOW', '127.0.0.1');
  called.addPropertyOverride('Environment.Variables.TOKEN_KEYS_URL', `${issuer}/.well-known/jwks.json`);
}

/** The command line of the CDK, as an operator runs it, against the emulator. */
async function cdk({ endpoint, certificate }: Emulator, ...parameters: string[]): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    HOME: work,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: EMULATED.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_EXTRA_CA_CERTS: certificate,
    CDK_DISABLE_CLI_TELEMETRY: '1',
  };
  const line = spawn(process.execPath, [join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...parameters], { cwd: root, env });
  let said = '';
  for (const stream of [line.stdout, line.stderr]) {
    stream.on('data', (part) => {
      said = (said + part).slice(-6_000);
    });
  }
  const [status] = await once(line, 'close');
  if (status !== 0) throw new Error(`cdk ${parameters.join(' ')} ended with ${status}\n${said}`);
}

export const bootstrap = (emulator: Emulator): Promise<void> =>
  cdk(emulator, 'bootstrap', `aws://${ACCOUNT}/${EMULATED.region}`, '--app', app);

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

/** Deploys both stacks and answers their outputs. */
export async function deploy(emulator: Emulator): Promise<Record<string, string>> {
  await cdk(emulator, 'deploy', '--all', '--app', app, '--require-approval', 'never', '--outputs-file', outputsFile);
  return Object.assign({}, ...Object.values(Outputs.parse(JSON.parse(readFileSync(outputsFile, 'utf8')))));
}

export const destroy = (emulator: Emulator): Promise<void> => cdk(emulator, 'destroy', '--all', '--app', app, '--force');
