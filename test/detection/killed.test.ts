import { Detection } from '../../functions/detection/detect';
import { doTask } from '../../functions/detection/tasks/called-task';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import recommended from '../../policies/recommended.json';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import type { Condition, Item } from '../../shared/ports';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { Kill, Killed } from '../support/mortal';
import { smallTraffic } from '../support/worlds/small-traffic';

const policy = Policy.parse(recommended).detection;
const hasher = new KeyedHasher('k'.repeat(64));
const START = Date.UTC(2026, 5, 1);
const HOURS = 30;

/** The small world, smaller: what one run says of it are some hundred calls. */
const LINES = smallTraffic().filter((line) => {
  const [kind, number] = String(JSON.parse(line).subject).split('-');
  return Number(number) < (kind === 'campaign' ? 14 : 200);
});

/** A table of which all rows can be read. */
class OpenTable extends MemoryTable {
  private readonly partitionKeys = new Set<string>();

  override put(item: Item, condition?: Condition) {
    this.partitionKeys.add(item.pk);
    return super.put(item, condition);
  }

  async *items(): AsyncIterable<Item> {
    for (const pk of [...this.partitionKeys].sort()) {
      let after: string | undefined;
      do {
        const page = await this.query({ pk, ...(after === undefined ? {} : { after }) });
        yield* page.items;
        after = page.next;
      } while (after !== undefined);
    }
  }
}

type World = { archive: MemoryObjectStore; features: MemoryTable; graph: OpenTable };
async function copyOf(world: World, clock: SimulatedClock): Promise<World> {
  const archive = new MemoryObjectStore();
  for await (const key of world.archive.list('')) await archive.put(key, (await world.archive.get(key))!);
  const graph = new OpenTable(clock);
  for await (const item of world.graph.items()) await graph.put(item);
  return { archive, features: world.features, graph };
}

/** All that anybody reads, but for who held the lease. A hint of the list of flagged accounts that its row does not say any more is read by nobody. */
async function standing({ archive, graph }: World): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const key of archive.list('')) {
    const bytes = (await archive.get(key))!;
    if (!key.startsWith('folds/') && !key.startsWith('chunks/') && bytes.length > 0) all[key] = Buffer.from(bytes).toString('base64');
  }
  for await (const item of graph.items())
    if (item.pk !== 'LEASE' && !item.pk.startsWith('FLAGGED#'))
      all[`${item.pk} ${item.sk}`] = JSON.stringify(item, (_, value) => (value instanceof Uint8Array ? [...value] : value));
  const flagged = new FlaggedStore(graph);
  for (const order of ['score', 'updatedAt', 'detectedAt'] as const)
    all[`flagged by ${order}`] = JSON.stringify(await flagged.page({ order, limit: 1000 }));
  return all;
}

async function folded(lines: readonly string[], clock: SimulatedClock, stores: World): Promise<void> {
  const ports = { ...stores, clock, hasher, segments: 1, shards: 1, rows: 'none' as const };
  await ingest([{ id: `m-${clock.now()}`, body: lines.join('\n') }], ports);
  for (const task of await plan(ports)) await fold(task, ports);
}
const later = (by: number): string[] =>
  LINES.map((line) => {
    const event = JSON.parse(line);
    return JSON.stringify({ ...event, id: `${event.id}-later`, time: new Date(Date.parse(event.time) + by).toISOString() });
  });

const storesOf = (kill: Kill, { archive, features, graph }: World) => ({
  archive: kill.objects(archive),
  features: kill.table(features),
  graph: kill.table(graph),
});

/** Every call where the run decides and where it ends; of what it says of each of many accounts, which is the same again and again, some. */
function killedAt(calls: number): number[] {
  const some = Math.max(61, Math.ceil(calls / 20));
  return Array.from({ length: calls }, (_, call) => call).filter(
    (call) => (call < 30 && call % 3 === 0) || call >= calls - 8 || call % some === 0,
  );
}

describe.each([
  ['an index of everybody', 1_000, 1_000],
  ['units', 10, 1_000],
  ['kept by segment', 10, 10],
] as const)('a run that is killed at any of its calls (%s)', (_, wholeAtMost, heldAtMost) => {
  /** Tasks too are done with what the process lives by: it may die between any two of them, and within one. */
  const detection = (stores: Pick<World, 'archive' | 'features' | 'graph'> | ReturnType<typeof storesOf>, clock: SimulatedClock) =>
    new Detection({
      stores,
      clock,
      wholeAtMost,
      heldAtMost,
      segments: 4,
      unitsAtOnce: 8,
      carryOut: async (items, key) => {
        await stores.archive.put(key, Buffer.from(JSON.stringify(items)));
        for (const item of items) await doTask(item, stores.archive);
      },
    });
  test.each(['first', 'later'] as const)(
    'ends as it would have ended, when the next process finds what it left: a %s run',
    async (which) => {
      const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
      const world: World = { archive: new MemoryObjectStore(), features: new MemoryTable(clock), graph: new OpenTable(clock) };
      await folded(LINES, clock, world);
      if (which === 'later') {
        await detection(world, clock).run(policy, 'policy-1');
        clock.advanceTo(clock.now() + 2 * DAY);
        await folded(later(2 * DAY), clock, world);
      }
      const whole = await copyOf(world, clock);
      const counting = new Kill(Number.POSITIVE_INFINITY, true);
      const { changed } = await detection(storesOf(counting, whole), clock).run(policy, 'policy-1');
      expect(changed).toHaveLength(1);
      const expected = await standing(whole);
      let killed = 0;
      let wasDecided = 0;
      for (const after of killedAt(counting.calls)) {
        const here = await copyOf(world, clock);
        const kill = new Kill(after, after % 2 === 0);
        await expect(detection(storesOf(kill, here), clock).run(policy, 'policy-1')).rejects.toThrow(Killed);
        killed++;
        if ((await here.archive.get('detection/decided-run'))?.length) wasDecided++;
        // Who was killed holds the lease for a quarter of an hour (detect.test.ts); here it is that time already.
        await here.graph.delete('LEASE', 'detection');
        await detection(here, clock).run(policy, 'policy-1');
        expect(await standing(here)).toEqual(expected);
      }
      expect(killed).toBeGreaterThan(24);
      expect(wasDecided).toBeGreaterThan(8);
      expect(killed - wasDecided).toBeGreaterThan(5);
    },
  );
});
