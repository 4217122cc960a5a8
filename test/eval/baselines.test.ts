import { Components } from '../../bench/baselines/components';
import { densest } from '../../bench/baselines/fraudar';
import { isolation } from '../../bench/baselines/isolation-forest';
import { BASELINES } from '../../bench/baselines/list';
import { Observations } from '../../bench/baselines/observations';
import { BaselineRun, bestThreshold, recallWithin } from '../../bench/eval/verdicts';
import { Scenario } from '../../local/simulator/scenario';
import { simulate } from '../../local/simulator/simulate';
import { SeededChance } from '../../shared/memory/simulated-clock';
import { HOUR } from '../../shared/model/time';

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

test('the best threshold never cuts through equal scores', () => {
  const scores = new Map([
    ['a', 3],
    ['b', 2],
    ['h', 2],
    ['c', 1],
  ]);
  expect(bestThreshold(scores, new Set(['a', 'b', 'c']))).toEqual({ threshold: 1, f1: 6 / 7 });
  expect(bestThreshold(scores, new Set(['a']))).toEqual({ threshold: 3, f1: 1 });
  expect(bestThreshold(new Map(), new Set(['a']))).toEqual({ threshold: Infinity, f1: 0 });
});

test('recall under a limit stops before the first honest account too many', () => {
  const scores = new Map([
    ['a', 3],
    ['b', 2],
    ['h', 2],
    ['c', 1],
  ]);
  const bad = new Set(['a', 'b', 'c']);
  expect(recallWithin(scores, bad, new Set(['h']), 0)).toBeCloseTo(1 / 3);
  expect(recallWithin(scores, bad, new Set(['h']), 1)).toBe(1);
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
    return [baseline.name, Number(run.tuned(simulation.truth()).f1.toFixed(1))];
  });
  expect(Object.fromEntries(f1)).toMatchObject({ 'account-IP components': 1, 'FRAUDAR-style': 1, 'SynchroTrap-style': 1 });
});
