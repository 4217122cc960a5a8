import { Detection } from '../../functions/detection/detect';
import { type CalledTask, doTask } from '../../functions/detection/tasks/called-task';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import recommended from '../../policies/recommended.json';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { MEMORY, storesOn } from '../support/sides';
import { HOURS, START, smallTraffic } from '../support/worlds/small-traffic';
import { archiveUnder, under } from './under';

test('plan, fold and detection do all of their work under their own rights: found, damaged, mended, ended', async () => {
  const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
  const stores = await storesOn(MEMORY, clock);
  const used = new Set<string>();
  const as = (role: string) => ({
    archive: archiveUnder(role, stores.archive),
    features: under(role, stores.features, used, 'Features'),
    graph: under(role, stores.graph, used, 'Graph'),
  });
  const { detection: policy } = Policy.parse(recommended);
  await ingest([{ id: 'm', body: smallTraffic().join('\n') }], { ...stores, clock, hasher: new KeyedHasher('k'.repeat(64)), segments: 16 });
  for (const task of await plan({ ...as('FeaturesPlan'), clock, shards: 16 })) await fold(task, { ...as('FeaturesFold'), rows: 'all' });
  const detect = async () => {
    const detection = new Detection({ stores: as('DetectionDetect'), clock });
    const ran = await detection.run(policy, 'policy-1');
    await detection.keep();
    return ran;
  };
  const { changed } = await detect();
  const { id } = changed[0]!;
  const row = (await stores.graph.get('CAMPAIGN', id))!;
  await stores.graph.put({ ...row, body: 'damaged' });
  expect((await detect()).damaged).toEqual([`campaign ${id} is restored from its newest document`]);
  clock.advanceTo(START + 62 * DAY);
  await detect();
  expect(await stores.graph.get('CAMPAIGN', id)).toBeUndefined();
  expect(used).toContain('DetectionDetect dynamodb:DeleteItem CAMPAIGN');
  expect(used).toContain('DetectionDetect dynamodb:Query ERASED');
  expect(used).toContain('FeaturesFold dynamodb:Query ERASED');
}, 120_000);

test.each([
  ['a screen by functions', 1_000],
  ['a population that no process holds', 10],
])(
  '%s: lists and columns under the rights of who detects, tasks under their own',
  async () => {
    const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
    const stores = await storesOn(MEMORY, clock);
    const used = new Set<string>();
    const ports = { ...stores, clock, hasher: new KeyedHasher('k'.repeat(64)), segments: 4, shards: 4, rows: 'none' as const };
    await ingest([{ id: 'm', body: smallTraffic().join('\n') }], ports);
    for (const task of await plan(ports)) await fold(task, ports);
    const role = 'DetectionDetect';
    const own = archiveUnder(role, stores.archive);
    const carryOut = async (items: readonly CalledTask[], key: string): Promise<void> => {
      await own.put(key, Buffer.from(JSON.stringify(items)));
      for (const item of items) await doTask(item, archiveUnder('DetectionScreenTask', stores.archive));
    };
    const detection = new Detection({
      stores: { archive: own, features: under(role, stores.features, used, 'Features'), graph: under(role, stores.graph, used, 'Graph') },
      clock,
      wholeAtMost: 10,
      heldAtMost: 10,
      carryOut,
    });
    expect((await detection.run(Policy.parse(recommended).detection, 'policy-1')).changed).toHaveLength(1);
  },
  120_000,
);
