import { FoldReader } from '../../../functions/detection/profiles/fold-reader';
import { WINDOW_HOURS } from '../../../functions/detection/profiles/profile';
import { fold } from '../../../functions/features/fold';
import { plan } from '../../../functions/features/plan';
import { ingest } from '../../../functions/ingest/ingest';
import { DAY, HOUR, iso, MINUTE } from '../../../shared/domain/time';
import { SUM } from '../../../shared/formats/features';
import { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../../shared/memory/memory-object-store';
import { MemoryTable } from '../../../shared/memory/memory-table';
import { SimulatedClock } from '../../../shared/memory/simulated-clock';
import { fc } from '../../support/property';
import { Reached } from '../../support/reached';

const START = Date.UTC(2026, 5, 1);
const hasher = new KeyedHasher('k'.repeat(64));

/** Exchanges of an account, by day of the world: the hour, tokens, model, address. */
const exchange = fc.record({
  account: fc.integer({ min: 0, max: 2 }),
  day: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 18 }) }, fc.constantFrom(33, 34, 51)),
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.integer({ min: 0, max: 59 }),
  tokens: fc.integer({ min: 1, max: 900 }),
  model: fc.constantFrom('atlas-5', 'atlas-6'),
  address: fc.integer({ min: 1, max: 4 }),
});
type Exchange = typeof exchange extends fc.Arbitrary<infer T> ? T : never;
const atOf = ({ day, hour, minute }: Exchange): number => START + day * DAY + hour * HOUR + minute * MINUTE;

test('what an account is judged by is what it did on the day that goes on and the thirteen before it, whoever reads on when', async () => {
  const reached = new Reached();
  await fc.assert(
    fc.asyncProperty(
      fc.array(exchange, { minLength: 6, maxLength: 30 }),
      fc.constantFrom(0, Number.POSITIVE_INFINITY),
      fc.boolean(),
      async (exchanges, packedAbove, isNew) => {
        const clock = new SimulatedClock(START);
        const stores = { archive: new MemoryObjectStore(), features: new MemoryTable(clock) };
        let reader = new FoldReader(stores, { packedAbove });
        for (const day of [...new Set(exchanges.map((one) => one.day))].sort((a, b) => a - b)) {
          const lines = exchanges.flatMap((one, n) => {
            const { account, tokens, model, address } = one;
            const data = { model, inputTokens: tokens, outputTokens: 1, network: { ip: `198.51.100.${address}` } };
            const envelope = { specversion: '1.0', type: 'lockstep.usage.v1', source: 'gateway', id: `e-${n}`, time: iso(atOf(one)) };
            return one.day === day ? [JSON.stringify({ ...envelope, subject: `account-${account}`, data })] : [];
          });
          clock.advanceTo(START + (day + 1) * DAY - 1);
          await ingest([{ id: `m-${day}`, body: lines.join('\n') }], { ...stores, clock, hasher, segments: 1 });
          clock.advanceTo(START + (day + 1) * DAY + 15 * MINUTE);
          for (const task of await plan({ ...stores, clock, shards: 1 })) await fold(task, { ...stores, rows: 'none' });
          if (isNew) reader = new FoldReader(stores, { packedAbove });
          await reader.catchUp(clock.now(), 14);
          await reader.checkpoint(true);
          const { start } = reader.population.span;
          expect(start * HOUR).toBe(START + (day - 13) * DAY);
          for (let account = 0; account < 3; account++) {
            const profile = reader.population.profiles.peek(hasher.account(`account-${account}`).key);
            const own = exchanges.filter((one) => one.account === account && one.day <= day).sort((a, b) => atOf(a) - atOf(b));
            if (own.length === 0) {
              expect(profile).toBeUndefined();
              continue;
            }
            const within = own.filter((one) => one.day > day - 14);
            if (within.length < own.length) reached.met(within.length > 0 ? 'some forgotten' : 'all forgotten');
            else reached.met('all in the window');
            const models = new Map<string, number>();
            for (const { model } of within) models.set(model, (models.get(model) ?? 0) + 1);
            const hours = new Map<number, number>();
            for (const one of within) hours.set(Math.floor(atOf(one) / HOUR), (hours.get(Math.floor(atOf(one) / HOUR)) ?? 0) + 1);
            expect({
              exchanges: profile?.windowExchanges,
              input: profile?.sum(SUM.input),
              models: new Map([...(profile?.window.models ?? [])].sort()),
              hours: profile?.hours(start),
              ever: profile?.exchanges,
              addresses: profile?.samples.ips.keys.length,
            }).toEqual({
              exchanges: within.length,
              input: within.reduce((sum, { tokens }) => sum + tokens, 0),
              models: new Map([...models].sort()),
              hours: [...hours].sort(([a], [b]) => a - b).map(([hour, count]) => [hour * HOUR, count, 0]),
              ever: own.length,
              addresses: new Set(within.map(({ address }) => address)).size,
            });
          }
        }
      },
    ),
    { numRuns: 40 },
  );
  reached.atLeast({ 'some forgotten': 60, 'all forgotten': 20, 'all in the window': 150 });
  expect(WINDOW_HOURS).toBe(336);
}, 120_000);

test('what a rhythm is read from outlives the window, and halves with each week', async () => {
  const clock = new SimulatedClock(START);
  const stores = { archive: new MemoryObjectStore(), features: new MemoryTable(clock) };
  const seen: [gaps: number, window: number][] = [];
  let sent = 0;
  // Twelve exchanges, ten minutes apart, and from then on one of somebody else. Weeks since the epoch end on Thursdays.
  for (const [day, account, exchanges] of [
    [0, 'one', 12],
    [1, 'other', 1],
    [8, 'other', 1],
    [15, 'other', 1],
    [36, 'other', 1],
  ] as const) {
    const lines = Array.from({ length: exchanges }, (_, n) => {
      const envelope = { specversion: '1.0', type: 'lockstep.usage.v1', source: 'gateway', id: `r-${sent++}`, subject: account };
      return JSON.stringify({
        ...envelope,
        time: iso(START + day * DAY + n * 10 * MINUTE),
        data: { model: 'atlas-5', inputTokens: 1, outputTokens: 1 },
      });
    });
    clock.advanceTo(START + (day + 1) * DAY - 1);
    await ingest([{ id: `r-${day}`, body: lines.join('\n') }], { ...stores, clock, hasher, segments: 1 });
    clock.advanceTo(START + (day + 1) * DAY + 15 * MINUTE);
    for (const task of await plan({ ...stores, clock, shards: 1 })) await fold(task, { ...stores, rows: 'none' });
    const reader = new FoldReader(stores);
    await reader.catchUp(clock.now(), 14);
    await reader.checkpoint(true);
    const profile = reader.population.profiles.peek(hasher.account('one').key)!;
    seen.push([profile.gaps.n, profile.windowExchanges]);
  }
  expect(seen).toEqual([
    [11, 12],
    [11, 12],
    [5.5, 12],
    [2.75, 0],
    [0, 0],
  ]);
});
