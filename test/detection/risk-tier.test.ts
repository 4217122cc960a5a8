import { Profile } from '../../functions/detection/profiles/profile';
import { isWatchedAlone } from '../../functions/detection/risk-tier';
import { isYoung, MUCH_USE, readRiskTier, writeRiskTier, YOUNG } from '../../shared/domain/policy/risk-tier';
import { DAY } from '../../shared/domain/time';
import { accountKey, sealedId } from '../../shared/identity/ids';

const now = Date.UTC(2026, 5, 1);

test.each([
  ['nobody told when it was made', { createdAt: undefined, exchanges: 1 }, false],
  ['made six days ago', { createdAt: now - 6 * DAY, exchanges: 1 }, true],
  ['made eight days ago', { createdAt: now - 8 * DAY, exchanges: 1 }, false],
  ['much use', { createdAt: now - 800 * DAY, exchanges: MUCH_USE }, true],
  ['a little less use', { createdAt: now - 800 * DAY, exchanges: MUCH_USE - 1 }, false],
])('%s', (_, { createdAt, exchanges }, inTier) => {
  const profile = new Profile(accountKey('one'), sealedId('s'), now - DAY);
  if (createdAt !== undefined) profile.facts.createdAt = createdAt;
  profile.window.exchanges = exchanges;
  expect(isWatchedAlone(profile, now)).toBe(inTier);
});

test('one rule of youth for detection and fold; the tier survives being written, in any order', () => {
  expect([isYoung(now - YOUNG, now), isYoung(now - YOUNG + 1, now), isYoung(undefined, now)]).toEqual([false, true, false]);
  const accounts = ['b', 'a', 'c'].map(accountKey);
  expect(readRiskTier(writeRiskTier(accounts))).toEqual(new Set(accounts));
  expect(writeRiskTier(accounts)).toEqual(writeRiskTier([...accounts].reverse()));
});
