import { setTimeout } from 'node:timers/promises';
import {
  DescribeTableCommand,
  ResourceNotFoundException,
  RestoreTableToPointInTimeCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { dynamoDb } from '../shared/aws/clients';
import { readOptions, refuse } from './command-line';

const USAGE = `usage: npm run restore-table -- --from TABLE --to NEW_TABLE --at 2026-06-01T12:00:00Z --adopt enforcement|graph|access

Restores a table of the state stack to a moment of its last 35 days, under another name, and gives it what a restore leaves out: time to
live, recovery points, protection against deletion. The old table stays as it is. May be killed and run again.
Then docs/runbook.md, "Restoring a table": verify the ledger, name it in infra/stages.ts, deploy.`;

const POLL_MS = Number(process.env.LOCKSTEP_POLL_MS ?? 10_000);
const client = dynamoDb();

async function statusOf(TableName: string): Promise<string | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { from, to, at, adopt } = readOptions(USAGE, { from: text, to: text, at: text, adopt: text });
  const moment = Date.parse(at ?? '');
  if (!from || !to || Number.isNaN(moment) || !['enforcement', 'graph', 'access'].includes(adopt ?? '')) return refuse(USAGE);
  if ((await statusOf(to)) === undefined) {
    await client.send(
      new RestoreTableToPointInTimeCommand({ SourceTableName: from, TargetTableName: to, RestoreDateTime: new Date(moment) }),
    );
    console.log(`restoring ${from} as of ${new Date(moment).toISOString()} into ${to}`);
  } else console.log(`${to} is there already: it is finished`);
  for (let status = await statusOf(to); status !== 'ACTIVE'; status = await statusOf(to)) {
    if (status !== 'CREATING') throw new Error(`${to} is ${status ?? 'gone'}`);
    await setTimeout(POLL_MS);
  }
  await client
    .send(new UpdateTimeToLiveCommand({ TableName: to, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' } }))
    .catch((error: unknown) => {
      // Switched on by a call before this one.
      if (!(error instanceof Error && /already enabled/i.test(error.message))) throw error;
    });
  await client.send(
    new UpdateContinuousBackupsCommand({ TableName: to, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
  );
  await client.send(new UpdateTableCommand({ TableName: to, DeletionProtectionEnabled: true }));
  console.log(`${to} forgets what expires, has recovery points, and is protected against deletion`);
  console.log(`in infra/stages.ts, in the stage's entry:  adopt: { ${adopt}: '${to}' },`);
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
