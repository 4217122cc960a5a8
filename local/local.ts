import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { lockstep, makeApp } from '../infra/app';
import { startServices } from './aws/services';
import { serveSite } from './aws/site';
import { Templates } from './aws/template';
import { objectListeners, routesOf, startFeeding, startSchedules, suspensionOf } from './aws/wire';
import { makeWorld } from './aws/world';
import { startDynalite } from './engines/dynamodb';
import { EMULATED } from './engines/engine';
import { startSqsAndS3 } from './engines/sqs-and-s3';

const HELP = `npm run local -- [--port 4000] [--stage dev] [--every SECONDS]

Runs the synthesized app on embedded engines: the bundles that go to Lambda, fed as AWS feeds them. Everything is in memory and
listens on loopback. --every calls the schedules that often instead of at their own rate.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, stage: { type: 'string' }, every: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(HELP);
  const templates = synthesize(values.stage ?? 'dev');
  const stopping = new AbortController();
  let heard: ((bucket: string, key: string) => Promise<void>) | undefined;
  const dynamo = await startDynalite();
  const objects = await startSqsAndS3({ onObject: (bucket, key) => void heard?.(bucket, key) });
  const clients = {
    dynamoDb: new DynamoDBClient({ ...EMULATED, endpoint: dynamo.endpoint }),
    s3: new S3Client({ ...EMULATED, endpoint: objects.endpoint, forcePathStyle: true }),
    sqs: new SQSClient({ ...EMULATED, endpoint: objects.endpoint }),
  };
  const site = await serveSite(Number(values.port ?? 4000));
  const services = await startServices();
  const endpoints = {
    AWS_REGION: EMULATED.region,
    AWS_ACCESS_KEY_ID: EMULATED.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMULATED.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: services.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ENDPOINT_URL_S3: objects.endpoint,
    AWS_ENDPOINT_URL_SQS: objects.endpoint,
    POWERTOOLS_TRACE_ENABLED: 'false',
  };
  const world = await makeWorld(templates, clients, site, endpoints);
  const wiring = { templates, world, sqs: clients.sqs, signal: stopping.signal };
  services.know(world, suspensionOf(wiring));
  heard = objectListeners(wiring);
  site.answer(routesOf(wiring));
  const feeding = startFeeding(wiring);
  startSchedules(wiring, values.every === undefined ? undefined : Number(values.every) * 1000);
  await tell(templates, objects.endpoint, site);

  await new Promise<void>((stop) => {
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  console.log('\nstopping');
  stopping.abort();
  await Promise.all([...world.functions.values()].map((host) => host.stop()));
  await Promise.allSettled(feeding);
  await Promise.all([site.stop(), services.stop(), dynamo.stop(), objects.stop()]);
  process.exit(0);
}

/** The app as `cdk deploy` would deploy it, bundled. */
function synthesize(stage: string): Templates {
  const folder = join(__dirname, '..', '.lockstep', 'local-app');
  rmSync(folder, { recursive: true, force: true });
  const app = makeApp({ outdir: folder });
  const { state, pipeline } = lockstep(app, stage);
  app.synth();
  return new Templates(folder, [state.stackName, pipeline.stackName]);
}

async function tell(
  templates: Templates,
  endpoint: string,
  site: { consoleUrl: string; origin: string; token: (name: string, role: 'viewer' | 'reviewer' | 'admin') => Promise<string> },
): Promise<void> {
  const queue = templates.output('EventQueueUrl');
  console.log(`
Lockstep runs.
  events   ${queue}
           AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1 AWS_ENDPOINT_URL=${endpoint} \\
             aws sqs send-message --queue-url ${queue} --message-body '…one event, an array, or base64 gzip…'
  files    s3://${templates.output('InboxBucket')}/ (same endpoint)
  API      ${site.origin}/v1/accounts
           -H 'authorization: Bearer ${await site.token('Rae Reviewer', 'reviewer')}'
  console  ${site.consoleUrl}
Ctrl-C stops everything; nothing is kept.`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
