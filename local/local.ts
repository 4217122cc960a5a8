import { readFileSync, rmSync, unwatchFile, watchFile } from 'node:fs';
import { join, resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { numberOf, readOptions, refuse } from '../cli/command-line';
import { lockstep, makeApp } from '../infra/app';
import { type Stage, stageNamed } from '../infra/stages';
import { type GivenProducers, ProducerSettings } from '../shared/contract/producer-settings';
import { webhookSecrets } from '../shared/lambda/key-ring';
import { startServices } from './aws/services';
import { serveSite } from './aws/site';
import { Templates } from './aws/template';
import { objectListeners, routesOf, startFeeding, startSchedules, suspensionOf } from './aws/wire';
import { makeWorld, type World } from './aws/world';
import { startDynalite } from './engines/dynamodb';
import { EMULATED } from './engines/engine';
import { startSqsAndS3 } from './engines/sqs-and-s3';
import { desksAt, Receiver } from './provider/receiver/receiver';

const HELP = `npm run local -- [--port 4000] [--stage dev] [--every SECONDS] [--receiver] [--producers FILE]

Runs the synthesized app on embedded engines: the bundles that go to Lambda, fed as AWS feeds them. Everything is in memory and
listens on loopback. --every calls the schedules that often instead of at their own rate.
--receiver asks actions of the example receiver, which says what it carried out; without, nobody is asked.
--producers: which records of other software are read, as in ingest.producers of a stage (docs/producers.md). When the file changes
it is read again, as if the stage were deployed with it.`;

async function main(): Promise<void> {
  const values = readOptions(HELP, {
    port: { type: 'string', default: '4000' },
    stage: { type: 'string', default: 'dev' },
    every: { type: 'string' },
    receiver: { type: 'boolean' },
    producers: { type: 'string' },
  });
  const port = numberOf('port', values.port, { whole: true });
  const every = values.every === undefined ? undefined : numberOf('every', values.every, { from: 1 });
  const provider = values.receiver ? await listen() : undefined;
  const templates = synthesize(values.stage, { webhookUrl: provider?.url, producers: producersIn(values.producers) });
  const stopping = new AbortController();
  let heard: ((bucket: string, key: string) => Promise<void>) | undefined;
  const dynamo = await startDynalite();
  const objects = await startSqsAndS3({ onObject: (bucket, key) => void heard?.(bucket, key) });
  const clients = {
    dynamoDb: new DynamoDBClient({ ...EMULATED, endpoint: dynamo.endpoint }),
    s3: new S3Client({ ...EMULATED, endpoint: objects.endpoint, forcePathStyle: true }),
    sqs: new SQSClient({ ...EMULATED, endpoint: objects.endpoint }),
  };
  const site = await serveSite(port);
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
    // The receiver's address is private: the functions refuse such an address unless they are told to.
    ...(provider ? { WEBHOOK_ALLOW: '127.0.0.1' } : {}),
  };
  const world = await makeWorld(templates, clients, site, endpoints);
  const wiring = { templates, world, sqs: clients.sqs, signal: stopping.signal };
  provider?.join(world, (MessageBody) =>
    clients.sqs.send(new SendMessageCommand({ QueueUrl: templates.output('EventQueueUrl'), MessageBody })),
  );
  services.know(world, suspensionOf(wiring));
  heard = objectListeners(wiring);
  site.answer(routesOf(wiring));
  const followed = values.producers === undefined ? () => {} : followProducers(values.producers, world);
  const feeding = startFeeding(wiring);
  startSchedules(wiring, every && every * 1000);
  await tell(templates, objects.endpoint, site);

  await new Promise<void>((stop) => {
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  console.log('\nstopping');
  stopping.abort();
  followed();
  provider?.receiver.close();
  await Promise.all([...world.functions.values()].map((host) => host.stop()));
  await Promise.allSettled(feeding);
  await Promise.all([site.stop(), services.stop(), dynamo.stop(), objects.stop()]);
  process.exit(0);
}

const pathOf = (file: string): string => resolve(process.env.INIT_CWD ?? '.', file);

/** The settings in a file, checked before anything starts. */
function producersIn(file: string | undefined): GivenProducers | undefined {
  if (file === undefined) return undefined;
  const read = settingsIn(file);
  return typeof read === 'string' ? refuse(read) : read;
}

/** The settings, or what is wrong with them. */
function settingsIn(file: string): GivenProducers | string {
  try {
    const parsed = ProducerSettings.safeParse(JSON.parse(readFileSync(pathOf(file), 'utf8')));
    if (parsed.success) return parsed.data;
    const [first] = parsed.error.issues;
    return `--producers ${file}: ${first?.path.join('.')}: ${first?.message} (docs/producers.md)`;
  } catch (error) {
    return `--producers ${file}: ${error instanceof Error ? error.message : 'cannot be read'}`;
  }
}

/** Every function that reads producers gets the settings of now; answers how to stop. */
function followProducers(file: string, world: World): () => void {
  const path = pathOf(file);
  watchFile(path, { interval: 500 }, () => {
    const read = settingsIn(file);
    if (typeof read === 'string') return console.error(`${read}; the settings of before stay`);
    for (const host of world.functions.values())
      if ('PRODUCERS' in host.spec.environment) host.configure({ PRODUCERS: JSON.stringify(read) });
    console.log(`producers: ${Object.keys(read).join(', ') || 'none'}`);
  });
  return () => unwatchFile(path);
}

/** The app as `cdk deploy` would deploy it, bundled. */
function synthesize(stage: string, { webhookUrl, producers }: { webhookUrl?: string; producers?: GivenProducers }): Templates {
  const folder = join(__dirname, '..', '.lockstep', 'local-app');
  rmSync(folder, { recursive: true, force: true });
  const asDeployed: Stage = stageNamed(stage).stage;
  const app = makeApp({ outdir: folder });
  const { state, pipeline } = lockstep(app, stage, {
    stage: {
      ...asDeployed,
      webhookUrl: webhookUrl ?? asDeployed.webhookUrl,
      abuseDesks: webhookUrl === undefined ? asDeployed.abuseDesks : desksAt(webhookUrl),
      // A screen by functions side by side is for more accounts than one machine has.
      detection: { ...asDeployed.detection, screenAtOnce: 0 },
      ingest: { ...asDeployed.ingest, producers: producers ?? asDeployed.ingest.producers },
    },
  });
  app.synth();
  return new Templates(folder, [state.stackName, pipeline.stackName]);
}

/** The example receiver: it listens before there is a world, and takes part once there is one. */
async function listen() {
  const secrets: string[] = [];
  let send: (event: string) => Promise<unknown> = async () => {};
  const receiver = new Receiver({
    secrets,
    report: async (event) => {
      console.log(`receiver: ${receiver.restricted('suspend')} accounts suspended`);
      await send(JSON.stringify(event));
    },
  });
  return {
    receiver,
    url: await receiver.listen(),
    join: (world: World, report: typeof send): void => {
      send = report;
      for (const [arn, secret] of world.secrets) if (arn.includes('webhookkey')) secrets.push(...webhookSecrets(secret));
    },
  };
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
           export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ENDPOINT_URL=${endpoint}
           aws sqs send-message --endpoint-url ${endpoint} --queue-url ${queue} --message-body '…one event, an array, or base64 gzip…'
  files    s3://${templates.output('InboxBucket')}/ (same endpoint)
  refused  npm run redrive -- list --bucket ${templates.output('RefusedBucket')} (same endpoint and credentials)
  API      ${site.origin}/v1/accounts
           -H 'authorization: Bearer ${await site.token('Rae Reviewer', 'reviewer')}'
  admin    ${await site.token('Ada Admin', 'admin')}
  console  ${site.consoleUrl}
Ctrl-C stops everything; nothing is kept.`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
