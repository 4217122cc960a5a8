import { readable } from '../../../functions/detection/findings/measures';

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
