import { isDue } from '../../../functions/detection/account-rows';
import { HOUR } from '../../../shared/domain/time';
import { accountKey } from '../../../shared/identity/ids';
import { fc } from '../../support/property';

const FROM = 494_000;

test('property: a row is as old as it may be, at most, and is not written more often; also when runs are missed', () => {
  const reached = { linked: 0, missed: 0 };
  const hours = fc.array(fc.record({ uses: fc.boolean(), runs: fc.constantFrom(true, true, true, false) }), {
    minLength: 60,
    maxLength: 120,
  });
  fc.assert(
    fc.property(fc.nat(5_000), fc.boolean(), hours, (which, isLinked, each) => {
      const account = accountKey(String(which).padStart(22, 'k'));
      const linked = new Set(isLinked ? [account] : []);
      const period = isLinked ? 6 : 24;
      let before = Number.NEGATIVE_INFINITY;
      let heard = FROM;
      let writes = 0;
      /** Since when it was used without a row that says so. */
      let unsaid: number | undefined = FROM;
      each.forEach(({ uses, runs }, at) => {
        const last = FROM + at;
        if (uses) {
          heard = last;
          unsaid ??= last;
        }
        if (!runs) {
          reached.missed++;
          return;
        }
        if (isDue({ account, lastHeard: heard * HOUR + 1 }, { before, last, linked })) {
          writes++;
          unsaid = undefined;
        }
        before = last;
        expect(last - (unsaid ?? last)).toBeLessThanOrEqual(
          period +
            (each
              .slice(0, at)
              .reverse()
              .findIndex((hour) => hour.runs) +
              1),
        );
      });
      expect(writes).toBeLessThanOrEqual(Math.ceil(each.length / period) + 1);
      if (isLinked) reached.linked++;
    }),
    { numRuns: 200 },
  );
  expect(reached.linked).toBeGreaterThan(50);
  expect(reached.missed).toBeGreaterThan(500);
});
