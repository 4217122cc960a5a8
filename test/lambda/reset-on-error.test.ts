import { firstHalf } from '../../shared/lambda/reset-on-error';

test('the first half of a call is over when half of the time that it began with is left', () => {
  let left = 900_000;
  const hasTime = firstHalf({ getRemainingTimeInMillis: () => left });
  const said = [900_000, 450_001, 450_000, 0].map((remaining) => {
    left = remaining;
    return hasTime();
  });
  expect(said).toEqual([true, true, false, false]);
});
