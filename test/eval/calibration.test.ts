import { bestTemperature, calibrationTable, type Judged, judgedBy, logLoss, type Said } from '../../bench/eval/calibration';
import { CLASSIFICATIONS, type Classification } from '../../shared/domain/campaigns/campaign';
import { wilson } from '../../shared/domain/wilson';
import type { Truth } from '../../simulator/simulate';
import { fc } from '../support/property';

const sure = (classification: Classification, p: number): Record<Classification, number> =>
  Object.fromEntries(
    CLASSIFICATIONS.map((other) => [other, other === classification ? p : (1 - p) / (CLASSIFICATIONS.length - 1)]),
  ) as Record<Classification, number>;
/** A hundred campaigns named distillation with probability p, of which some are. */
const hundred = (p: number, so: number): Judged[] =>
  Array.from({ length: 100 }, (_, i) => ({
    probabilities: sure('distillation', p),
    truth: i < so ? 'distillation' : 'reselling',
    weight: 1,
  }));

describe('calibration', () => {
  test.each([
    ['as sure as it is right', 0.9, 90, 0.8, 1.35],
    ['too sure', 0.99, 70, 1.5, 8],
    ['less sure than right', 0.7, 99, 0.25, 0.8],
  ])('%s', (_, p, so, least, most) => {
    const temperature = bestTemperature(hundred(p, so));
    expect(temperature).toBeGreaterThanOrEqual(least);
    expect(temperature).toBeLessThanOrEqual(most);
  });
  test('property: no other temperature has less log loss than the best, of those that are tried', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 99 }), (p, so) => {
        const all = hundred(p, so);
        const best = logLoss(all, bestTemperature(all));
        for (const temperature of [0.25, 1, 8]) expect(best).toBeLessThanOrEqual(logLoss(all, temperature) + 1e-12);
      }),
      { numRuns: 20 },
    );
  });
  test('a group counts once under however many campaigns it was judged', () => {
    const truth = (id: string): Truth => ({ id, kind: 'reseller', label: 'reselling', group: 'reseller-0', total: 1 });
    const said = ['x', 'y', 'z', 'z'].map((campaign): Said => ({ campaign, accounts: ['a', 'b'], probabilities: sure('reselling', 0.8) }));
    expect(judgedBy(said, [truth('a'), truth('b')]).map(({ weight }) => weight)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
  // Table of Brown, Cai and DasGupta (Statistical Science 2001): 0 and 10 of 10.
  test.each([
    [1, 10, 0.722, 1],
    [0, 10, 0, 0.278],
    [0.5, 10, 0.237, 0.763],
  ])('the interval of a share of %d of %d', (share, n, low, high) => {
    expect(wilson(share, n).low).toBeCloseTo(low, 2);
    expect(wilson(share, n).high).toBeCloseTo(high, 2);
  });
  test('a campaign is what most of its accounts are, and counts once however often it was judged', () => {
    const truth = (id: string, label: Truth['label']): Truth => ({ id, kind: label, label, total: 1 });
    const truths = [truth('a', 'distillation'), truth('b', 'distillation'), truth('c', 'honest'), truth('d', 'reselling')];
    const said = (campaign: string, accounts: string[]): Said => ({ campaign, accounts, probabilities: sure('distillation', 0.8) });
    const judged = judgedBy([said('x', ['a', 'b', 'c']), said('x', ['a', 'b', 'c']), said('y', ['a', 'd']), said('z', ['c'])], truths);
    expect(judged.map(({ truth: classification, weight }) => [classification, weight])).toEqual([
      ['distillation', 0.5],
      ['distillation', 0.5],
      ['unclear', 1],
      ['shared-origin', 1],
    ]);
    expect(calibrationTable(judged)).toMatch(/80\.0 % – 90\.0 %\s*\|\s*3\.0\s*\|\s*80\.0 %\s*\|\s*33\.3 %/);
  });
});
