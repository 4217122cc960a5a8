import { drawnWorlds } from '../../bench/eval/leave-one-out/drawn-worlds';
import { leaveOneOut } from '../../bench/eval/leave-one-out/folds';
import { type GroupRow, populationOf } from '../../bench/eval/leave-one-out/groups';
import type { Judge } from '../../bench/eval/leave-one-out/judge';
import { weights } from '../../bench/eval/leave-one-out/judge';
import { NAIVE_BAYES } from '../../bench/eval/leave-one-out/naive-bayes';
import { outcomes } from '../../bench/eval/leave-one-out/outcomes';
import { examplesOf, fitExamples, threeLegs } from '../../bench/eval/leave-one-out/three-legs';
import { featuresOf } from '../../functions/detection/findings/features';
import { HOUR } from '../../shared/domain/time';
import type { Label } from '../../simulator/actor';
import { BEHAVIOURS } from '../../simulator/behaviours/list';
import { Dice } from '../../simulator/draws/dice';
import { POPULATIONS } from '../../simulator/populations/list';
import type { Truth } from '../../simulator/simulate';
import { HYDRA, measures } from '../support/measures';
import { RECOMMENDED } from '../support/worlds/enforcement-world';

const START = Date.parse('2026-06-01T00:00:00Z');

/** A group of `size` accounts of one population, as detection may see it at an hour. */
const group = (
  population: string,
  label: Label,
  features: Record<string, number>,
  over: Partial<GroupRow> & { size?: number; hour?: number } = {},
): GroupRow => {
  const { size = 4, hour = 10, ...rest } = over;
  return {
    world: 'w',
    at: START + hour * HOUR,
    population,
    label,
    purity: 1,
    classification: 'unclear',
    probability: 0,
    features,
    families: 3,
    legs: { coordination: true, concealment: true, purpose: true },
    members: Array.from({ length: size }, (_, i) => ({ id: `${population}-${i}`, population, label, fits: true })),
    ...rest,
  };
};
const truths = (population: string, label: Label, n: number): Truth[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `${population}-${i}`,
    kind: population,
    group: `${population}-0`,
    label,
    total: 5,
    first: START,
  }));

/** Remembers which populations it was fitted on. */
const watching = (): Judge & { fittedOn: string[][] } => {
  const fittedOn: string[][] = [];
  return {
    name: 'watching',
    fittedOn,
    fit: (rows) => {
      fittedOn.push([...new Set(rows.flatMap(({ members }) => members.map(({ population }) => population)))].sort());
      return ({ label }) => ({ classification: label, acts: label === 'distillation' });
    },
  };
};

test('a population is judged by what was fitted without any group that one of its members was in', () => {
  const judge = watching();
  const mixed = group('a', 'honest', { x: 0 });
  mixed.members.push({ id: 'b-0', population: 'b', label: 'distillation', fits: true });
  const results = leaveOneOut(
    [mixed, group('b', 'distillation', { x: 1 }), group('c', 'honest', { x: 0 })],
    [{ world: 'w', truths: [...truths('a', 'honest', 4), ...truths('b', 'distillation', 4), ...truths('c', 'honest', 4)] }],
    judge,
  );
  expect(judge.fittedOn).toEqual([['b', 'c'], ['c'], ['a', 'b']]);
  expect(results.map(({ population, acted, named, grouped }) => ({ population, acted, named, grouped }))).toEqual([
    { population: 'a', acted: 0, named: 0, grouped: 4 },
    { population: 'b', acted: 4, named: 4, grouped: 4 },
    { population: 'c', acted: 0, named: 0, grouped: 4 },
  ]);
});

test('accounts are counted once, whoever they were grouped with; hours run from the first request', () => {
  const say: Judge = { name: 'all', fit: () => () => ({ classification: 'distillation', acts: true }) };
  const swept = group('hydra', 'distillation', {}, { size: 3, hour: 7 });
  swept.members.push({ id: 'office-0', population: 'office', label: 'honest', fits: true });
  const results = leaveOneOut(
    [swept, { ...swept, at: START + 9 * HOUR }],
    [{ world: 'w', truths: [...truths('hydra', 'distillation', 3), ...truths('office', 'honest', 5)] }],
    say,
  );
  expect(results).toMatchObject([
    { population: 'hydra', accounts: 3, acted: 3, hours: 7 },
    { population: 'office', accounts: 5, grouped: 1, acted: 1 },
  ]);
});

test('a population that was never in a group is listed as such', () => {
  const results = leaveOneOut([], [{ world: 'w', truths: truths('quiet', 'honest', 2) }], watching());
  expect(results).toMatchObject([{ population: 'quiet', accounts: 2, grouped: 0, acted: 0, hours: undefined }]);
});

test('one true group weighs one, however often it was judged', () => {
  const rows = [group('a', 'honest', {}), group('a', 'honest', {}), group('b', 'honest', {})];
  expect(weights(rows)).toEqual([0.5, 0.5, 1]);
});

test('the population of an account is its row, whatever its part of it; in the background its kind', () => {
  expect(populationOf({ kind: 'framed-campus-planted', group: 'framed-campus-0' })).toBe('framed-campus');
  expect(populationOf({ kind: 'course-people', group: 'hidden-in-a-course-12' })).toBe('hidden-in-a-course');
  expect(populationOf({ kind: 'person' })).toBe('person');
});

describe('naive Bayes', () => {
  const dice = new Dice('naive bayes');
  const cloud = (label: Label, x: number, y: number, n: number): GroupRow[] =>
    Array.from({ length: n }, (_, i) => group(`${label}-${i}`, label, { x: x + dice.normal(), y: y + dice.normal() }));
  const judge = NAIVE_BAYES.fit([...cloud('honest', 0, 0, 40), ...cloud('distillation', 9, 9, 40)]);

  test('names what it has seen, and acts where it is sure', () => {
    expect(judge(group('new', 'honest', { x: 0.3, y: -0.2 }))).toEqual({ classification: 'honest', acts: false });
    expect(judge(group('new', 'distillation', { x: 9.2, y: 8.8 }))).toEqual({ classification: 'distillation', acts: true });
  });

  test('gives no name to what is typical of nothing', () => {
    expect(judge(group('new', 'honest', { x: 60, y: -40 }))).toEqual({ classification: 'unclear', acts: false });
  });

  test('without anything to fit on everything is unclear', () => {
    expect(NAIVE_BAYES.fit([])(group('new', 'honest', { x: 1 }))).toEqual({ classification: 'unclear', acts: false });
  });
});

test('a round of worlds holds every population and behaviour once; another deals them otherwise', () => {
  const worlds = drawnWorlds(2, 1, 1, {});
  const names = worlds.map(({ scenario }) => scenario.described.map(({ name }) => name));
  const all = [...POPULATIONS, ...BEHAVIOURS].map(({ name }) => name).sort();
  expect(names.slice(0, 3).flat().sort()).toEqual(all);
  expect(names.slice(3).flat().sort()).toEqual(all);
  expect(names[3]).not.toEqual(names[0]);
  expect(new Set(worlds.map(({ seed }) => seed)).size).toBe(6);
});

test('outcomes are counted by population and label from the report', () => {
  const report = {
    events: { read: 1, accepted: 1, duplicate: 0, rejected: 0 },
    seconds: 1,
    peakMemoryMiB: 1,
    campaigns: [],
    accounts: [
      { id: 'a-0', standing: 'suspended' as const, campaign: null, detectedAt: '', actedAt: null },
      { id: 'a-1', standing: 'watched' as const, campaign: null, detectedAt: '', actedAt: null },
    ],
  };
  expect(outcomes([{ world: 'w', truths: [...truths('a', 'honest', 3), ...truths('b', 'honest', 2)], report }])).toEqual([
    { population: 'a', label: 'honest', accounts: 3, ended: { suspended: 1, watched: 1 } },
    { population: 'b', label: 'honest', accounts: 2, ended: {} },
  ]);
});

describe('the judge of the product', () => {
  const judge = threeLegs(RECOMMENDED.detection);
  const typical = { ...featuresOf(measures(HYDRA)), pivot: 0.4 };
  // Two populations of a class, so that each says how far the other's groups are.
  const known = ['one', 'two', 'three'].flatMap((name) =>
    Array.from({ length: 10 }, (_, i) => group(name, 'distillation', { ...typical, pivot: i / 10 }, { size: 12 })),
  );
  const say = judge.fit(known);
  test.each<[string, Partial<GroupRow> & { size?: number }, boolean]>([
    ['all three legs, typical, ten who fit', { size: 12 }, true],
    ['nine accounts', { size: 9 }, false],
    ['one family of links', { size: 12, families: 1 }, false],
    ['no concealment', { size: 12, legs: { coordination: true, concealment: false, purpose: true } }, false],
    ['no purpose', { size: 12, legs: { coordination: true, concealment: true, purpose: false } }, false],
    ['no coordination', { size: 12, legs: { coordination: false, concealment: true, purpose: true } }, false],
  ])('%s', (_, over, acts) => {
    expect(say(group('new', 'distillation', typical, over)).acts).toBe(acts);
  });
  test('a group of a kind that was never fitted on is unclear', () => {
    expect(judge.fit([])(group('new', 'distillation', typical, { size: 12 }))).toEqual({ classification: 'unclear', acts: false });
  });
  test('a class of one population cannot say how far others are: it is unknown', () => {
    expect(fitExamples(examplesOf(known.filter(({ population }) => population === 'one')))).toEqual([]);
    expect(fitExamples(examplesOf(known)).map(({ classification, distances }) => [classification, distances.length])).toEqual([
      ['distillation', 30],
    ]);
  });
});
