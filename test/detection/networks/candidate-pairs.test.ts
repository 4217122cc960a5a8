import { joiningLinks } from '../../../functions/detection/links/candidate-pairs';
import { PairScores } from '../../../functions/detection/links/pair-scores';
import { TraitIndex } from '../../../functions/detection/traits/trait-index';
import { HOUR } from '../../../shared/domain/time';
import { fc } from '../../support/property';
import { Reached } from '../../support/reached';
import { NOW, profile, strangers } from '../../support/worlds/population';

const NUMBERS = { referenceAgeDays: 30, smallestReference: 100, hubShare: 0.04 };
const BAR = 10;
const some = (what: string) =>
  fc.uniqueArray(
    fc.nat(2).map((which) => `${what} ${which}`),
    { maxLength: 2 },
  );
const account = fc.record({
  card: fc.constantFrom('card 0', 'card 1', undefined),
  ips: some('exit'),
  clients: some('client'),
  templates: some('template'),
});

test('property: where no list is longer than its neighbours reach, links are the pairs of all that two families join', () => {
  const reached = new Reached();
  fc.assert(
    fc.property(fc.array(account, { minLength: 2, maxLength: 4 }), (accounts) => {
      const few = accounts.map(({ card, ...held }, i) =>
        profile(`a${i}`, { ...held, ...(card ? { card } : {}), bornAt: NOW - 30 * HOUR * (i + 1) }),
      );
      const index = new TraitIndex(NUMBERS);
      index.update([...strangers(150), ...few], new Map(), NOW, new Set());
      const scores = new PairScores();
      const all = few.flatMap((_, a) => few.slice(0, a).flatMap((_, b) => scores.joining(index, 150 + b, 150 + a, BAR) ?? []));
      const links = joiningLinks(index, BAR);
      expect(links).toEqual(all.sort((x, y) => x.a - y.a || x.b - y.b));
      if (links.length > 0) reached.met('a link');
    }),
    { numRuns: 200 },
  );
  reached.atLeast({ 'a link': 50 });
});
