import { gunzipSync } from 'node:zlib';
import { type ErasePorts, eraseAccount } from '../../cli/erase/erase';
import { openAppeal } from '../../functions/appeals/appeal';
import { openAppeals } from '../../functions/appeals/appeals';
import { reviewAppeal } from '../../functions/appeals/review';
import { Detection } from '../../functions/detection/detect';
import { readAccountFile } from '../../functions/detection/profiles/account-file';
import { advance } from '../../functions/enforcement/case/advance';
import { undoCase } from '../../functions/enforcement/commands/undo';
import { enforce } from '../../functions/enforcement/enforce';
import { type Enforcement, openEnforcement } from '../../functions/enforcement/enforcement';
import { verifyLedger } from '../../functions/enforcement/ledger/verify-ledger';
import { turnKillSwitch } from '../../functions/enforcement/policy/kill-switch';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { refold } from '../../functions/features/refold';
import { eraseFromRefused } from '../../functions/ingest/erase-refused';
import { ingest } from '../../functions/ingest/ingest';
import { ToyProvider, withStandingOf } from '../../local/provider/toy-provider';
import { policyDigest, withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { readFoldOutput } from '../../shared/formats/fold-output';
import { askHourPage } from '../../shared/formats/hour-page';
import { readSegment } from '../../shared/formats/segment';
import { signAppealLink } from '../../shared/identity/appeal-link';
import type { AccountKey } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { SeededChance, SimulatedClock } from '../../shared/memory/simulated-clock';
import type { ObjectStore, Stores } from '../../shared/ports';
import { KnownAccountStore } from '../../shared/stores/archive/known-account-store';
import { manifestOf, markedHours } from '../../shared/stores/archive/manifest-store';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { Kill, Killed } from '../support/mortal';
import { openTable } from '../support/open-table';
import { fc } from '../support/property';
import { MEMORY, onBothSides, type Side, storesOn } from '../support/sides';
import { ADA, APPEAL_KEYS, BEN, BOLD, CLEO, DAN, says } from '../support/worlds/enforcement-world';
import { HOURS, START, smallTraffic } from '../support/worlds/small-traffic';

const hasher = new KeyedHasher('k'.repeat(64));
const policy = withMode(BOLD, 'auto', 'the test says so');
const digest = policyDigest(policy);
const key = (name: string): AccountKey => hasher.account(name).key;
/** A member of the campaign, and somebody who is in none. */
const MEMBER = 'campaign-3';
const BYSTANDER = 'honest-5';
const BATCHES = 5;

type Open = Stores & { [T in 'features' | 'graph' | 'enforcement']: ReturnType<typeof openTable> };
const opened = ({ archive, features, graph, enforcement }: Stores): Open => ({
  archive,
  features: openTable(features),
  graph: openTable(graph),
  enforcement: openTable(enforcement),
});

type Made = { stores: Open; clock: SimulatedClock; provider: ToyProvider };
const LINES = smallTraffic();

const enforcementOn = ({ stores, clock, provider }: Made): Enforcement =>
  openEnforcement({
    stores,
    accounts: withStandingOf(provider, new KnownAccountStore(stores.graph)),
    provider,
    workflow: { start: async () => {}, wake: async () => {} },
    policy: async () => ({ policy, digest }),
    appealLinks: {
      link: (subject, now) => signAppealLink(subject, { keys: APPEAL_KEYS, baseUrl: 'https://appeals.example/', now, validDays: 30 }),
    },
    clock,
    chance: new SeededChance(3),
  });
const folding = (stores: Stores, clock: SimulatedClock) => ({ ...stores, clock, shards: 2, rows: 'all' as const });

async function foldAll(stores: Stores, clock: SimulatedClock): Promise<number> {
  const tasks = await plan(folding(stores, clock));
  for (const task of tasks) await fold(task, folding(stores, clock));
  return tasks.length;
}

/** The small world: ingested in batches, folded, judged twice, its campaign suspended by the machine, an appeal answered. In memory. */
async function made(lines: readonly string[] = LINES): Promise<Made> {
  const clock = new SimulatedClock(START + HOURS * HOUR + 15 * 60_000);
  const world: Made = { stores: opened(await storesOn(MEMORY, clock)), clock, provider: new ToyProvider() };
  const { stores } = world;
  for (let batch = 0; batch < BATCHES; batch++) {
    const body = lines.filter((_, n) => n % BATCHES === batch).join('\n');
    await ingest([{ id: `m${batch}`, body }], { ...stores, clock, hasher, segments: 4 });
  }
  await foldAll(stores, clock);
  const enforcement = enforcementOn(world);
  await turnKillSwitch({ ...says(ADA), to: 'armed' }, enforcement);
  const detection = new Detection({ stores, clock });
  const run = await detection.run(policy.detection, 'policy-1');
  await detection.keep();
  await enforce({ campaigns: run.changed, activeAccounts: 1_000_000 }, enforcement);
  const until = clock.now() + 30 * HOUR;
  for (;;) {
    const { nextDue } = await advance(enforcement);
    if (nextDue === undefined || nextDue > until) break;
    clock.advanceTo(nextDue);
  }
  clock.advanceTo(until);
  await advance(enforcement);
  await detection.run(policy.detection, 'policy-1');
  await detection.keep();
  return world;
}

async function copyTo(side: Side, from: Made): Promise<Made> {
  const clock = new SimulatedClock(from.clock.now());
  const stores = opened(await storesOn(side, clock));
  const copied: Promise<unknown>[] = [];
  for await (const key of from.stores.archive.list('')) copied.push(stores.archive.put(key, (await from.stores.archive.get(key))!));
  for (const table of ['features', 'graph', 'enforcement'] as const) {
    for await (const item of from.stores[table].items()) {
      copied.push(stores[table].put(item));
      if (copied.length % 50 === 0) await Promise.all(copied.splice(0));
    }
  }
  await Promise.all(copied);
  return { stores, clock, provider: from.provider };
}

/** Everything that an account's hash stands in, read as deep as it goes. */
async function placesOf(account: AccountKey, stores: Open): Promise<string[]> {
  const found: string[] = [];
  for await (const name of stores.archive.list('')) if (await holds(name, account, stores.archive)) found.push(name);
  const hours = await markedHours(stores.features, 0);
  for (const { hour } of hours) {
    for (const { key: chunk, places } of await manifestOf(stores.features, hour)) {
      for (const { start, end, rows } of places) {
        const segment = readSegment((await stores.archive.get(chunk, { start, end }))!);
        expect(segment.rows).toBe(rows);
        if (segment.dictionaries.accounts.includes(account)) found.push(`a segment of ${chunk}`);
      }
    }
  }
  for (const table of ['features', 'graph', 'enforcement'] as const) {
    for await (const item of stores[table].items()) {
      const page = item.sk === 'PAGE' && item.b instanceof Uint8Array && askHourPage(item.b, account).kind === 'features';
      if (page || JSON.stringify(item).includes(account)) found.push(`${table} ${item.pk} ${item.sk}`);
    }
  }
  return found;
}

async function holds(name: string, account: AccountKey, archive: ObjectStore): Promise<boolean> {
  const bytes = (await archive.get(name))!;
  if (bytes.length === 0 || name.startsWith('chunks/')) return false;
  if (name.endsWith('.gz') || name === 'detection/decided-run') return gunzipSync(bytes).includes(account);
  if (name.endsWith('.parquet'))
    return (await readAccountFile(bytes)).some((one) => one.account === account) || Buffer.from(bytes).includes(account);
  if (name.startsWith('folds/')) return readFoldOutput(bytes).rows.some((row) => row.account === account);
  return Buffer.from(bytes).includes(account);
}

/** What the law lets one keep: entries of the ledger, what points at them, and the hash by which what comes late is left out. */
const KEPT = /^features ERASED |^enforcement (A#|ACTED#|LEDGER#|TOUCHED#|ER#|ERASURES |L#|X#|AP#|APPEALED#|EXONERATED |K#|D#)/;
const portsOf = (world: Made): ErasePorts => ({ stores: world.stores, enforcement: enforcementOn(world), chance: new SeededChance(9) });
const REQUEST = 'ticket 4711';

let world: Made;
beforeAll(async () => {
  world = await made();
}, 120_000);

onBothSides((side) => {
  // Over the wire once: what each has differs, not how it is reached.
  test.each(side === MEMORY ? [MEMBER, BYSTANDER] : [MEMBER])(
    '%s is in nothing but the ledger any more, and no fold or run brings it back',
    async (name) => {
      const copy = await copyTo(side, world);
      const before = await placesOf(key(name), copy.stores);
      for (const kind of ['folds/', 'a segment of', 'detection/accounts/', 'features H#'])
        expect(before.filter((one) => one.startsWith(kind))).not.toEqual([]);
      if (name === MEMBER)
        for (const kind of ['campaigns/', 'links/', 'hours/', 'graph A#', 'graph FLAGGED#'])
          expect(before.filter((one) => one.startsWith(kind))).not.toEqual([]);
      // An instance that is warm, with the account in its memory.
      const warm = new Detection({ stores: copy.stores, clock: copy.clock });
      await warm.run(policy.detection, 'policy-1');
      expect(warm.population.profiles.has(key(name))).toBe(true);

      const erased = await eraseAccount(key(name), says(ADA, REQUEST), portsOf(copy));
      if (erased.kind !== 'erased') throw new Error(erased.because);
      expect(erased.removed).toMatchObject({ chunks: BATCHES, checkpoints: expect.any(Number) });
      const left = async () => (await placesOf(key(name), copy.stores)).filter((one) => !KEPT.test(one));
      expect(await left()).toEqual([]);
      expect(erased.kept.join('\n')).toMatch(name === MEMBER ? /entries on what was done about the account/ : /its keyed hash/);

      // All is folded again from the chunks, and judged by the warm instance and by a new one.
      expect(await refold(copy.stores.features, START - DAY, copy.clock.now())).toBeGreaterThan(HOURS - 2);
      expect(await foldAll(copy.stores, copy.clock)).toBeGreaterThan(HOURS - 2);
      copy.clock.advanceTo(copy.clock.now() + HOUR);
      for (const detection of [warm, new Detection({ stores: copy.stores, clock: copy.clock })]) {
        await detection.run(policy.detection, 'policy-1');
        await detection.keep();
        expect(detection.population.profiles.has(key(name))).toBe(false);
        expect(detection.population.profiles.size).toBeGreaterThan(80);
      }
      expect(await left()).toEqual([]);

      // Everybody else is where they were, the campaign and its indicators too.
      const others = await placesOf(key('campaign-4'), copy.stores);
      for (const kind of ['campaigns/', 'folds/', 'a segment of', 'graph A#'])
        expect(others.filter((one) => one.startsWith(kind))).not.toEqual([]);
      for await (const { id, counts } of new CampaignStore(copy.stores).headers()) {
        const size = Object.values(counts).reduce((sum, count) => sum + count, 0);
        expect(size).toBe(name === MEMBER ? 29 : 30);
        const campaign = await new CampaignStore(copy.stores).get(id);
        expect(campaign?.indicators.length).toBeGreaterThan(3);
      }
    },
  );

  test('the ledger says who asked for it and why, is whole, and its decisions come out the same', async () => {
    const copy = await copyTo(side, world);
    const ports = portsOf(copy);
    expect((await eraseAccount(key(MEMBER), says(ADA, REQUEST), ports)).kind).toBe('erased');
    const entries = (await ports.enforcement.ledger.sealed(`ER#${key(MEMBER)}`)).map(({ body }) => JSON.parse(body));
    expect(entries.map(({ what, because, actor }) => ({ what, because, by: actor.id }))).toEqual([
      { what: 'erasure asked', because: [REQUEST], by: 'ada' },
      { what: 'erased', because: [REQUEST], by: 'ada' },
    ]);
    const range = { from: START, to: copy.clock.now() };
    const verified = await verifyLedger(range, new MemoryObjectStore(), enforcementOn(copy));
    expect({ faults: verified.faults, different: verified.decisions.different }).toEqual({ faults: [], different: [] });
    expect(verified.decisions.same).toBeGreaterThan(0);
  });

  test('what is in force can be given back after it, although nothing else is known of the account', async () => {
    const copy = await copyTo(side, world);
    const ports = portsOf(copy);
    expect(copy.provider.restrictionOn(key(MEMBER))).toBe('suspend');
    expect((await eraseAccount(key(MEMBER), says(ADA, REQUEST), ports)).kind).toBe('erased');
    const { cases } = await ports.enforcement.cases.page();
    const provider = new ToyProvider();
    const again = { ...copy, provider };
    for (const { id } of cases) await undoCase({ ...says(BEN), case: id }, enforcementOn(again));
    for (let hour = 0; hour < 3; hour++) {
      copy.clock.advanceTo(copy.clock.now() + HOUR);
      await advance(enforcementOn(again));
    }
    const restored = provider.received.filter(({ account }) => account === key(MEMBER));
    expect(restored.map(({ kind, sealed }) => [kind, hasher.open(sealed)])).toEqual([['restore', MEMBER]]);
  });
});

test('it is refused to anybody but an admin, and while an appeal or a case is undecided; what was written in an appeal goes, too', async () => {
  const copy = await copyTo(MEMORY, world);
  const ports = portsOf(copy);
  expect(await eraseAccount(key(MEMBER), says(BEN, REQUEST), ports)).toMatchObject({
    kind: 'refused',
    because: expect.stringContaining('admin'),
  });
  const appeals = openAppeals({
    table: copy.stores.enforcement,
    clock: copy.clock,
    keys: async () => APPEAL_KEYS,
    policy: async () => ({ policy }),
  });
  const link = copy.provider.received.find(({ account }) => account === key(MEMBER))?.appealUrl ?? '';
  const appeal = await openAppeal(link.slice(link.indexOf('#') + 1), 'I only sorted lists', appeals);
  if (appeal.kind !== 'opened') throw new Error(JSON.stringify(appeal));
  expect(await eraseAccount(key(MEMBER), says(ADA, REQUEST), ports)).toMatchObject({
    kind: 'refused',
    because: expect.stringContaining('appeal'),
  });
  for (const person of [CLEO, DAN]) await reviewAppeal({ ...says(person), appeal: appeal.appeal, verdict: 'deny' }, appeals);
  expect(await ports.enforcement.appeals.statement(appeal.appeal)).toBe('I only sorted lists');
  const { cases } = await ports.enforcement.cases.page();
  for (const { id } of cases) await undoCase({ ...says(BEN), case: id }, ports.enforcement);
  expect(await eraseAccount(key(MEMBER), says(ADA, REQUEST), ports)).toMatchObject({
    kind: 'refused',
    because: expect.stringContaining('case'),
  });
  for (let hour = 0; hour < 20; hour++) {
    copy.clock.advanceTo(copy.clock.now() + HOUR);
    await advance(ports.enforcement);
  }
  expect(await eraseAccount(key(MEMBER), says(ADA, REQUEST), ports)).toMatchObject({ kind: 'erased', removed: { statements: 1 } });
  expect(await ports.enforcement.appeals.statement(appeal.appeal)).toBeUndefined();
  expect((await placesOf(key(MEMBER), copy.stores)).filter((one) => !KEPT.test(one))).toEqual([]);
});

test('while detection runs it waits its turn, and says so', async () => {
  const copy = await copyTo(MEMORY, world);
  await copy.stores.graph.put({ pk: 'LEASE', sk: 'detection', owner: 'a run', expires: Math.floor(copy.clock.now() / 1000) + 900 });
  expect(await eraseAccount(key(BYSTANDER), says(ADA, REQUEST), portsOf(copy))).toMatchObject({ kind: 'busy' });
  copy.clock.advanceTo(copy.clock.now() + HOUR);
  expect(await eraseAccount(key(BYSTANDER), says(ADA, REQUEST), portsOf(copy))).toMatchObject({ kind: 'erased' });
  const entries = (await enforcementOn(copy).ledger.sealed(`ER#${key(BYSTANDER)}`)).map(({ body }) => JSON.parse(body).what);
  expect(entries).toEqual(['erasure asked', 'erased']);
});

test('killed at any step and run again, it ends in the same; and a third call finds nothing', async () => {
  const whole = new Kill(Number.POSITIVE_INFINITY, true);
  const through = (copy: Made, kill: Kill): Made => {
    const { archive, features, graph, enforcement } = copy.stores;
    return {
      ...copy,
      stores: opened({
        archive: kill.objects(archive),
        features: kill.table(features),
        graph: kill.table(graph),
        enforcement: kill.table(enforcement),
      }),
    };
  };
  const once = await copyTo(MEMORY, world);
  expect((await eraseAccount(key(MEMBER), says(ADA, REQUEST), portsOf(through(once, whole)))).kind).toBe('erased');
  const names = async (copy: Made) => {
    const all: string[] = [];
    // A chunk whose hours were listed in two calls is replaced by two.
    for await (const name of copy.stores.archive.list('')) if (!/^(chunks|campaigns)/.test(name)) all.push(name);
    return all;
  };
  const expected = await names(once);
  let kills = 0;
  for (let after = 3; after < whole.calls; after += 97) {
    for (const tookEffect of [false, true]) {
      const copy = await copyTo(MEMORY, world);
      await expect(eraseAccount(key(MEMBER), says(ADA, REQUEST), portsOf(through(copy, new Kill(after, tookEffect))))).rejects.toThrow(
        Killed,
      );
      // Who is killed holds detection's place for a quarter of an hour.
      copy.clock.advanceTo(copy.clock.now() + HOUR / 2);
      expect((await eraseAccount(key(MEMBER), says(ADA, REQUEST), portsOf(copy))).kind).toBe('erased');
      expect((await placesOf(key(MEMBER), copy.stores)).filter((one) => !KEPT.test(one))).toEqual([]);
      expect(await names(copy)).toEqual(expected);
      const third = await eraseAccount(key(MEMBER), says(ADA, REQUEST), portsOf(copy));
      expect(third.kind === 'erased' && Object.values(third.removed).every((count) => count === 0)).toBe(true);
      kills++;
    }
  }
  expect(kills).toBeGreaterThan(20);
}, 300_000);

test('what is left is what would have come without the account, whatever the chunks were; and what comes late is left out', async () => {
  const reached = { members: 0, later: 0 };
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom(1, 2, 8), fc.constantFrom(MEMBER, BYSTANDER), async (seed, segments, name) => {
      const chance = new SeededChance(seed);
      const clock = new SimulatedClock(START + 8 * HOUR);
      const lines = LINES.filter((line) => Date.parse(JSON.parse(line).time) < START + 6 * HOUR && chance.next() < 0.5);
      const batches: string[][] = [[], [], []];
      for (const line of lines) batches[Math.floor(chance.next() * 3)]!.push(line);
      const outputs = async (stores: Stores) => {
        const found: string[] = [];
        for await (const fold of stores.archive.list('folds/')) found.push(Buffer.from((await stores.archive.get(fold))!).toString('hex'));
        return found;
      };
      const run = async (keep: (line: string) => boolean, erase: boolean) => {
        const stores = opened(await storesOn(MEMORY, clock));
        const take = (id: number) =>
          ingest([{ id: `m${id}`, body: batches[id]!.filter(keep).join('\n') }], { ...stores, clock, hasher, segments });
        await take(0);
        await take(1);
        await plan({ ...folding(stores, clock), shards: 1 }).then(async (tasks) => {
          for (const task of tasks) await fold(task, folding(stores, clock));
        });
        if (erase) {
          const ports = portsOf({ stores, clock, provider: new ToyProvider() });
          expect((await eraseAccount(key(name), says(ADA, REQUEST), ports)).kind).toBe('erased');
          expect((await placesOf(key(name), stores)).filter((one) => !KEPT.test(one))).toEqual([]);
        }
        // A message that was under way.
        await take(2);
        await refold(stores.features, START - DAY, clock.now());
        for (const task of await plan({ ...folding(stores, clock), shards: 1 })) await fold(task, folding(stores, clock));
        return stores;
      };
      const isOther = (line: string): boolean => JSON.parse(line).subject !== name;
      const [erased, never] = [await run(() => true, true), await run(isOther, false)];
      const last = async (stores: Stores) => (await outputs(stores)).slice(-5);
      expect(await last(erased)).toEqual(await last(never));
      if (batches[2]!.some((line) => !isOther(line))) reached.later++;
      if (name === MEMBER) reached.members++;
    }),
    { numRuns: 20 },
  );
  expect(reached.members).toBeGreaterThan(3);
  expect(reached.later).toBeGreaterThan(3);
}, 120_000);

test('refused records that name the account go, whatever they are; those of others stay', async () => {
  const store = new MemoryObjectStore();
  const line = (record: unknown) =>
    JSON.stringify({ producer: 'lockstep', reason: 'invalid-field', because: 'b', remedy: 'r', place: 'm:1', record });
  const put = (name: string, records: unknown[]) => store.put(name, Buffer.from(`${records.map(line).join('\n')}\n`));
  await put('refused/2026-06-01/lockstep/invalid-field/aa-3.ndjson', [
    { subject: 'acct-1', data: {} },
    { subject: 'acct-12', data: {} },
    { data: { user: { ids: ['x', 'acct-1'] } } },
  ]);
  await put('refused/2026-06-01/kong/not-json/bb-2.ndjson', ['{"consumer":"acct-1", broken', 'acct-12 acct-1x my-acct-1']);
  await put('early/000000000000001/lockstep/cc-1.ndjson', [{ subject: 'acct-1' }]);
  await put('again/dd-1.ndjson', [{ subject: 'acct-2' }]);
  expect(await eraseFromRefused('acct-1', store)).toBe(4);
  const left: string[] = [];
  for await (const name of store.list('')) left.push(Buffer.from((await store.get(name))!).toString());
  expect(left.map((text) => JSON.parse(text).record)).toEqual(
    expect.arrayContaining([{ subject: 'acct-2' }, { subject: 'acct-12', data: {} }, 'acct-12 acct-1x my-acct-1']),
  );
  expect(left).toHaveLength(3);
  expect(await eraseFromRefused('acct-1', store)).toBe(0);
});
