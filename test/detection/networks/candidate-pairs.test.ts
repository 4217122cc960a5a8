import { CandidatePairs } from '../../../functions/detection/links/candidate-pairs';
import { TraitIndex } from '../../../functions/detection/traits/trait-index';
import { HOUR } from '../../../shared/domain/time';
import { fc } from '../../support/property';
import { hash, NOW, profile, strangers } from '../../support/worlds/population';

/** All of them pay with one card, so most that share anything else are linked, if a list asks about them. */
const ACCOUNTS = 14;
const NUMBERS = { referenceAgeDays: 30, smallestReference: 100, hubShare: 0.04 };
const thing = fc.record({ account: fc.nat(ACCOUNTS - 1), kind: fc.constantFrom('ips', 'clients', 'templates'), which: fc.nat(1) });
const step = fc.oneof(thing, fc.record({ account: fc.nat(ACCOUNTS - 1), kind: fc.constant('forgets'), which: fc.nat(1) }));

test('property: what was kept from run to run is what is found anew once every account has changed', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 16 }), { minLength: 1, maxLength: 5 }), (runs) => {
      const accounts = Array.from({ length: ACCOUNTS }, (_, i) => profile(`a${i}`, { card: 'card', bornAt: NOW - 30 * HOUR }));
      const all = [...strangers(150), ...accounts];
      const index = new TraitIndex(NUMBERS);
      const kept = new CandidatePairs();
      runs.forEach((steps, run) => {
        for (const { account, kind, which } of steps) {
          const { samples } = accounts[account]!;
          const hour = Math.floor(NOW / HOUR) + run;
          if (kind === 'forgets') for (const sample of [samples.ips, samples.clients, samples.templates]) sample.forget(hour);
          else samples[kind as 'ips'].add(hash(`${kind} ${which}`), 1, hour);
          accounts[account]!.revision++;
        }
        index.update(all, new Map(), NOW, new Set());
        kept.joiningLinks(index, 10);
      });
      for (const one of all) one.revision++;
      index.update(all, new Map(), NOW, new Set());
      const anew = new TraitIndex(NUMBERS);
      anew.update(all, new Map(), NOW, new Set());
      const links = kept.joiningLinks(index, 10);
      const others = new CandidatePairs().joiningLinks(anew, 10);
      expect(links.map(({ a, b, families }) => ({ a, b, families }))).toEqual(others.map(({ a, b, families }) => ({ a, b, families })));
      links.forEach(({ weight }, place) => {
        expect(weight).toBeCloseTo(others[place]!.weight, 6);
      });
    }),
    { numRuns: 40 },
  );
});
