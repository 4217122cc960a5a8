import { settle } from '../../../functions/detection/networks/find-networks';
import { GroupProfile, type Network } from '../../../functions/detection/networks/networks';
import { DAY } from '../../../shared/domain/time';
import { type Given, indexOf, NOW, profile, strangers } from '../../support/worlds/population';

const bars = { memberThreshold: 10, minimumNetwork: 5 };
const fresh = { bornAt: NOW - 6 * DAY };
const one: Given = { ...fresh, clients: ['tool of one'], domain: 'one.example' };
const other: Given = { ...fresh, clients: ['tool of the other'], card: 'their card', system: 'their system' };

/** Two networks of twelve accounts, the first with a thirteenth: `stray`. */
function networks(stray: Given): { index: ReturnType<typeof indexOf>; all: Network[] } {
  const made = (name: string, count: number, given: Given) => Array.from({ length: count }, (_, i) => profile(`${name}-${i}`, given));
  const index = indexOf([...made('one', 12, one), profile('stray', stray), ...made('other', 12, other), ...strangers(300)]);
  const network = (from: number, to: number): Network => {
    const entries = index.accounts.slice(from, to);
    const group = new GroupProfile(index, entries.length, entries);
    return { members: entries.map((entry) => group.score(entry, true)), profile: group };
  };
  return { index, all: [network(0, 13), network(13, 25)] };
}
/** In which of the two networks the stray ends. */
const homeOf = (stray: Given): string => {
  const { index, all } = networks(stray);
  const settled = settle(index, all, bars);
  expect(settled.map(({ members }) => members.length).sort((a, b) => a - b)).toEqual([12, 13]);
  const larger = new Set(settled[0]?.members.map(({ entry }) => entry.order));
  return larger.has(12) && larger.has(0) ? 'its own' : 'the other';
};

describe('settling', () => {
  test.each<[string, Given, string]>([
    [
      'who fits the other network better moves there',
      { ...other, clients: ['tool of one', 'tool of the other'], domain: 'one.example' },
      'the other',
    ],
    ['who fits its own stays', { ...one, clients: ['tool of one', 'tool of the other'] }, 'its own'],
    ['who fits the other by one family only stays: one family makes no member', { ...one, card: 'their card' }, 'its own'],
  ])('%s', (_, stray, expected) => {
    expect(homeOf(stray)).toBe(expected);
  });
  test('no account is in two networks, and a network that lost too many is none', () => {
    const { index, all } = networks({ ...other, clients: ['tool of one', 'tool of the other'], domain: 'one.example' });
    const settled = settle(index, all, { ...bars, minimumNetwork: 13 });
    expect(settled.map(({ members }) => members.length)).toEqual([13]);
    expect(settled[0]?.members.map(({ entry }) => entry.order)).toEqual(expect.arrayContaining([12, 13, 24]));
  });
});
