import { TraitIndex } from '../../../functions/detection/traits/trait-index';
import { DAY, HOUR } from '../../../shared/domain/time';
import { fc } from '../../support/property';
import { hash, NOW, profile } from '../../support/worlds/population';

const ACCOUNTS = 8;
const NUMBERS = { referenceAgeDays: 30, smallestReference: 3, hubShare: 0.5 };
const change = fc.record({
  account: fc.nat(ACCOUNTS - 1),
  what: fc.constantFrom('ips', 'templates', 'birth'),
  which: fc.nat(3),
});
type Change = { account: number; what: string; which: number };

function apply({ what, which }: Change, account: ReturnType<typeof profile>, at: number): void {
  if (what === 'birth') account.facts.createdAt = NOW - (which + 20) * DAY;
  else account.samples[what as 'ips'].add(hash(`${what} ${which}`), 1, at / HOUR);
  account.revision++;
}

test('property: told of who changed only, the index is as when it looks at everybody', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 10 }), { minLength: 1, maxLength: 5 }), (runs) => {
      const all = Array.from({ length: ACCOUNTS }, (_, i) => profile(`a${i}`, { bornAt: NOW - (25 + i) * DAY }));
      const [told, looking] = [new TraitIndex(NUMBERS), new TraitIndex(NUMBERS)];
      let changed: Iterable<(typeof all)[number]> = all;
      runs.forEach((changes, run) => {
        const now = NOW + run * HOUR;
        told.update(changed, new Map(), now, new Set());
        looking.update(all, new Map(), now, new Set());
        const read = (index: TraitIndex) => ({
          accounts: index.accounts.map(({ ids, since, established, bornAt }) => ({ ids, since, established, bornAt })),
          shared: [...index.shared].sort(([a], [b]) => a - b),
          traits: Array.from({ length: index.size }, (_, id) => [index.weight(id), index.holdersOf(id), index.referenceHolders[id]]),
        });
        expect(read(told)).toEqual(read(looking));
        const touched = new Set<(typeof all)[number]>();
        for (const one of changes) {
          apply(one, all[one.account]!, now);
          touched.add(all[one.account]!);
        }
        changed = touched;
      });
    }),
  );
});
