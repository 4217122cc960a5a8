import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { refold } from '../../functions/features/refold';
import { ingest } from '../../functions/ingest/ingest';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { KeyedHasher } from '../../shared/model/keyed-hash';
import { HOUR } from '../../shared/model/time';

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
