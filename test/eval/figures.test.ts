import { lineChart, logTicks } from '../../bench/eval/chart';
import type { Evaluation } from '../../bench/eval/evaluate';
import { measure } from '../../bench/eval/measure';
import { curves, printed } from '../../bench/eval/print';
import { spendPerThousand } from '../../bench/eval/spend';
import { table } from '../../bench/eval/table';
import { evading } from '../../simulator/scenarios/evasions';
import { Campaign } from '../../simulator/scenarios/scenario';

const plan = (...evasions: Parameters<typeof evading>[1][]): Campaign => Campaign.parse(evading({ accounts: 100 }, ...evasions));

describe('what an operator pays', () => {
  test('every hide that costs something costs more than none', () => {
    const plain = spendPerThousand(plan(), 21);
    for (const evasion of ['residential-rotation', 'one-card-each', 'aged-accounts', 'paraphrase', 'filler', 'replacement'] as const) {
      const hidden = spendPerThousand(Campaign.parse({ ...evading({ accounts: 100, exits: 0 }, evasion) }), 21);
      expect(hidden).toBeGreaterThan(spendPerThousand(Campaign.parse({ ...plan(), exits: 0 }), 21));
    }
    expect(plain).toBeGreaterThan(10); // a thousand exchanges at list price alone are ten dollars
  });

  test('nine parts of filler make a wanted exchange about ten times as dear', () => {
    const ratio = spendPerThousand(plan('filler'), 21) / spendPerThousand(Campaign.parse({ ...plan(), perAccountDay: 60 }), 21);
    expect(ratio).toBeCloseTo(10, 0);
  });
});

test('a table is as wide as its widest cell', () => {
  expect(
    table(
      ['a', 'name'],
      [
        ['1', 'x'],
        ['22', 'longer'],
      ],
    ),
  ).toBe('| a  | name   |\n| -- | ------ |\n| 1  | x      |\n| 22 | longer |');
});

test('ticks are round and inside', () => {
  expect(logTicks(15, 320)).toEqual([20, 50, 100, 200]);
  expect(logTicks(0.5, 2)).toEqual([0.5, 1, 2]);
});

test('a chart holds every point, escapes names, and is the same text again', () => {
  const chart = {
    title: 'found <all>',
    x: 'dollars',
    y: 'found',
    series: [
      {
        name: 'a & b',
        points: [
          { x: 1, y: 0.5 },
          { x: 3, y: 1, note: 'plain' },
        ],
      },
    ],
  };
  const svg = lineChart(chart);
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg).toContain('a &amp; b: 100.0 % at 3.00, plain');
  expect(svg).not.toContain('<all>');
  expect(lineChart(chart)).toBe(svg);
});

test('an evaluation prints its systems, campaigns and populations, and draws a curve from two campaigns on', () => {
  const truths = [
    { id: 'a', kind: 'x', label: 'distillation' as const, campaign: 'x', total: 4, byHour: [[0, 4]] as [number, number][] },
    { id: 'b', kind: 'y', label: 'distillation' as const, campaign: 'y', total: 4, byHour: [[0, 4]] as [number, number][] },
    { id: 'h', kind: 'office', label: 'honest' as const, total: 1 },
  ];
  const verdict = { accounts: [{ id: 'a', contained: true, suspended: true, detectedAt: 0, actedAt: 0 }], campaigns: [] };
  const choice = { setting: 'a day', threshold: 4, f1: 0.6, recall: 0.5, verdict };
  const evaluation: Evaluation = {
    source: {
      name: 'two',
      seed: 1,
      start: 0,
      hours: 48,
      plans: [Campaign.parse({ name: 'x', accounts: 1 }), Campaign.parse({ name: 'y', accounts: 1, cardsPer: 0 })],
      lines: async function* () {},
      truth: () => truths,
    },
    events: 9,
    accounts: 3,
    ours: undefined,
    baselines: [
      {
        name: 'volume threshold',
        setting: 'a day',
        tuned: { best: choice, strict: choice },
        strict: measure(truths, 0, verdict),
        measures: measure(truths, 0, verdict),
      },
    ],
  };
  const text = printed(evaluation);
  expect(text).toContain('| volume threshold | 50.0 % | 100.0 %   | 50.0 %');
  expect(text).toContain('| office     | 1        | 0');
  expect(curves(evaluation)?.found).toContain('volume threshold: 100.0 %');
  expect(curves({ ...evaluation, source: { ...evaluation.source, plans: [] } })).toBeUndefined();
});
