import { measure, type Verdict } from '../../bench/eval/measure';
import { HOUR } from '../../shared/domain/time';
import type { Truth } from '../../simulator/simulate';

const START = Date.parse('2026-04-18T00:00:00Z');
const member = (id: string, over: Partial<Truth> = {}): Truth => ({
  id,
  kind: 'hydra',
  label: 'distillation',
  campaign: 'hydra',
  total: 10,
  first: START,
  byHour: [
    [0, 5],
    [10, 5],
  ],
  ...over,
});
const honest = (id: string, kind = 'person'): Truth => ({ id, kind, label: 'honest', total: 3 });
const acted = (id: string, hour: number, suspended = true): Verdict['accounts'][number] => ({
  id,
  contained: true,
  suspended,
  detectedAt: START + hour * HOUR,
  actedAt: START + hour * HOUR,
});
const campaign = (accounts: string[], classification = 'distillation', hour = 4): Verdict['campaigns'][number] => ({
  classification,
  accounts,
  detectedAt: START + hour * HOUR,
});

test('nothing said: everything leaked, nobody wronged', () => {
  const m = measure([member('a'), member('b'), honest('h')], START, { accounts: [], campaigns: [] });
  expect(m).toMatchObject({ leaked: 1, suspended: 0, precision: undefined, recall: 0, falsePer10k: 0 });
  expect(m.campaigns[0]).toMatchObject({ members: 2, found: 0, purity: undefined, hoursToContainment: undefined });
});

test('leaked is what was sent before the action, even within the hour', () => {
  const m = measure([member('a'), member('b')], START, { accounts: [acted('a', 5), acted('b', 10.5)], campaigns: [] });
  expect(m.leaked).toBeCloseTo((5 + 7.5) / 20);
  expect(m.campaigns[0]?.hoursToContainment).toBe(10.5);
});

test('being watched or in review contains nobody', () => {
  const m = measure([member('a')], START, {
    accounts: [{ id: 'a', contained: false, suspended: false, detectedAt: START, actedAt: undefined }],
    campaigns: [],
  });
  expect(m).toMatchObject({ leaked: 1, recall: 0 });
});

test('found and purity count campaigns of the right kind that are mostly this one', () => {
  const members = ['a', 'b', 'c', 'd'].map((id) => member(id));
  const said = (campaigns: Verdict['campaigns']) =>
    measure([...members, honest('h'), honest('i')], START, { accounts: [], campaigns }).campaigns[0]!;
  expect(said([campaign(['a', 'b', 'c', 'h'])])).toMatchObject({ found: 0.75, purity: 0.75, pieces: 1, hoursToDetection: 4 });
  expect(said([campaign(['a', 'b']), campaign(['c', 'd'])])).toMatchObject({ found: 1, purity: 1, pieces: 2 });
  expect(said([campaign(['a', 'b', 'c', 'd'], 'reselling')])).toMatchObject({ found: 0, pieces: 1 });
  expect(said([campaign(['a', 'h', 'i'])])).toMatchObject({ found: 0, pieces: 0 });
});

test('honest accounts are wronged by any action, resellers and victims by suspension', () => {
  const truths: Truth[] = [
    honest('h', 'office'),
    honest('i', 'office'),
    { id: 'r', kind: 'reseller', group: 'r1', label: 'reselling', total: 1 },
    { id: 'v', kind: 'hijacked', group: 'v1', label: 'hijacked', total: 1 },
  ];
  const m = measure(truths, START, {
    accounts: [acted('h', 1, false), acted('r', 1, false), acted('v', 1, true)],
    campaigns: [campaign(['r'], 'reselling'), campaign(['v'], 'reselling')],
  });
  expect(Object.fromEntries(m.wronged)).toEqual({
    office: { wronged: 1, of: 2 },
    reseller: { wronged: 0, of: 1 },
    hijacked: { wronged: 1, of: 1 },
  });
  expect(m).toMatchObject({ falsePer10k: 5_000, precision: 0 });
  expect(m.kinds).toEqual([
    { label: 'reselling', groups: 1, found: 1, named: 1 },
    { label: 'hijacked', groups: 1, found: 1, named: 0 },
  ]);
});

test('containment is timed on the first wave, re-linking on those that replaced it', () => {
  const later = member('z', { life: 1, first: START + 96 * HOUR, byHour: [[96, 10]] });
  const m = measure([member('a'), later], START, { accounts: [acted('a', 6), acted('z', 98)], campaigns: [] }).campaigns[0]!;
  expect(m.hoursToContainment).toBe(6);
  expect(m.replaced).toEqual({ came: 1, detected: 1, medianHours: 2 });
});
