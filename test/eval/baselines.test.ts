import { Components } from '../../bench/baselines/components';
import { densest } from '../../bench/baselines/fraudar';
import { isolation } from '../../bench/baselines/isolation-forest';
import { BASELINES } from '../../bench/baselines/list';
import { Observations } from '../../bench/baselines/observations';
import { BaselineRun, cuts } from '../../bench/eval/verdicts';
import { HOUR } from '../../shared/domain/time';
import { SeededChance } from '../../shared/memory/simulated-clock';
import { Scenario } from '../../simulator/scenarios/scenario';
import { simulate } from '../../simulator/simulate';

test('components join what was joined, and nothing else', () => {
  const components = new Components(5);
  components.join(0, 1);
  components.join(3, 1);
  expect([0, 1, 2, 3, 4].map((i) => components.size(i))).toEqual([3, 3, 1, 3, 1]);
});

test('the densest block is the planted one, popular columns or not', () => {
  const chance = new SeededChance(3);
  const rows = Array.from({ length: 60 }, (_, row) => {
    const own = 100 + row;
    const popular = Math.floor(chance.next() * 3);
    return row < 12 ? [own, popular, 10, 11, 12, 13, 14] : [own, popular];
  });
  expect(densest(rows, 200).rows).toEqual(Array.from({ length: 12 }, (_, i) => i));
});

test('camouflage with popular columns does not hide the block', () => {
  const rows = Array.from({ length: 60 }, (_, row) => (row < 12 ? [0, 1, 2, 10, 11, 12, 13] : [0, 1, 2]));
  expect(densest(rows, 20).rows).toEqual(Array.from({ length: 12 }, (_, i) => i));
});

test('an isolated point scores higher than all others', () => {
  const chance = new SeededChance(1);
  const points = Array.from({ length: 200 }, () => [chance.next(), chance.next()]);
  const scores = isolation([...points, [9, 9]], new SeededChance(2));
  expect(Math.max(...scores.slice(0, 200))).toBeLessThan(scores[200]!);
});

test('a cut never parts equal scores, and counts what is above it', () => {
  const scores = new Map([
    ['a', 3],
    ['b', 2],
    ['h', 2],
    ['c', 1],
    ['i', 0],
  ]);
  expect(cuts(scores, new Set(['a', 'b', 'c']), new Set(['h', 'i']))).toEqual([
    { threshold: 3, f1: 2 / 4, recall: 1 / 3, wrong: 0 },
    { threshold: 2, f1: 4 / 6, recall: 2 / 3, wrong: 1 },
    { threshold: 1, f1: 6 / 7, recall: 1, wrong: 1 },
  ]);
  expect(cuts(new Map(), new Set(['a']), new Set())).toEqual([]);
});

test('the best choice weighs both errors, the strict one wrongs hardly anybody', () => {
  const run = new BaselineRun({
    name: 'given',
    source: 'test',
    score: () => [
      {
        setting: 'x',
        scores: new Map([
          ['a', 3],
          ['h', 2],
          ['b', 1],
          ['c', 1],
        ]),
      },
    ],
  });
  run.run(new Observations(), 5);
  const truths = ['a', 'b', 'c', 'h'].map((id) => ({
    id,
    kind: 'k',
    label: id === 'h' ? ('honest' as const) : ('distillation' as const),
    total: 1,
  }));
  const { best, strict } = run.tuned(truths);
  expect(best).toMatchObject({ setting: 'x', threshold: 1, recall: 1 });
  expect(strict).toMatchObject({ setting: 'x', threshold: 3, recall: 1 / 3 });
  expect(strict.verdict.accounts).toEqual([{ id: 'a', contained: true, suspended: true, detectedAt: 5, actedAt: 5 }]);
  const calm = run.tuned([{ id: 'h', kind: 'k', label: 'honest', total: 1 }], { best, strict });
  expect(calm.best.threshold).toBe(1);
  expect(calm.best.verdict.accounts.map((account) => account.id)).toContain('h');
});

test('every baseline scores a naive campaign, and a second delivery changes nothing', () => {
  const scenario = Scenario.parse({
    name: 'naive',
    start: '2026-04-18T00:00:00Z',
    days: 3,
    honest: { people: 30, agentUsers: 10 },
    campaigns: [{ name: 'naive', accounts: 30, startDay: 0.5, staggerHours: 1, exits: 8, exitOperators: 1 }],
    duplicates: 0,
  });
  const simulation = simulate(scenario, 1);
  const once = new Observations();
  const twice = new Observations();
  for (const hour of simulation)
    for (const { line } of hour.arrivals) {
      once.add(line);
      twice.add(line);
      twice.add(line);
    }
  expect([...twice.accounts]).toEqual([...once.accounts]);
  const f1 = BASELINES.map((baseline) => {
    const run = new BaselineRun(baseline);
    run.run(once, simulation.start + 72 * HOUR);
    return [baseline.name, Number(run.tuned(simulation.truth()).best.f1.toFixed(1))];
  });
  expect(Object.fromEntries(f1)).toMatchObject({ 'account-IP components': 1, 'FRAUDAR-style': 1, 'SynchroTrap-style': 1 });
});
