import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteTableCommand, DescribeContinuousBackupsCommand, DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Detection } from '../../functions/detection/detect';
import { advance } from '../../functions/enforcement/case/advance';
import { exonerate } from '../../functions/enforcement/commands/exonerate';
import { undoAccount, undoCase } from '../../functions/enforcement/commands/undo';
import { openEnforcement } from '../../functions/enforcement/enforcement';
import { anchorDay } from '../../functions/enforcement/ledger/anchors';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { refold } from '../../functions/features/refold';
import { ingest } from '../../functions/ingest/ingest';
import { createTable } from '../../local/engines/dynamodb';
import { withStandingOf } from '../../local/provider/toy-provider';
import { dynamoDb, s3 } from '../../shared/aws/clients';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { systemClock } from '../../shared/aws/system-clock';
import { DAY, dayOf, HOUR, hourOf, iso } from '../../shared/domain/time';
import { campaignId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { KnownAccountStore } from '../../shared/stores/archive/known-account-store';
import { MEMORY, type Side } from '../support/sides';
import { buildCampaign, buildMember } from '../support/worlds/build-campaign';
import { ADA, BEN, CASE, enforcementWorld, RECOMMENDED, says } from '../support/worlds/enforcement-world';
import { HOURS, START, smallTraffic } from '../support/worlds/small-traffic';
import { startMiniStack } from './ministack';

/**
 * `npm run drill -- restore|rotation|erasure|upgrade` (or none: all). What an operator does on a bad day, done on an emulator by the very commands
 * of the runbook, from losing a table to giving everybody back. MiniStack restores a table as it is, not as of a moment: the drill takes
 * the restore first and lets the old table go on after it, which loses the same.
 */
const root = join(__dirname, '..', '..');
const log = join(root, '.lockstep', 'ministack-drills.log');
const node = process.execPath;

async function command(name: string, parameters: readonly string[]): Promise<number> {
  console.log(`$ npm run ${name} -- ${parameters.join(' ')}`);
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const child = spawn(node, [tsx, join(root, 'cli', `${name}.ts`), ...parameters], {
    cwd: root,
    env: { ...process.env, LOCKSTEP_POLL_MS: '200' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [status] = await once(child, 'exit');
  console.log(`  exit code ${status}`);
  return Number(status);
}

function must(what: string, holds: boolean): void {
  if (!holds) throw new Error(`the drill failed: ${what}`);
  console.log(`ok  ${what}`);
}

type Names = { tables: string[]; buckets: string[] };
/** The stores on the emulator, in the order in which a world asks for them: archive, features, graph, enforcement. */
function emulated(prefix: string, names: Names): Side {
  return {
    ...MEMORY,
    name: 'MiniStack',
    async table(clock) {
      const name = `${prefix}-table-${names.tables.length}`;
      names.tables.push(name);
      await createTable(dynamoDb(), name);
      return new DynamoTable(dynamoDb(), name, clock);
    },
    async objects() {
      const Bucket = `${prefix}-bucket-${names.buckets.length}`;
      names.buckets.push(Bucket);
      await s3().send(new CreateBucketCommand({ Bucket }));
      return new S3ObjectStore(s3(), Bucket);
    },
  };
}

async function worldOf(prefix: string) {
  const names: Names = { tables: [], buckets: [] };
  const world = await enforcementWorld(emulated(prefix, names));
  const [, graph = '', enforcement = ''] = names.tables;
  const [archive = ''] = names.buckets;
  return { world, graph, enforcement, archive };
}

async function restore(): Promise<void> {
  const { world, graph, enforcement, archive } = await worldOf('restore');
  const Bucket = 'restore-anchors';
  await s3().send(new CreateBucketCommand({ Bucket }));
  const anchors = new S3ObjectStore(s3(), Bucket);
  const campaign = buildCampaign({ size: 12 });
  await world.detect(campaign);
  await world.pass(3 * HOUR);
  must('twelve accounts are suspended', world.provider.suspended().length === 12);
  const first = dayOf(world.clock.now());
  await world.pass(DAY);
  await anchorDay(first, anchors, world.enforcement);

  const restored = `${enforcement}-restored`;
  const parameters = ['--from', enforcement, '--to', restored, '--at', new Date().toISOString(), '--adopt', 'enforcement'];
  must('the table is restored under another name', (await command('restore-table', parameters)) === 0);
  must('and again, as if killed half-way', (await command('restore-table', parameters)) === 0);
  const { Table } = await dynamoDb().send(new DescribeTableCommand({ TableName: restored }));
  const { ContinuousBackupsDescription } = await dynamoDb().send(new DescribeContinuousBackupsCommand({ TableName: restored }));
  must(
    'it is protected and has recovery points',
    Table?.DeletionProtectionEnabled === true &&
      ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
  );

  // What came after the moment that was restored: one account is given back, the day closes. Then the old table is lost.
  const given = campaign.members[0]!.account;
  await undoAccount({ ...says(BEN), account: given }, world.enforcement);
  await world.pass(HOUR);
  const second = dayOf(world.clock.now());
  await anchorDay(second, anchors, world.enforcement);
  const end = new Date(second + DAY).toISOString().slice(0, 10);
  const start = new Date(first).toISOString().slice(0, 10);
  const verify = (table: string) =>
    command('verify-ledger', [
      '--enforcement',
      table,
      '--graph',
      graph,
      '--archive',
      archive,
      '--anchors',
      Bucket,
      '--from',
      start,
      '--to',
      end,
    ]);
  must('the whole ledger verifies before the loss', (await verify(enforcement)) === 0);
  await dynamoDb().send(new UpdateTableCommand({ TableName: enforcement, DeletionProtectionEnabled: false }));
  await dynamoDb().send(new DeleteTableCommand({ TableName: enforcement }));
  must('verify-ledger names what the restore lost', (await verify(restored)) === 1);

  // Adopted: the same use cases over the restored table.
  const adopted = openEnforcement({
    ...world.enforcement,
    stores: { enforcement: new DynamoTable(dynamoDb(), restored, world.clock), graph: world.stores.graph, archive: world.stores.archive },
  });
  await undoAccount({ ...says(BEN, 'made again after the restore'), account: given }, adopted);
  await undoCase({ ...says(BEN), case: CASE }, adopted);
  for (let hour = 0; hour < 3; hour++) {
    world.clock.advanceTo(world.clock.now() + HOUR);
    await advance(adopted);
  }
  must('from the adopted table everybody is given back, once', world.provider.suspended().length === 0);
}

async function rotation(): Promise<void> {
  const [older, newer] = ['o'.repeat(64), 'n'.repeat(64)];
  const [from, to] = [new KeyedHasher(older), new KeyedHasher(newer)];
  const { world, graph, enforcement, archive } = await worldOf('rotation');
  const known = new KnownAccountStore(world.stores.graph);
  const ids = Array.from({ length: 12 }, (_, n) => `acct-${n}`);
  for (const id of ids) {
    const { key, sealed } = from.account(id);
    await known.put({ account: key, sealed, facts: { plan: 'paid' } });
  }
  world.enforcement.accounts = withStandingOf(world.provider, known);
  const members = (hasher: KeyedHasher) => ids.map((id, n) => ({ ...buildMember(n), account: hasher.account(id).key }));
  await world.detect(buildCampaign({ members: members(from) }));
  await world.pass(3 * HOUR);
  must('twelve accounts are suspended under the old key', world.provider.suspended().length === 12);
  const scope = { kind: 'account', account: from.account('acct-spare').key } as const;
  await exonerate({ ...says(ADA), scope, effect: 'exempt', until: Date.now() + 400 * DAY }, world.enforcement);
  const secrets = new SecretsManagerClient({});
  const { ARN } = await secrets.send(new CreateSecretCommand({ Name: 'rotation-identifiers', SecretString: `${newer}\n${older}` }));
  const parameters = ['--enforcement', enforcement, '--graph', graph, '--archive', archive, '--secret', ARN ?? '', '--by', 'ada'];
  must('the command says whose id it does not know', (await command('rotate-identifiers', parameters)) === 1);
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-drill-'));
  writeFileSync(join(folder, 'ids'), 'acct-spare\n');
  must(
    'with the provider’s own id it carries everything over',
    (await command('rotate-identifiers', [...parameters, '--ids', join(folder, 'ids')])) === 0,
  );
  rmSync(folder, { recursive: true });
  for (const id of ids) {
    const { key, sealed } = to.account(id);
    await known.put({ account: key, sealed, facts: { plan: 'paid' } });
  }
  const asked = world.provider.received.length;
  await world.detect(buildCampaign({ id: campaignId('C-again'), members: members(to) }));
  await world.pass(3 * HOUR);
  must('the same accounts under the new key are not asked for again', world.provider.received.length === asked);
  await undoCase({ ...says(BEN), case: CASE }, world.enforcement);
  await world.pass(3 * HOUR);
  const restored = world.provider.received.slice(asked).filter(({ kind }) => kind === 'restore');
  must(
    'an undo gives all twelve back, by their new hashes',
    new Set(restored.map(({ account }) => account)).size === 12 &&
      restored.every(({ account }) => ids.some((id) => to.account(id).key === account)),
  );
}

/** A person's data goes from a world of today: thirty accounts of a campaign among 260 others, ingested, folded, judged. */
async function erasure(): Promise<void> {
  const clock = systemClock;
  const names: Names = { tables: [], buckets: [] };
  const side = emulated('erasure', names);
  const stores = {
    archive: await side.objects(),
    features: await side.table(clock),
    graph: await side.table(clock),
    enforcement: await side.table(clock),
  };
  const secret = 'k'.repeat(64);
  const hasher = new KeyedHasher(secret);
  const shift = hourOf(clock.now()) - (HOURS + 1) * HOUR - START;
  const lines = smallTraffic().map((line) => line.replace(/"(2026-[^"]+Z)"/g, (_, at: string) => `"${iso(Date.parse(at) + shift)}"`));
  const folding = { ...stores, clock, shards: 1, rows: 'none' as const };
  for (let batch = 0; batch < 5; batch++) {
    const body = lines.filter((_, n) => n % 5 === batch).join('\n');
    await ingest([{ id: `m${batch}`, body }], { ...stores, clock, hasher, segments: 4 });
  }
  for (const task of await plan(folding)) await fold(task, folding);
  const detection = new Detection({ stores, clock });
  const ran = await detection.run(RECOMMENDED.detection, 'policy-1');
  await detection.keep();
  const account = hasher.account('campaign-3').key;
  const members = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { id } of detection.campaigns.headers())
      found.push(...((await detection.campaigns.get(id))?.members ?? []).map((member) => member.account));
    return found;
  };
  must('the account is a member of the campaign that was found', ran.networks > 0 && (await members()).includes(account));

  const { ARN = '' } = await new SecretsManagerClient({}).send(new CreateSecretCommand({ Name: 'erasure-key', SecretString: secret }));
  const [features = '', graph = '', enforcement = ''] = names.tables;
  const [archive = ''] = names.buckets;
  const given = { account: 'campaign-3', because: 'ticket 4711', by: 'ada', secret: ARN, enforcement, graph, features, archive };
  const parameters = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
  must('the command erases it', (await command('erase-account', parameters)) === 0);
  must('and again, as if killed half-way', (await command('erase-account', parameters)) === 0);
  const known = await new KnownAccountStore(stores.graph).known([account]);
  must('nothing is known of it, and no campaign has it', known.size === 0 && !(await members()).includes(account));
  must('the others are where they were', (await members()).filter((one) => one !== account).length >= 29);
  must('every hour can be folded again', (await refold(stores.features, START + shift - DAY, clock.now())) > HOURS - 2);
  for (const task of await plan(folding)) await fold(task, folding);
  const again = new Detection({ stores, clock });
  await again.run(RECOMMENDED.detection, 'policy-1');
  must('and no fold or run brings it back', !again.population.profiles.has(account) && again.population.profiles.size > 200);
}

/** Every definition that was ever deployed, begun by it and finished by the code of now: the stories of test/enforcement. */
async function upgrade(): Promise<void> {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const parameters = ['-i', '--verbose', 'test/enforcement/state-machine', '-t', 'memory twins upgrades'];
  const child = spawn(node, [jest, ...parameters], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const [status] = await once(child, 'exit');
  must('executions of every definition finish under the code of now', status === 0);
}

const DRILLS: Record<string, () => Promise<void>> = { restore, rotation, erasure, upgrade };

async function main(): Promise<void> {
  const named = process.argv.slice(2);
  const unknown = named.find((name) => !(name in DRILLS));
  if (unknown !== undefined) throw new Error(`${unknown}: give restore, rotation, erasure, upgrade, or nothing for all`);
  const wanted = Object.entries(DRILLS).filter(([name]) => named.length === 0 || named.includes(name));
  mkdirSync(join(log, '..'), { recursive: true });
  const emulator = await startMiniStack(log);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.endpoint,
    NODE_EXTRA_CA_CERTS: emulator.certificate,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  try {
    for (const [name, drill] of wanted) {
      console.log(`\n== ${name} drill`);
      const began = Date.now();
      await drill();
      console.log(`== ${name} drill: passed (${((Date.now() - began) / 1000).toFixed(0)} s)`);
    }
  } finally {
    await emulator.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
