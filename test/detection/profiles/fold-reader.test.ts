import { FoldReader } from '../../../functions/detection/profiles/fold-reader';
import { Profile } from '../../../functions/detection/profiles/profile';
import { Profiles } from '../../../functions/detection/profiles/profiles';
import { fold } from '../../../functions/features/fold';
import { plan } from '../../../functions/features/plan';
import { ingest } from '../../../functions/ingest/ingest';
import { DAY, HOUR, iso, MINUTE } from '../../../shared/domain/time';
import { accountKey, sealedId } from '../../../shared/identity/ids';
import { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../../shared/memory/memory-object-store';
import { MemoryTable } from '../../../shared/memory/memory-table';
import { SimulatedClock } from '../../../shared/memory/simulated-clock';
import { ErasureStore } from '../../../shared/stores/archive/erasure-store';

const START = Date.UTC(2026, 5, 1, 12);
let sent = 0;
const usage = (at: number) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${sent++}`,
    time: iso(at),
    subject: `account-${sent % 7}`,
    data: { model: 'atlas-5', inputTokens: 1, outputTokens: 2 },
  });
const fact = (at: number) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.account.v1',
    source: 'accounts',
    id: `f-${sent++}`,
    time: iso(at),
    subject: 'account-1',
    data: { plan: 'enterprise' },
  });

function world() {
  const clock = new SimulatedClock(START);
  const features = new MemoryTable(clock);
  const ports = { archive: new MemoryObjectStore(), features, clock, segments: 1, shards: 1, hasher: new KeyedHasher('k'.repeat(64)) };
  const reader = new FoldReader(ports);
  return {
    ports,
    reader,
    at: (time: number) => clock.advanceTo(time),
    take: (lines: readonly string[]) => ingest([{ id: 'm', body: lines.join('\n') }], ports),
    foldAll: async () => {
      for (const task of await plan(ports)) await fold(task, { ...ports, rows: 'none' });
    },
    read: async () => {
      await reader.catchUp(clock.now(), 14);
      return [...reader.population.profiles.values()].reduce((sum, { exchanges }) => sum + exchanges, 0);
    },
  };
}

/** 1,000 events of the first hour, folded and read. */
async function oneHour() {
  const here = world();
  const lines = Array.from({ length: 1_000 }, (_, index) => usage(START + index));
  await here.take(lines);
  here.at(START + HOUR + 10 * MINUTE);
  await here.foldAll();
  expect(await here.read()).toBe(1_000);
  return { ...here, before: here.reader.population, lines };
}

test('an hour sealed late is taken although chunks were listed since; one sealed early is waited for', async () => {
  const early = world();
  await early.take([usage(START)]);
  early.at(START + HOUR + MINUTE);
  await early.foldAll();
  await early.take([usage(START + MINUTE)]);
  expect(await early.read()).toBe(0);
  await early.foldAll();
  expect(await early.read()).toBe(2);

  const late = world();
  await late.take([usage(START)]);
  late.at(START + HOUR + 10 * MINUTE);
  await late.foldAll();
  await late.take([usage(START + MINUTE)]);
  expect(await late.read()).toBe(1);
});

test('few late events wait until the population is built again, within a day; later hours do not wait for them', async () => {
  const { before, ...here } = await oneHour();
  await here.take([usage(START + 5 * MINUTE), usage(START + HOUR)]);
  here.at(START + 2 * HOUR + 10 * MINUTE);
  await here.foldAll();
  expect(await here.read()).toBe(1_001);
  expect(here.reader.population).toBe(before);
  here.at(START + DAY + 2 * HOUR);
  expect(await here.read()).toBe(1_002);
  expect(here.reader.population).not.toBe(before);
});

test.each([
  ['many late events', () => Array.from({ length: 10 }, () => usage(START + 5 * MINUTE)), 1_010],
  ['a late fact', () => [fact(START + 5 * MINUTE)], 1_000],
])('%s are read at once', async (_, lines, events) => {
  const { before, ...here } = await oneHour();
  await here.take(lines());
  await here.foldAll();
  expect(await here.read()).toBe(events);
  expect(here.reader.population).not.toBe(before);
});

test('an hour folded again with the same outcome changes nothing', async () => {
  const { before, lines, ...here } = await oneHour();
  await here.take(lines.slice(0, 500));
  await here.foldAll();
  here.at(START + 3 * DAY);
  expect(await here.read()).toBe(1_000);
  expect(here.reader.population).toBe(before);
});

describe('a window too large to be read in one call', () => {
  /** Time for so many hours. */
  const timeFor = (hours: number) => {
    let left = hours;
    return () => left-- > 0;
  };
  /** Five hours, of one event, two, three, … */
  async function fiveHours() {
    const here = world();
    for (let hour = 0; hour < 5; hour++) {
      here.at(START + hour * HOUR);
      await here.take(Array.from({ length: hour + 1 }, (_, i) => usage(START + hour * HOUR + i)));
    }
    here.at(START + 6 * HOUR);
    await here.foldAll();
    const events = () => [...here.reader.population.profiles.values()].reduce((sum, { exchanges }) => sum + exchanges, 0);
    const catchUp = (hours: number) => here.reader.catchUp(START + 6 * HOUR, 14, timeFor(hours));
    return { ...here, events, catchUp };
  }

  test('is read in several, and nothing is known before it was read', async () => {
    const { catchUp, events, reader, ports } = await fiveHours();
    const digests = [await catchUp(2), await catchUp(2)];
    expect([digests, events(), reader.hours]).toEqual([[undefined, undefined], 0, 4]);
    const digest = await catchUp(2);
    expect(events()).toBe(15);
    expect(digest).toBe(await new FoldReader(ports).catchUp(START + 6 * HOUR, 14));
  });

  test('is built again beside what stands, which goes on meanwhile', async () => {
    const { catchUp, events, reader, take, foldAll } = await fiveHours();
    await catchUp(9);
    const before = reader.population;
    await take([fact(START + 5 * MINUTE)]);
    await foldAll();
    for (const hours of [2, 2]) {
      expect(await catchUp(hours)).toBeDefined();
      expect([events(), reader.population === before]).toEqual([15, true]);
    }
    await catchUp(9);
    expect([events(), reader.population === before]).toEqual([15, false]);
  });

  test('an older hour that comes while it is read begins it anew', async () => {
    const { catchUp, events, take, foldAll } = await fiveHours();
    await catchUp(3);
    await take([usage(START - 5 * HOUR)]);
    await foldAll();
    await catchUp(9);
    expect(events()).toBe(16);
  });
});

test('more accounts were erased than a call takes arguments: it reads on', async () => {
  const { ports, take, at, foldAll, read } = world();
  await take([usage(START)]);
  const erasures = new ErasureStore(ports.features);
  for (let n = 0; n < 150_000; n++) await erasures.note(accountKey(`erased-${n}`), START, START - n);
  at(START + HOUR + 10 * MINUTE);
  await foldAll();
  expect(await read()).toBe(1);
});

test('one process holds so many accounts and says so, before the map that holds them cannot', () => {
  const profiles = new Profiles(2);
  for (const name of ['a', 'b', 'a']) profiles.set(accountKey(name), new Profile(accountKey(name), sealedId(''), START));
  expect(() => profiles.set(accountKey('c'), new Profile(accountKey('c'), sealedId(''), START))).toThrow('more than 2 accounts');
  expect(profiles.size).toBe(2);
});
