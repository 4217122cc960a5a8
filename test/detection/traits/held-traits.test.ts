import { HeldTraits, type Reading } from '../../../functions/detection/traits/held-traits';
import { TraitIds } from '../../../functions/detection/traits/trait-ids';
import { SAMPLED, unsampledTraits } from '../../../functions/detection/traits/traits';
import { HOUR } from '../../../shared/domain/time';
import { fc } from '../../support/property';
import { hash, NOW, profile } from '../../support/worlds/population';

const SAMPLES = ['ips', 'clients', 'templates'] as const;
const step = fc.record({ account: fc.nat(2), sample: fc.constantFrom(...SAMPLES), which: fc.nat(40), forgets: fc.boolean() });

test('property: read step by step is what the account holds, with what came and went', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 12 }), { maxLength: 6 }), (rounds) => {
      const ids = new TraitIds();
      const held = new HeldTraits(ids);
      const accounts = [0, 1, 2].map((i) => profile(`a${i}`));
      const last: Reading[] = accounts.map(() => ({ ids: new Int32Array(0), since: new Int32Array(0), come: [], gone: [] }));
      rounds.forEach((steps, round) => {
        const hour = NOW / HOUR + round;
        for (const { account, sample, which, forgets } of steps) {
          if (forgets) accounts[account]!.samples[sample].forget(hour - 1);
          accounts[account]!.samples[sample].add(hash(`${sample} ${which}`), 1, hour);
        }
        accounts.forEach((account, place) => {
          const before = last[place]!.ids;
          const now = held.of(account, new Map(), before);
          const sinceOf = new Map(unsampledTraits(account, new Map()).map(({ type, hash: what, first }) => [ids.find(type, what), first]));
          for (const { type, sample } of SAMPLED)
            account.samples[sample].keys.forEach((key, i) => {
              sinceOf.set(ids.find(type, key), account.samples[sample].first[i]!);
            });
          const expected = [...sinceOf].sort(([a], [b]) => a! - b!);
          expect([...now.ids].map((id, i) => [id, now.since[i]])).toEqual(expected);
          expect(now.come).toEqual([...now.ids].filter((id) => !before.includes(id)));
          expect(now.gone).toEqual([...before].filter((id) => !now.ids.includes(id)));
          last[place] = now;
        });
      });
    }),
  );
});
