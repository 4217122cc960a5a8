import { dispersionOf } from '../../../functions/detection/findings/baseline';
import { readable } from '../../../functions/detection/findings/measures';
import { WINDOW_HOURS } from '../../../functions/detection/profiles/profile';
import { HOUR } from '../../../shared/domain/time';
import { fc } from '../../support/property';
import { Reached } from '../../support/reached';
import { NOW, profile } from '../../support/worlds/population';

test('property: how even a load is does not change by the calendar alone', () => {
  const reached = new Reached();
  const uses = fc.array(fc.tuple(fc.integer({ min: 72, max: WINDOW_HOURS - 1 }), fc.integer({ min: 1, max: 9 })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(uses, fc.integer({ min: 1, max: 3 }), (hours, days) => {
      const one = profile('one');
      for (const [hour, exchanges] of hours) one.hourly[hour] = exchanges;
      const before = dispersionOf(one);
      const start = Math.floor(NOW / HOUR / 24) * 24 + 24 - WINDOW_HOURS;
      one.roll(start + 24 * days, days);
      expect(dispersionOf(one)).toBe(before);
      if (before !== undefined) reached.met('a load that can be read');
      if (hours.some(([hour]) => hour < WINDOW_HOURS - 168)) reached.met('of more than a week');
    }),
  );
  reached.atLeast({ 'a load that can be read': 60, 'of more than a week': 50 });
});

describe('the median of what could be read of members', () => {
  const none = (count: number): undefined[] => Array.from({ length: count }, () => undefined);
  test.each<[string, (number | undefined)[], number | undefined]>([
    ['nobody', [], undefined],
    ['the first of many who speak are no sample', [0.1, 0.2, ...none(18)], undefined],
    ['nor are four of four', [1, 2, 3, 4], undefined],
    ['five are', [5, 1, 2, 3, 4], 3],
    ['five of twenty are', [5, 1, 2, 3, 4, ...none(15)], 3],
    ['five of twenty-one are fewer than every fourth', [5, 1, 2, 3, 4, ...none(16)], undefined],
  ])('%s', (_, values, expected) => {
    expect(readable(values)).toBe(expected);
  });
});
