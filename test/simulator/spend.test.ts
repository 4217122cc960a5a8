import { PRICES } from '../../simulator/prices';
import { readScenario } from '../../simulator/scenarios/read-scenario';
import { scaled } from '../../simulator/scenarios/scenario';
import { simulate } from '../../simulator/simulate';
import { leakedOf, SpendBook, type Spent, spendTable } from '../../simulator/spend';

const T = Date.parse('2026-06-01T00:00:00Z');
const HOUR = 3_600_000;
const usage = (subject: string, ip: string) => `{"type":"lockstep.usage.v1","subject":"${subject}","data":{"network":{"ip":"${ip}"}}}`;
const facts = (subject: string, card: string, createdAt = '2026-06-01T00:00:00Z') =>
  `{"type":"lockstep.account.v1","subject":"${subject}","data":{"createdAt":"${createdAt}","paymentInstrument":"${card}","signupIp":"192.0.2.1"}}`;
const member = (id: string, more: object = {}) => ({
  id,
  label: 'distillation' as const,
  campaign: 'c',
  total: 10,
  byHour: [
    [2, 6],
    [30, 4],
  ] as [number, number][],
  first: T + 2 * HOUR,
  ...more,
});

test('what is paid is counted from the lines: cards and addresses once each, ordinary requests, the hours before anything comes of it', () => {
  const book = new SpendBook(new Set(['honest']));
  for (const [at, line] of [
    [T, facts('a', 'card-1')],
    [T + HOUR, facts('b', 'card-1', '2024-02-01T00:00:00Z')],
    ...Array.from({ length: 10 }, (_, i) => [T + (2 + i) * HOUR, usage('a', '198.51.100.1')] as const),
    [T + 2 * HOUR, usage('b', '198.51.100.1')],
    [T + 50 * HOUR, usage('b', '198.51.100.2')],
    [T + 3 * HOUR, usage('honest', '198.51.100.9')],
    [T, '{"type":"lockstep.release.v1"}'],
  ] as const)
    book.note(at, line);
  const truth = [member('a'), member('b', { ordinary: 90, life: 1 }), { ...member('honest'), label: 'honest' as const }];
  const [spent, ...none] = book.spent(truth);
  expect(none).toEqual([]);
  expect(spent).toEqual({
    campaign: 'c',
    accounts: 2,
    replaced: 1,
    aged: 1,
    cards: 1,
    rented: 1,
    proxied: 1,
    days: 2,
    hoursBefore: 2,
    exchanges: 20,
    ordinary: 90,
    filler: 0,
    perAccountDay: 5,
  });
  expect(spendTable([spent!], PRICES)).toContain('| c | 2 (1 replaced) | 1 | 1 | 1 | 1 | 2 | 5.0 | 82 % | 12 |');
  // One of two was acted on after a day: of the other everything went through.
  const leaked = leakedOf(truth, T, new Map([['a', T + 24 * HOUR]]));
  expect(leaked).toEqual(new Map([['c', 16]]));
  expect(spendTable([spent!], { ...PRICES, exchange: 0 }, leaked)).toContain('| 16 | 80.0 % |');
});

test('a campaign that nothing came of stands last', () => {
  const row: Omit<Spent, 'campaign'> = {
    accounts: 1,
    replaced: 0,
    aged: 0,
    cards: 1,
    rented: 1,
    proxied: 0,
    days: 1,
    hoursBefore: 0,
    exchanges: 10,
    ordinary: 0,
    filler: 0,
    perAccountDay: 1,
  };
  const table = spendTable(
    [
      { campaign: 'caught', ...row },
      { campaign: 'cheap', ...row },
    ],
    PRICES,
    new Map([
      ['caught', 0],
      ['cheap', 10],
    ]),
  );
  expect(
    table
      .split('\n')
      .slice(2)
      .map((line) => line.split(' ')[1]),
  ).toEqual(['cheap', 'caught']);
  expect(table).toContain('nothing went through');
});

test('in a world each way to hide costs something else', () => {
  const read = readScenario('evasion');
  if (read.kind === 'refused') throw new Error(read.because);
  const scenario = scaled({ ...read.scenario, days: 8 }, 0.1);
  const simulation = simulate(scenario, 3);
  const book = new SpendBook(new Set(simulation.truth().flatMap(({ id, campaign }) => (campaign === undefined ? [id] : []))));
  for (const { arrivals } of simulation) for (const { at, line } of arrivals) book.note(at, line);
  const spent = book.spent(simulation.truth(), new Map(scenario.campaigns.map((one) => [one.name, one.filler])));
  const of = (name: string) => spent.find(({ campaign }) => campaign === name)!;
  expect(spent.length).toBeGreaterThan(10);
  expect(of('one-card-each').cards).toBeGreaterThan(of('paraphrase').cards);
  expect(of('filler').ordinary).toBeGreaterThan(of('filler').exchanges);
  expect(of('paraphrase').ordinary).toBe(0);
  expect(of('residential-rotation').rented).toBe(0);
  expect(of('residential-rotation').proxied).toBeGreaterThanOrEqual(of('residential-rotation').exchanges);
  expect(of('paraphrase').rented).toBeGreaterThan(5);
  expect(of('aged-accounts').aged).toBe(of('aged-accounts').accounts);
  expect(of('paraphrase').aged).toBe(0);
});
