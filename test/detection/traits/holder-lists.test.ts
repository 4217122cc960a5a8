import { HolderLists } from '../../../functions/detection/traits/holder-lists';
import { fc } from '../../support/property';

const TRAITS = 4;
/** Who changes sides before the lists are brought up to date again: who holds a trait leaves, who does not joins. */
const round = fc.uniqueArray(fc.record({ account: fc.nat(7), trait: fc.nat(TRAITS - 1) }), {
  selector: ({ account, trait }) => account * TRAITS + trait,
});

test('lists kept step by step are those of whoever holds each trait, ascending; one that did not change is the same list', () => {
  fc.assert(
    fc.property(fc.array(round), (rounds) => {
      const lists = new HolderLists();
      const held = Array.from({ length: TRAITS }, () => new Set<number>());
      for (const changes of rounds) {
        const before = held.map((_, id) => lists.of(id));
        for (const { account, trait } of changes) {
          if (held[trait]!.delete(account)) lists.leave(trait, account);
          else {
            held[trait]!.add(account);
            lists.join(trait, account);
          }
        }
        lists.settle();
        held.forEach((holders, id) => {
          expect(lists.of(id)).toEqual([...holders].sort((a, b) => a - b));
          if (!changes.some(({ trait }) => trait === id)) expect(lists.of(id)).toBe(before[id]);
        });
      }
    }),
  );
});
