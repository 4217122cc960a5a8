import { Detection } from '../../functions/detection/detect';
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
import { SummaryStore } from '../../shared/stores/archive/summary-store';
import { CampaignGraphStore } from '../../shared/stores/campaigns/campaign-graph-store';
import { CAMPAIGN, HONEST, HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

const policy = Policy.parse(recommended).detection;
const hasher = new KeyedHasher('k'.repeat(64));

async function folded(shuffle = false) {
  const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
  const stores = { archive: new MemoryObjectStore(), features: new MemoryTable(clock), graph: new MemoryTable(clock) };
  const ports = { ...stores, clock, hasher, segments: 1, shards: 1, rows: 'none' as const };
  const lines = shuffle ? [...LINES].reverse() : LINES;
  const { rejected } = await ingest([{ id: 'm', body: lines.join('\n') }], ports);
  expect(rejected).toEqual([]);
  for (const task of await plan(ports)) await fold(task, ports);
  return { stores, clock };
}
async function detected(shuffle = false) {
  const { stores, clock } = await folded(shuffle);
  const detection = new Detection({ stores, clock });
  return { run: await detection.run(policy, 'policy-1'), detection, stores, clock };
}
const LINES = smallTraffic();
const keyOf = (account: string) => hasher.account(account).key;

describe('a campaign among honest accounts', () => {
  test('is found, with its members and nobody else, and says why from two families at least', async () => {
    const { run } = await detected();
    expect(run.accounts).toBe(CAMPAIGN.length + HONEST.length);
    expect(run.changed).toHaveLength(1);
    const [campaign] = run.changed;
    const members = new Set(campaign?.members.map(({ account }) => account));
    expect(CAMPAIGN.filter((account) => members.has(keyOf(account))).length).toBeGreaterThanOrEqual(0.8 * CAMPAIGN.length);
    expect(HONEST.filter((account) => members.has(keyOf(account)))).toEqual([]);
    expect(campaign?.families.length).toBeGreaterThanOrEqual(2);
    expect(campaign?.classification).toBe('distillation');
    expect(campaign?.exchanges).toBe(members.size * HOURS);
    for (const member of campaign?.members ?? []) expect(member.because.length).toBeGreaterThan(0);
  });

  test('the same whatever order the events came in', async () => {
    const [one, other] = [(await detected()).run.changed[0], (await detected(true)).run.changed[0]];
    expect(one).toBeDefined();
    expect({ ...other, provenance: undefined }).toEqual({ ...one, provenance: undefined });
  });

  test('by nobody, while there was no time to read what was folded; what was read is not lost with the process', async () => {
    const { stores, clock } = await folded();
    const timeFor = (hours: number) => {
      let left = hours;
      return () => left-- > 0;
    };
    const kinds: string[] = [];
    for (let call = 0; call < 5 && kinds.at(-1) !== 'ran'; call++) {
      const run = await new Detection({ stores, clock }).run(policy, 'policy-1', [], timeFor(8));
      kinds.push(run.kind);
      if (run.kind === 'ran') expect(run).toMatchObject({ accounts: CAMPAIGN.length + HONEST.length, networks: 1 });
    }
    expect(kinds).toEqual(['reading', 'reading', 'reading', 'ran']);
    // From then on any process judges, whatever time it has.
    expect(await new Detection({ stores, clock }).run(policy, 'policy-1', [], () => false)).toMatchObject({ kind: 'ran', networks: 1 });
  });

  test('by one call at a time', async () => {
    const { stores, clock } = await folded();
    const calls = [1, 2].map(() => new Detection({ stores, clock }).run(policy, 'policy-1', [], () => true));
    expect((await Promise.all(calls)).map(({ kind }) => kind).sort()).toEqual(['overlapping', 'ran']);
    // Who was killed holds nobody up for longer than it could have lived.
    await stores.graph.put({ pk: 'LEASE', sk: 'detection', owner: 'killed', expires: (clock.now() + 10 * 60_000) / 1000 });
    expect(await new Detection({ stores, clock }).run(policy, 'policy-1', [], () => true)).toMatchObject({ kind: 'overlapping' });
    clock.advanceTo(clock.now() + 11 * 60_000);
    expect(await new Detection({ stores, clock }).run(policy, 'policy-1', [], () => true)).toMatchObject({ kind: 'ran' });
  });

  test('found again by the next run, and by an instance that starts anew: one campaign, no new version', async () => {
    const { run, detection, stores, clock } = await detected();
    clock.advanceTo(clock.now() + HOUR);
    expect((await detection.run(policy, 'policy-1')).changed).toEqual([]);
    expect((await new Detection({ stores, clock }).run(policy, 'policy-1')).changed).toEqual([]);
    const kept: string[] = [];
    for await (const header of detection.campaigns.headers()) kept.push(header.id);
    expect(kept).toEqual(run.changed.map(({ id }) => id));
  });

  test('not found any more: counted on, it keeps the links by which it was found last', async () => {
    const { run, detection, stores, clock } = await detected();
    const graphs = new CampaignGraphStore(stores.archive);
    const [first] = run.changed;
    const links = await graphs.links(first!.id, 1);
    expect(links?.length).toBeGreaterThan(CAMPAIGN.length);
    for (const version of [2, 3]) {
      clock.advanceTo(clock.now() + 20 * DAY);
      const [later] = (await detection.run(policy, 'policy-1')).changed;
      expect(later).toMatchObject({ id: first?.id, version, provenance: { run: run.id }, links: { version: 1 } });
      expect(await graphs.links(first!.id, version)).toBeUndefined();
    }
  });

  test('every active account has a row of features, all its fields filled', async () => {
    const { stores } = await detected();
    const summaries = new SummaryStore(stores.graph);
    for (const account of [...CAMPAIGN, ...HONEST]) {
      const row = await summaries.get(keyOf(account));
      expect(row?.exchanges).toBeGreaterThan(0);
      for (const words of [row?.models, row?.tasks, row?.channels, row?.languages, row?.countries])
        expect(Object.keys(words ?? {})).not.toEqual([]);
      for (const name of ['ips', 'prefixes', 'clients', 'keys', 'templates']) expect(row?.distinct[name]).toBeGreaterThan(0);
      expect(row?.hours.length).toBeGreaterThan(0);
    }
  });

  test('what a campaign says holds no raw identifier and no word of a prompt', async () => {
    const { run } = await detected();
    const said = JSON.stringify(run.changed);
    expect(said.length).toBeGreaterThan(1_000);
    for (const raw of ['campaign-1', 'card-1', '198.51.', 'harvest/1', 'sort list']) expect(said).not.toContain(raw);
  });
});
