import { Template } from 'aws-cdk-lib/assertions';
import { countWorld } from '../../bench/cost/count';
import { type Counted, CountedTable } from '../../bench/cost/counted-table';
import { DEPLOYED, ENVELOPE_BYTES, FIXED } from '../../bench/cost/deployed';
import { envelopes } from '../../bench/cost/envelopes';
import { batchAt, dollarsPerMonth, scaled, unitsPerEvent } from '../../bench/cost/scale';
import { traffic } from '../../bench/cost/traffic';
import { valuesOfText } from '../../functions/ingest/records/envelopes';
import { lockstep, makeApp } from '../../infra/app';
import { stages } from '../../infra/stages';
import { itemBytes } from '../../shared/memory/item-size';
import { MemoryTable } from '../../shared/memory/memory-table';

/** An hour of so few accounts is split in two, or its pages would be emptier than they are at volume. */
const SMALL = { ...DEPLOYED.prod, segments: 2, shards: 2 };
const GOAL = { eventsPerDay: 100e6, accounts: 1e6, flagged: 25_000 };

test('what the hourly feature cache costs is counted: within 0.08 write units an event for all, 0.03 for the risk tier; single rows would not be', async () => {
  const eventsPerBatch = batchAt(GOAL.eventsPerDay, SMALL.windowSeconds);
  const world = await countWorld({
    traffic: traffic(150, 100, 2, 1),
    deployed: SMALL,
    rows: 'risk',
    eventsPerBatch,
    warmUpDays: 1,
    seed: 1,
  });
  expect(world.events).toBeGreaterThan(5_000);
  // What is found is written by the flagged account, and two days of so few accounts say little about that: `npm run cost` has it in.
  const units = (tallies: typeof world.tallies) =>
    unitsPerEvent(
      scaled({ ...world, tallies }, SMALL, GOAL, eventsPerBatch).filter(({ what }) => !what.startsWith('write: what was found')),
      GOAL,
    );
  const ofHours = (tallies: typeof world.tallies) =>
    unitsPerEvent(
      scaled({ ...world, tallies }, SMALL, GOAL, eventsPerBatch).filter(({ what }) => what === 'write: hourly feature cache'),
      GOAL,
    );
  const [risk, all] = [ofHours(world.tallies), ofHours(world.talliesOfAll)];
  // What the stages write: no hourly feature cache, a row of features an account and day.
  const deployed = units(world.tallies) - risk;
  expect(deployed).toBeLessThanOrEqual(0.03);
  expect(deployed).toBeGreaterThan(0.005);
  expect(risk).toBeLessThanOrEqual(0.03);
  expect(all).toBeLessThanOrEqual(0.08);
  expect(all).toBeGreaterThan(risk);
  expect(world.unitsOfRows / world.events).toBeGreaterThan(0.08);
  const free = scaled(world, SMALL, GOAL, eventsPerBatch).filter((line) => !(dollarsPerMonth(line) > 0));
  // In two days of so few accounts nothing need be found.
  expect(free.map(({ what }) => what).filter((what) => !what.startsWith('write: what was found'))).toEqual([]);
});

test.each(['dev', 'prod'] as const)('what is counted for %s is what it deploys', (name) => {
  const { ingest, features, detection, archiveDays } = stages[name];
  expect(DEPLOYED[name]).toMatchObject({
    segments: ingest.segments,
    windowSeconds: ingest.window.toSeconds(),
    shards: features.shards,
    planMinutes: features.planEvery.toMinutes(),
    settleMinutes: features.settle.toMinutes(),
    foldAgainMinutes: features.foldAgainAfter.toMinutes(),
    detectMinutes: detection.every.toMinutes(),
    archiveDays,
    memory: { detect: detection.memoryMiB / 1024 },
  });
});

test.each(['dev', 'prod'] as const)('what %s costs whatever comes in is what its templates make', (name) => {
  const { pipeline, state } = lockstep(makeApp({ context: { 'aws:cdk:bundling-stacks': [] } }), name);
  const made = (type: string): number =>
    [pipeline, state].reduce((sum, stack) => sum + Object.keys(Template.fromStack(stack).findResources(type)).length, 0);
  expect({
    alarms: made('AWS::CloudWatch::Alarm'),
    secrets: made('AWS::SecretsManager::Secret'),
    keys: made('AWS::KMS::Key'),
    quietQueues: made('AWS::Lambda::EventSourceMapping') - 1,
  }).toEqual({ alarms: FIXED.alarms, secrets: FIXED.secrets, keys: FIXED.keys, quietQueues: FIXED.quietQueues });
});

test('bytes of an item are those of DynamoDB', () => {
  expect(itemBytes({ pk: 'A', sk: 'B' })).toBe(6);
  expect(itemBytes({ pk: 'A', sk: 'ü' })).toBe(7);
  // 38 digits are 20 bytes: one for two, and one.
  expect(itemBytes({ pk: 'A', sk: 'B', n: 1 }) - 6).toBe(1 + 2);
  expect(itemBytes({ pk: 'A', sk: 'B', n: 1_776_000_000 }) - 6).toBe(1 + 3);
  expect(itemBytes({ pk: 'A', sk: 'B', n: -12_345 }) - 6).toBe(1 + 5);
  expect(itemBytes({ pk: 'A', sk: 'B', b: new Uint8Array(100), l: [1, 'ab'], o: true, gone: undefined }) - 6).toBe(
    101 + (1 + 3 + 1 + 2 + 1 + 2) + 2,
  );
});

test('units: writes by the larger of before and after, refused ones by what is there, reads by 4 KB', async () => {
  const counted: Counted[] = [];
  const table = new CountedTable(new MemoryTable({ now: () => 0 }), (one) => counted.push(one));
  const units = async (act: () => Promise<unknown>) => {
    counted.length = 0;
    await act();
    return counted.map((one) => `${one.what} ${one.purpose} ${one.units}`);
  };
  const row = (bytes: number) => ({ pk: 'A#1', sk: 'x', v: 1, b: new Uint8Array(bytes) });
  expect(await units(() => table.put(row(900)))).toEqual(['write A# 1']);
  expect(await units(() => table.put(row(5_000)))).toEqual(['write A# 5']);
  expect(await units(() => table.put(row(100)))).toEqual(['write A# 5']);
  expect(await units(() => table.put(row(9_000), { kind: 'absent' }))).toEqual(['write A# 1']);
  expect(await units(() => table.put(row(9_000)))).toEqual(['write A# 9']);
  expect(await units(() => table.get('A#1', 'x'))).toEqual(['read A# 3']);
  expect(await units(() => table.get('A#1', 'nothing'))).toEqual(['read A# 1']);
  await table.put({ ...row(9_000), sk: 'y' });
  expect(await units(() => table.query({ pk: 'A#1' }))).toEqual(['read A# 5']);
  expect(await units(() => table.add('N', 'n', 'count', 1))).toEqual(['write N 1']);
  expect(await units(() => table.delete('A#1', 'x'))).toEqual(['write A# 9']);
});

test('envelopes fit into one billed request, are full, and hold every line', () => {
  const lines = Array.from({ length: 5_000 }, (_, index) =>
    JSON.stringify({ index, text: `${Math.sin(index)} ${'prompt '.repeat(index % 40)}` }),
  );
  const sent = envelopes(lines);
  const read = sent.flatMap(({ body }) => valuesOfText(body).map((found) => found.kind === 'value' && JSON.stringify(found.value)));
  expect(read).toEqual(lines);
  for (const { body } of sent) expect(body.length).toBeLessThanOrEqual(ENVELOPE_BYTES);
  for (const { body } of sent.slice(1, -1)) expect(body.length).toBeGreaterThan(ENVELOPE_BYTES * 0.6);
});
