import { fold, isFolded } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { refold } from '../../functions/features/refold';
import { ingest } from '../../functions/ingest/ingest';
import { HOUR, MINUTE } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';

const now = Date.UTC(2026, 5, 1, 12);
const event = (number: number, hour: number) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${number}`,
    time: new Date(hour + number).toISOString(),
    subject: `account-${number % 3}`,
    data: { model: 'atlas-5', inputTokens: 1, outputTokens: 2 },
  });

async function foldedWorld() {
  const clock = new SimulatedClock(now);
  const ports = {
    archive: new MemoryObjectStore(),
    features: new MemoryTable(clock),
    clock,
    segments: 1,
    shards: 1,
    hasher: new KeyedHasher('k'.repeat(64)),
    rows: 'all' as const,
  };
  const hours = [now - 3 * HOUR, now - 2 * HOUR];
  await ingest([{ id: 'm', body: hours.flatMap((hour) => [1, 2, 3].map((number) => event(number, hour))).join('\n') }], ports);
  for (const task of await plan(ports)) await fold(task, ports);
  return { ports, hours };
}

test('the hours of the range are folded again as a new version, with the same outcome, and the others are left alone', async () => {
  const { ports, hours } = await foldedWorld();
  const [first = 0, second = 0] = hours;
  expect(await plan(ports)).toEqual([]);
  expect(await refold(ports.features, first, second)).toBe(1);
  const tasks = await plan(ports);
  expect(tasks.map(({ hour, version }) => [hour, version])).toEqual([[first, 2]]);
  for (const task of tasks) expect(await fold(task, ports)).toMatchObject({ events: 3, duplicates: 0, accounts: 3 });
  expect(await plan(ports)).toEqual([]);
});

test('asked twice it is done once; hours without events have nothing to fold', async () => {
  const { ports, hours } = await foldedWorld();
  const [first = 0] = hours;
  await refold(ports.features, first, first + HOUR);
  expect(await refold(ports.features, first - 5 * HOUR, first + HOUR)).toBe(1);
  expect((await plan(ports)).map(({ version }) => version)).toEqual([2]);
});

test('a task that a plan named again while it waited is known to be done; one of a later version is not', async () => {
  const { ports, hours } = await foldedWorld();
  const [first = 0] = hours;
  const done = { hour: first, version: 1, shard: 0, shards: 1, plan: '' };
  expect(await isFolded(done, ports.features)).toBe(true);
  expect(await isFolded({ ...done, shard: 1 }, ports.features)).toBe(false);
  await refold(ports.features, first, first + HOUR);
  const [due] = await plan(ports);
  const [again] = await plan(ports);
  if (!due) throw new Error('nothing is due');
  expect(again).toEqual(due);
  expect(await isFolded(due, ports.features)).toBe(false);
  await fold(due, ports);
  expect(await isFolded(due, ports.features)).toBe(true);
  expect(await isFolded(done, ports.features)).toBe(true);
});

test('an hour is sealed once it has settled, again for late events after it has rested, and at once when it is marked', async () => {
  const clock = new SimulatedClock(now);
  const ports = {
    archive: new MemoryObjectStore(),
    features: new MemoryTable(clock),
    clock,
    segments: 1,
    shards: 1,
    hasher: new KeyedHasher('k'.repeat(64)),
    rows: 'none' as const,
    settle: 2 * MINUTE,
    foldAgainAfter: HOUR,
  };
  const hour = now - HOUR;
  const take = (number: number) => ingest([{ id: 'm', body: event(number, hour) }], ports);
  const planned = async () => {
    const tasks = await plan(ports);
    const [task] = tasks;
    return task && [task.version, (await fold(task, ports)).events];
  };
  await take(1);
  expect(await planned()).toBeUndefined();
  clock.advanceTo(now + 2 * MINUTE);
  expect(await planned()).toEqual([1, 1]);
  await take(2);
  clock.advanceTo(now + HOUR);
  expect(await planned()).toBeUndefined();
  clock.advanceTo(now + HOUR + 2 * MINUTE);
  expect(await planned()).toEqual([2, 2]);
  await take(3);
  await refold(ports.features, hour, hour + HOUR);
  expect(await planned()).toEqual([3, 3]);
});

test('a fold that was lost while the hour rests is done again', async () => {
  const { ports, hours } = await foldedWorld();
  const resting = { ...ports, foldAgainAfter: HOUR };
  await ingest([{ id: 'n', body: event(9, hours[0] ?? 0) }], resting);
  ports.clock.advanceTo(now + HOUR);
  const [lost] = await plan(resting);
  await ingest([{ id: 'o', body: event(10, hours[0] ?? 0) }], resting);
  expect(await plan(resting)).toEqual([lost]);
});
