import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, printed } from '../../cli/query';
import { Detection } from '../../functions/detection/detect';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import recommended from '../../policies/recommended.json';
import { Policy } from '../../shared/domain/policy/policy';
import { HOUR } from '../../shared/domain/time';
import { ACCOUNT_COLUMNS } from '../../shared/formats/account-columns';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { KeptObjectStore } from '../../shared/memory/kept-object-store';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { CAMPAIGN, HONEST, HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-query-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
  const archive = new KeptObjectStore(new MemoryObjectStore(), folder, ['detection/accounts/', 'campaigns/', 'links/']);
  const stores = { archive, features: new MemoryTable(clock), graph: new MemoryTable(clock) };
  const ports = { ...stores, clock, hasher: new KeyedHasher('k'.repeat(64)), segments: 1, shards: 1, rows: 'none' as const };
  await ingest([{ id: 'm', body: smallTraffic().join('\n') }], ports);
  for (const task of await plan(ports)) await fold(task, ports);
  const detection = new Detection({ stores, clock });
  await detection.run(Policy.parse(recommended).detection, 'policy-1');
  await detection.keep();
});

test('every account stands in the archive, with the columns that are announced and nothing of ours', async () => {
  const { columns, rows } = await ask('SELECT * FROM accounts', folder);
  expect(rows).toHaveLength(CAMPAIGN.length + HONEST.length);
  expect(columns).toEqual(Object.keys(ACCOUNT_COLUMNS));
  const { rows: sums } = await ask(
    `SELECT sum(exchanges)::INT, min(last_use) > TIMESTAMP '2026-06-01', count(DISTINCT account) FROM accounts`,
    folder,
  );
  expect(sums).toEqual([[String(CAMPAIGN.length * HOURS + HONEST.length * 6), 'true', String(rows.length)]]);
});

/** The examples an analyst is given. */
const EXAMPLES = [...readFileSync(join(__dirname, '../../docs/query.md'), 'utf8').matchAll(/```sql\n([\s\S]*?)```/g)].map(
  ([, sql]) => sql!,
);

test('there are ten examples', () => {
  expect(EXAMPLES).toHaveLength(10);
});

test.each(EXAMPLES.map((sql) => [sql]))('an example can be asked, and answers: %s', async (sql) => {
  const answer = await ask(sql, folder);
  expect(answer.rows.length).toBeGreaterThan(0);
  expect(printed(answer).split('\n')).toHaveLength(answer.rows.length + 3);
});

test('a query reads the archive and nothing else, and writes nothing', async () => {
  await expect(ask(`SELECT * FROM read_text('/etc/hostname')`, folder)).rejects.toThrow(/not allowed|disabled|Permission/i);
  await expect(ask(`COPY accounts TO 'stolen.csv'`, folder)).rejects.toThrow(/not allowed|disabled|Permission/i);
  await expect(ask('SELECT nothing FROM accounts', folder)).rejects.toThrow(/nothing/);
});
