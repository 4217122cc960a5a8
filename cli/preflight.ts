import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetParameterCommand, GetParametersByPathCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { type Stage, stageNamed } from '../infra/stages';
import { readOptions, refuse } from './command-line';

const USAGE = `usage: npm run preflight -- --stage dev|staging|prod

Before \`cdk deploy\`: what would make it fail half-way, or work and tell nobody, and what to do about each. It changes nothing. Needs the
AWS credentials and the region of the deployment. Exit code 0 when nothing is in the way, 1 when something is, 2 for unusable arguments.`;

/** What was found out about the account, the region and this checkout. */
export type Facts = {
  /** Lambda's concurrent executions of the account, of which `unreserved` are free. */
  concurrency: { limit: number; unreserved: number };
  /** Services that the region does not offer, of those that we use. */
  missingServices: readonly string[];
  /** Version of the CDK's bootstrap stack; undefined: there is none. */
  bootstrap: number | undefined;
  /** What the receiver of actions answered; undefined: none is configured. */
  webhook: { kind: 'answers'; status: number } | { kind: 'unreachable'; because: string } | undefined;
  consoleBuilt: boolean;
};
export type Finding = { kind: 'fails' | 'mind'; what: string; so: string };

/** AWS gives new accounts 10 concurrent executions, and with them at most 3,008 MiB a function, which no API says. */
const FULL_CONCURRENCY = 1_000;
const MEMORY_OF_NEW_ACCOUNTS = 3_008;
const OLDEST_BOOTSTRAP = 6;
/** Functions that are called by people or by a clock, each one at a time. */
const CALLED_ALONE = 20;
export const SERVICES = [
  'lambda',
  'sqs',
  'dynamodb',
  's3',
  'scheduler',
  'stepfunctions',
  'apigateway',
  'cloudfront',
  'secretsmanager',
  'cognito-idp',
  'events',
  'sns',
  'budgets',
];

/** Pure: what is in the way of this stage. */
export function preflight(stage: Stage, facts: Facts): Finding[] {
  const findings: Finding[] = [];
  const fails = (what: string, so: string) => findings.push({ kind: 'fails', what, so });
  const mind = (what: string, so: string) => findings.push({ kind: 'mind', what, so });
  const { concurrency } = facts;
  const wanted = stage.ingest.concurrency + stage.features.concurrency + CALLED_ALONE;
  if (concurrency.limit < FULL_CONCURRENCY && stage.detection.memoryMiB > MEMORY_OF_NEW_ACCOUNTS)
    fails(
      `detection asks for ${stage.detection.memoryMiB} MiB, and an account with ${concurrency.limit} concurrent executions is new: it is refused functions above ${MEMORY_OF_NEW_ACCOUNTS} MiB, and the stack rolls back`,
      'ask for "Concurrent executions" 1,000 under Service Quotas, AWS Lambda, and say in the case that functions of 10,240 MiB are needed; or lower detection.memoryMiB in infra/stages.ts',
    );
  if (concurrency.unreserved < wanted)
    mind(
      `the stage uses up to ${wanted} concurrent executions, ${concurrency.unreserved} are free: above that, calls are throttled and events wait`,
      'ask for "Concurrent executions" under Service Quotas, AWS Lambda (quota L-B99A9384)',
    );
  for (const service of facts.missingServices) fails(`the region does not offer ${service}`, 'deploy into a region that does');
  if (facts.bootstrap === undefined) fails('the region is not bootstrapped for the CDK', 'npx cdk bootstrap aws://ACCOUNT/REGION');
  else if (facts.bootstrap < OLDEST_BOOTSTRAP)
    fails(`the CDK’s bootstrap stack is of version ${facts.bootstrap}`, 'npx cdk bootstrap aws://ACCOUNT/REGION');
  if (facts.webhook?.kind === 'unreachable')
    fails(
      `the receiver of actions cannot be reached: ${facts.webhook.because}`,
      'repair webhookUrl in infra/stages.ts, or set it to none: nobody is asked then',
    );
  if (facts.webhook?.kind === 'answers' && facts.webhook.status >= 500)
    mind(
      `the receiver of actions answers ${facts.webhook.status} to a request without a signature`,
      'it should refuse it (4xx): see docs/enforcement.md',
    );
  if (!facts.consoleBuilt)
    fails('the console is not built: a deployment from here would take the page off the deployed one', 'npm run console:build');
  if (stage.ingest.sources.length > 0)
    mind(
      `files are read from ${stage.ingest.sources.map(({ bucket }) => bucket).join(', ')}: their owners must let our role read, and let Bedrock write its logs`,
      'npm run source-policies -- --stage STAGE --account ID --region REGION prints what to attach',
    );
  if (!stage.alarmEmail)
    mind(
      'alarmEmail is not set: alarms ring in CloudWatch and nobody hears them',
      'set it in infra/stages.ts, and confirm the mail that AWS sends',
    );
  return findings;
}

async function find(stage: Stage): Promise<Facts> {
  const { AccountLimit } = await new LambdaClient().send(new GetAccountSettingsCommand({}));
  const limit = AccountLimit?.ConcurrentExecutions ?? 0;
  return {
    concurrency: { limit, unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? limit },
    missingServices: await missingServices(),
    bootstrap: await bootstrapVersion(),
    webhook: stage.webhookUrl === 'none' ? undefined : await reach(stage.webhookUrl),
    consoleBuilt: existsSync(join(__dirname, '..', 'dist', 'console', 'index.html')),
  };
}

/** As AWS lists them, in every region. */
async function missingServices(): Promise<string[]> {
  const ssm = new SSMClient();
  const region = await ssm.config.region();
  const offered = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(
      new GetParametersByPathCommand({ Path: `/aws/service/global-infrastructure/regions/${region}/services`, NextToken }),
    );
    for (const { Value } of page.Parameters ?? []) if (Value) offered.add(Value);
    NextToken = page.NextToken;
  } while (NextToken);
  return offered.size === 0 ? [] : SERVICES.filter((service) => !offered.has(service));
}

async function bootstrapVersion(): Promise<number | undefined> {
  try {
    const { Parameter } = await new SSMClient().send(new GetParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version' }));
    return Number(Parameter?.Value);
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}

async function reach(url: string): Promise<Facts['webhook']> {
  try {
    const { status } = await fetch(url, { method: 'POST', body: '{}', redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    return { kind: 'answers', status };
  } catch (error) {
    return { kind: 'unreachable', because: error instanceof Error ? error.message : 'no answer' };
  }
}

async function main(): Promise<number> {
  const { stage: wanted } = readOptions(USAGE, { stage: { type: 'string' } });
  if (wanted === undefined) return refuse(USAGE);
  const { stage } = stageNamed(wanted);
  const findings = preflight(stage, await find(stage));
  for (const { kind, what, so } of findings) console.log(`${kind === 'fails' ? 'IN THE WAY' : 'mind      '} ${what}\n           ${so}`);
  const failing = findings.filter(({ kind }) => kind === 'fails').length;
  console.log(failing === 0 ? `${wanted} can be deployed` : `${failing} in the way of deploying ${wanted}`);
  return failing === 0 ? 0 : 1;
}

if (require.main === module) {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 2;
    },
  );
}
