import { Detection, type DetectionPorts, type DetectionRun } from '../../../functions/detection/detect';
import { writeAccountFile } from '../../../functions/detection/profiles/account-file';
import { segmentsFor } from '../../../functions/detection/profiles/checkpoints';
import { FoldReader } from '../../../functions/detection/profiles/fold-reader';
import { fold } from '../../../functions/features/fold';
import { plan } from '../../../functions/features/plan';
import { ingest } from '../../../functions/ingest/ingest';
import recommended from '../../../policies/recommended.json';
import { Policy } from '../../../shared/domain/policy/policy';
import { DAY, HOUR, iso } from '../../../shared/domain/time';
import { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../../shared/memory/memory-object-store';
import { MemoryTable } from '../../../shared/memory/memory-table';
import { SimulatedClock } from '../../../shared/memory/simulated-clock';
import { SummaryStore } from '../../../shared/stores/archive/summary-store';
import { CAMPAIGN, HONEST, START, smallTraffic } from '../../support/worlds/small-traffic';

const policy = Policy.parse(recommended).detection;
const hasher = new KeyedHasher('k'.repeat(64));

/** `days` days of the small traffic, one after another, each event with its own id. */
function traffic(days: number): string[] {
  return Array.from({ length: days }, (_, day) =>
    smallTraffic().map((line) => {
      const event: { id: string; time: string } = JSON.parse(line);
      return JSON.stringify({ ...event, id: `${event.id}-${day}`, time: iso(Date.parse(event.time) + day * 30 * HOUR) });
    }),
  ).flat();
}

function world() {
  const clock = new SimulatedClock(START);
  const stores = { archive: new MemoryObjectStore(), features: new MemoryTable(clock), graph: new MemoryTable(clock) };
  return { clock, stores, ports: { ...stores, clock, hasher, segments: 1, shards: 1, rows: 'none' as const } };
}
type World = ReturnType<typeof world>;

/** Takes events in hour by hour, and calls `each` every few hours, a quarter after the hour. */
async function live(lines: readonly string[], every: number, each: (here: World) => Promise<void>): Promise<World> {
  const here = world();
  const byHour = new Map<number, string[]>();
  for (const line of lines) {
    const hour = Math.floor(Date.parse(JSON.parse(line).time) / HOUR);
    byHour.set(hour, [...(byHour.get(hour) ?? []), line]);
  }
  const hours = [...byHour.keys()].sort((a, b) => a - b);
  for (let hour = hours[0]!; hour <= hours.at(-1)!; hour++) {
    here.clock.advanceTo((hour + 1) * HOUR);
    await ingest([{ id: `m-${hour}`, body: (byHour.get(hour) ?? []).join('\n') }], here.ports);
    here.clock.advanceTo((hour + 1) * HOUR + 15 * 60_000);
    for (const task of await plan(here.ports)) await fold(task, here.ports);
    if ((hour - hours[0]!) % every === every - 1) await each(here);
  }
  return here;
}

test('a new process each time holds what one that never stopped holds, to the byte', async () => {
  const states: string[][] = [];
  for (const isNew of [false, true]) {
    const seen: string[] = [];
    let reader: FoldReader | undefined;
    await live(traffic(3), 5, async ({ stores, clock }) => {
      if (isNew || !reader) reader = new FoldReader(stores);
      seen.push(`${await reader.catchUp(clock.now(), policy.windowDays.value)}`);
      await reader.checkpoint();
      seen.push(Buffer.from(writeAccountFile(reader.population.profiles.values())).toString('base64'));
    });
    states.push(seen);
  }
  expect(states[0]!.length).toBeGreaterThan(20);
  expect(states[1]).toEqual(states[0]);
});

test('lifetime counts go on although each run is a new process and the window is shorter than the campaign', async () => {
  const days = 15;
  let last: Awaited<ReturnType<Detection['run']>> | undefined;
  const { stores } = await live(traffic(days), 30, async ({ stores, clock }) => {
    last = await new Detection({ stores, clock }).run(policy, 'policy-1');
  });
  // 15 times 30 hours are 18 days and three quarters: more than the fortnight that is looked at.
  expect(last?.kind).toBe('ran');
  const reader = new FoldReader(stores);
  await reader.catchUp(START + 30 * days * HOUR + HOUR, policy.windowDays.value);
  const account = hasher.account(CAMPAIGN[0]!).key;
  expect(reader.population.profiles.get(account)?.exchanges).toBe(30 * days);
  const detection = new Detection({ stores, clock: new SimulatedClock(START + 30 * days * HOUR + 2 * DAY) });
  const [campaign] = (await detection.run(policy, 'policy-1')).changed;
  expect(campaign?.exchanges).toBe(CAMPAIGN.length * 30 * days);
});

describe('what is damaged names itself, and the run goes on with what stands', () => {
  const filled = () =>
    live(traffic(1), 10, async ({ stores, clock }) => {
      const reader = new FoldReader(stores);
      await reader.catchUp(clock.now(), 14);
      await reader.checkpoint();
    });
  const keysOf = async ({ stores }: World, prefix: string): Promise<string[]> => {
    const keys: string[] = [];
    for await (const key of stores.archive.list(prefix)) keys.push(key);
    return keys;
  };

  test.each(['cut', 'gone'] as const)('a checkpoint that is %s: the one before it and the hours since', async (how) => {
    const here = await filled();
    const whole = new FoldReader(here.stores);
    await whole.catchUp(here.clock.now(), 14);
    const newest = (await keysOf(here, 'detection/accounts/')).at(-1)!;
    if (how === 'gone') await here.stores.archive.delete(newest);
    else await here.stores.archive.put(newest, (await here.stores.archive.get(newest))!.slice(0, 5_000));
    const reader = new FoldReader(here.stores);
    expect(await reader.catchUp(here.clock.now(), 14)).toBeDefined();
    expect(reader.damaged).toEqual([`${newest} is ${how === 'gone' ? 'missing' : 'damaged'}`]);
    expect(writeAccountFile(reader.population.profiles.values())).toEqual(writeAccountFile(whole.population.profiles.values()));
  });

  test('an output of the fold: its hour is folded again from its chunks, and read then', async () => {
    const here = await filled();
    for (const prefix of ['detection/']) for (const key of await keysOf(here, prefix)) await here.stores.archive.delete(key);
    const output = (await keysOf(here, 'folds/'))[7]!;
    await here.stores.archive.put(output, new Uint8Array([1, 2, 3]));
    const reader = new FoldReader(here.stores);
    expect(await reader.catchUp(here.clock.now(), 14)).toBeDefined();
    expect(reader.damaged).toEqual([`${output} is damaged`]);
    expect(reader.hours).toBe(7);
    for (const task of await plan(here.ports)) await fold(task, here.ports);
    await reader.catchUp(here.clock.now(), 14);
    expect([reader.hours, reader.damaged]).toEqual([30, []]);
  });
});

test('accounts are cut into files so that each is a task of bounded size', () => {
  expect([0, 20_000, 20_001, 1_000_000, 10_000_000].map(segmentsFor)).toEqual([1, 1, 2, 64, 64]);
});

describe('a population that is screened in columns, few of it judged with profiles', () => {
  const outcome = async (wholeAtMost: number, isNew = false, bySegment: Pick<DetectionPorts, 'heldAtMost' | 'segments'> = {}) => {
    const seen: Pick<DetectionRun, 'id' | 'networks' | 'accounts' | 'active' | 'changed'>[] = [];
    let detection: Detection | undefined;
    const { stores } = await live(traffic(2), 10, async ({ stores, clock }) => {
      if (isNew || !detection) detection = new Detection({ stores, clock, wholeAtMost, ...bySegment });
      const { id, networks, accounts, active, changed } = await detection.run(policy, 'policy-1');
      seen.push({ id, networks, accounts, active, changed });
    });
    const rows = await Promise.all([...CAMPAIGN, ...HONEST].map((name) => new SummaryStore(stores.graph).get(hasher.account(name).key)));
    return { seen, rows };
  };

  test('is found the same campaigns in, with the same members, evidence and counts, and has the same rows', async () => {
    const [whole, few] = [await outcome(1_000), await outcome(100)];
    expect(whole.seen.flatMap(({ changed }) => changed).length).toBeGreaterThan(1);
    expect(few).toEqual(whole);
  });

  test.each([1_000, 100])('the same if each call is a new process (an index of everybody up to %i)', async (wholeAtMost) => {
    expect(await outcome(wholeAtMost, true)).toEqual(await outcome(wholeAtMost));
  });

  test.each([
    [1, false],
    [8, true],
  ])('the same if no process holds it, in %i segments (a new process each call: %s)', async (segments, isNew) => {
    expect(await outcome(100, isNew, { heldAtMost: 100, segments })).toEqual(await outcome(100));
  });
});
