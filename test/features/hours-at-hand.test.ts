import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { DAY, HOUR, iso, MINUTE } from '../../shared/domain/time';
import { askHourPage, pageOf, writeHourPage } from '../../shared/formats/hour-page';
import { segmentOf } from '../../shared/formats/segment-of';
import { type AccountKey, accountKey } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SeededChance, SimulatedClock } from '../../shared/memory/simulated-clock';
import { HourStore } from '../../shared/stores/archive/hour-store';
import { RiskTierStore } from '../../shared/stores/risk-tier-store';

const START = Date.parse('2026-04-22T00:00:00Z');
const hasher = new KeyedHasher('k'.repeat(64));
const NAMES = Array.from({ length: 60 }, (_, index) => `acct-${index}`);
const keyOf = (name: string) => hasher.account(name).key;
const usage = (id: number, subject: string, at: number) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${id}`,
    time: iso(at),
    subject,
    data: { model: 'm', inputTokens: id, outputTokens: 1 },
  });
const signUp = (subject: string, at: number) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.account.v1',
    source: 'accounts',
    id: `f-${subject}`,
    time: iso(at),
    subject,
    data: { createdAt: iso(at - HOUR) },
  });

function world() {
  const clock = new SimulatedClock(START + 2 * HOUR);
  const features = new MemoryTable(clock);
  const ports = { archive: new MemoryObjectStore(), features, clock, hasher, segments: 8, shards: 4 };
  const foldAll = async (rows: 'all' | 'risk' | 'none') => {
    const results = [];
    for (const task of await plan(ports)) results.push(await fold(task, { ...ports, rows }));
    return results;
  };
  return { ...ports, foldAll, hours: new HourStore(ports) };
}
type World = ReturnType<typeof world>;

/** Two thirds of the accounts are active in the first hour. */
const activeLines = NAMES.filter((_, index) => index % 3 > 0).flatMap((name, index) => [
  usage(index * 2, name, START + MINUTE),
  usage(index * 2 + 1, name, START + 2 * MINUTE),
]);
const answersOf = async ({ hours }: World) =>
  Promise.all(
    NAMES.map(async (name) => {
      const answer = await hours.get(keyOf(name), START);
      return answer.kind === 'features' ? Buffer.from(answer.features).toString('hex') : answer.kind;
    }),
  );

describe('an account’s hour is the same whosever hours are kept at hand', () => {
  test.each(['all', 'risk', 'none'] as const)('rows: %s', async (rows) => {
    const reference = world();
    await ingest([{ id: 'm', body: activeLines.join('\n') }], reference);
    await reference.foldAll('none');
    const expected = await answersOf(reference);
    expect(expected.filter((answer) => answer === 'silent')).toHaveLength(20);
    const here = world();
    await new RiskTierStore(here.archive).put(NAMES.filter((_, index) => index % 4 === 0).map(keyOf));
    await ingest([{ id: 'm', body: activeLines.join('\n') }], here);
    await here.foldAll(rows);
    expect(await answersOf(here)).toEqual(expected);
    // Past its time a page is gone, and the archive answers.
    here.clock.advanceTo(START + 5 * DAY);
    expect(await answersOf(here)).toEqual(expected);
  });

  test('property: under tiers that change between versions, late events, and workers that overtake one another', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const chance = new SeededChance(seed);
      const here = world();
      const tiers = new RiskTierStore(here.archive);
      const lines = [...activeLines];
      while (lines.length > 0) {
        await tiers.put(NAMES.filter(() => chance.next() < 0.4).map(keyOf));
        await ingest([{ id: `m${lines.length}`, body: lines.splice(0, 1 + Math.floor(chance.next() * 60)).join('\n') }], here);
        const tasks = await plan(here);
        // Some tasks are done twice, with another tier in between, some of them late.
        for (const task of [...tasks, ...tasks.filter(() => chance.next() < 0.5)]) {
          const rows = (['all', 'risk', 'none'] as const)[Math.floor(chance.next() * 3)] ?? 'all';
          await fold(task, { ...here, rows });
          if (chance.next() < 0.3) await tiers.put(NAMES.filter(() => chance.next() < 0.4).map(keyOf));
        }
      }
      const reference = world();
      await ingest([{ id: 'm', body: activeLines.join('\n') }], reference);
      await reference.foldAll('none');
      expect({ seed, answers: await answersOf(here) }).toEqual({ seed, answers: await answersOf(reference) });
    }
  });

  test('the fold writes the same bytes into the archive, and who keeps the risk tier reads the archive only for others', async () => {
    const outputs = [];
    for (const rows of ['all', 'risk', 'none'] as const) {
      const here = world();
      await new RiskTierStore(here.archive).put([keyOf('acct-1')]);
      await ingest([{ id: 'm', body: activeLines.join('\n') }], here);
      const results = await here.foldAll(rows);
      outputs.push(await Promise.all(results.map(async ({ output }) => Buffer.from((await here.archive.get(output))!).toString('hex'))));
      if (rows !== 'risk') continue;
      const reads: string[] = [];
      class Watched extends MemoryObjectStore {
        override async get(key: string) {
          reads.push(key);
          return here.archive.get(key);
        }
      }
      const watched = new HourStore({ features: here.features, archive: new Watched() });
      expect(await watched.get(keyOf('acct-1'), START)).toMatchObject({ kind: 'features' });
      expect(await watched.get(keyOf('acct-0'), START)).toEqual({ kind: 'silent' });
      expect(reads).toEqual([]);
      expect(await watched.get(keyOf('acct-2'), START)).toMatchObject({ kind: 'features' });
      expect(reads).toHaveLength(1);
    }
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
  });

  test('who just signed up is kept at hand before detection has seen them', async () => {
    const here = world();
    await ingest([{ id: 'm', body: [usage(1, 'new', START + MINUTE), signUp('new', START), usage(2, 'old', START)].join('\n') }], here);
    await here.foldAll('risk');
    const kept = async (name: string) => {
      const shard = segmentOf(keyOf(name), 4);
      const row = await here.features.get(`H#2026-04-22T00#${shard}-of-4#0-of-1`, 'PAGE');
      return row?.b instanceof Uint8Array ? askHourPage(row.b, keyOf(name)).kind : 'no page';
    };
    expect([await kept('new'), await kept('old')]).toEqual(['features', 'elsewhere']);
  });

  test('an hour with events that is not folded says so; one without events is silent', async () => {
    const here = world();
    await ingest([{ id: 'm', body: activeLines.join('\n') }], here);
    expect(await here.hours.get(keyOf('acct-1'), START)).toEqual({ kind: 'not-folded' });
    expect(await here.hours.get(keyOf('acct-1'), START - HOUR)).toEqual({ kind: 'silent' });
  });
});

describe('pages', () => {
  const accounts = Array.from({ length: 5_000 }, (_, index) => keyOf(`p-${index}`));

  test('the shard that holds an account is the one whose fold reads it', () => {
    for (const segments of [1, 8, 64])
      for (let shards = 1; shards <= segments; shards *= 2)
        for (const account of accounts.slice(0, 200)) expect(segmentOf(account, shards)).toBe(segmentOf(account, segments) % shards);
  });

  test('accounts of one shard spread evenly over its pages', () => {
    const mine = accounts.filter((account) => segmentOf(account, 4) === 1);
    const held = new Array<number>(10).fill(0);
    for (const account of mine) held[pageOf(account, 10)]!++;
    expect(Math.min(...held)).toBeGreaterThan(mine.length / 10 / 1.6);
    expect(Math.max(...held)).toBeLessThan((mine.length / 10) * 1.6);
  });

  test('who is neither kept nor named was silent, but for one in thousands', () => {
    const left = accounts.slice(0, 500);
    const page = writeHourPage([{ account: accounts[500]!, features: new Uint8Array([7]) }], left);
    const ask = (account: AccountKey) => askHourPage(page, account);
    expect(ask(accounts[500]!)).toEqual({ kind: 'features', features: Buffer.from([7]) });
    expect(new Set(left.map((account) => ask(account).kind))).toEqual(new Set(['elsewhere']));
    const strangers = accounts.slice(501).map((account) => ask(account).kind);
    expect(strangers.filter((kind) => kind !== 'silent').length / strangers.length).toBeLessThan(0.02);
    expect(ask(accountKey('A'.repeat(22))).kind).not.toBe('features');
  });
});
