import { newOriginOf } from '../../../functions/detection/findings/new-origin';
import { fc } from '../../support/property';
import { profile } from '../../support/worlds/population';

const HOURS = 240;
/** Somebody who uses an account from hour to hour, with a client, a network and a key. */
type Use = { from: number; to: number; every: number; client: string; network: string; key: string };

function originAfter(uses: readonly Use[]): ReturnType<typeof newOriginOf> {
  const { samples } = profile('account', { ips: [], clients: [] });
  const number = (text: string): number => [...text].reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 7);
  for (let hour = 0; hour < HOURS; hour++)
    for (const { from, to, every, client, network, key } of uses) {
      if (hour < from || hour >= to || (hour - from) % every !== 0) continue;
      samples.clients.add(number(client), 1, hour);
      samples.prefixes.add(number(network), 1, hour);
      samples.keys.add(number(key), 1, hour);
    }
  return newOriginOf({ samples, habits: undefined });
}

const owner = { from: 0, to: HOURS, every: 5, client: 'own', network: 'home', key: 'k1' };
const guest = { from: 60, to: HOURS, every: 3, client: 'other', network: 'away', key: 'k1' };
const replacedIn = (use: Use, hour: number): Use[] => [
  { ...use, to: hour },
  { ...use, from: hour, key: 'k2' },
];

test.each<[string, Use[], ReturnType<typeof newOriginOf>]>([
  ['the owner alone', [owner], 'none'],
  ['a second client at home', [owner, { ...guest, network: 'home' }], 'none'],
  ['somebody who moved', [{ ...owner, to: 60 }, guest], 'none'],
  ['a thief beside the owner', [owner, guest], 'beside'],
  ['a thief with a key of his own beside that of the owner', [owner, { ...guest, key: 'k2' }], 'beside'],
  ['a thief whom a new key ends', [...replacedIn(owner, 150), { ...guest, to: 152 }], 'beside'],
  ['a guest who has the new key, too', [...replacedIn(owner, 150), ...replacedIn(guest, 150)], 'kept'],
  ['a guest whose key is replaced while the old one of the owner goes on', [owner, ...replacedIn(guest, 150)], 'beside'],
  ['a key replaced so lately that nothing is known yet', [...replacedIn(owner, 230), ...replacedIn(guest, 230)], 'beside'],
])('%s: %3$s', (_, uses, expected) => {
  expect(originAfter(uses)).toBe(expected);
});

test('whenever all keys are replaced: he who goes on for more than a day is kept, he who ends within a day is beside', () => {
  const reached = { kept: 0, beside: 0 };
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 180 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 6 }), (at, stays, every) => {
      const thief = { ...guest, every };
      const uses = [...replacedIn(owner, at), { ...thief, to: at }, { ...thief, from: at, to: at + stays, key: 'k2' }];
      const expected = stays > 24 + every ? 'kept' : stays <= 24 ? 'beside' : undefined;
      if (expected === undefined) return;
      reached[expected]++;
      expect(originAfter(uses)).toBe(expected);
    }),
    { numRuns: 200 },
  );
  expect(Math.min(reached.kept, reached.beside)).toBeGreaterThan(30);
});
