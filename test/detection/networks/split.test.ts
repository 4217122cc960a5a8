import type { PairLink } from '../../../functions/detection/links/links';
import { isSameOperator } from '../../../functions/detection/networks/same-operator';
import { sparsestCut } from '../../../functions/detection/networks/sparsest-cut';
import { split } from '../../../functions/detection/networks/split';
import { DAY } from '../../../shared/domain/time';
import { fc } from '../../support/property';
import { Reached } from '../../support/reached';
import { type Given, indexOf, NOW, profile } from '../../support/worlds/population';

const SIZE = 30;
/** Two operators of thirty accounts each, and a population that has nothing of theirs but what is `asked` by all. */
const hands = (one: (i: number) => Given, other: (i: number) => Given, asked: (i: number) => Given = () => ({})) => {
  const fresh = { bornAt: NOW - 6 * DAY };
  const made = (name: string, given: (i: number) => Given) =>
    Array.from({ length: SIZE }, (_, i) => profile(`${name}-${i}`, { ...fresh, ...given(i) }));
  const people = Array.from({ length: 300 }, (_, i) => profile(`person-${i}`, asked(i)));
  const index = indexOf([...made('one', one), ...made('other', other), ...people]);
  const orders = (from: number) => Array.from({ length: SIZE }, (_, i) => from + i);
  return { index, one: orders(0), other: orders(SIZE) };
};
/** Six of a pool of ten addresses. */
const from = (pool: string, i: number): string[] => Array.from({ length: 6 }, (_, k) => `${pool}-${(7 * i + k) % 10}`);

describe('one operator', () => {
  test.each<[string, (i: number) => Given, (i: number) => Given, boolean]>([
    [
      'two tools, one pool, one data set',
      (i) => ({ ips: from('pool', i), clients: ['tool a'], templates: ['t'] }),
      (i) => ({ ips: from('pool', i + 3), clients: ['tool b'], templates: ['t'] }),
      true,
    ],
    [
      'one tool and one data set, new exits',
      (i) => ({ ips: from('pool', i), clients: ['tool'], templates: ['t'] }),
      (i) => ({ ips: from('other pool', i), clients: ['tool'], templates: ['t'] }),
      true,
    ],
    [
      'cards that pay for five accounts each part nobody',
      (i) => ({ clients: ['tool'], card: `card-${Math.floor(i / 5)}` }),
      (i) => ({ clients: ['tool'], card: `other-${Math.floor(i / 5)}` }),
      true,
    ],
    [
      'the accounts of one card beside those of many such cards',
      () => ({ clients: ['tool'], card: 'one card' }),
      (i) => ({ clients: ['tool'], card: `card-${i % 2}` }),
      true,
    ],
    [
      'one payer for all beside a payer for each',
      (i) => ({ ips: from('pool', i), card: 'one card' }),
      (i) => ({ ips: from('other pool', i), card: `card-${i}` }),
      false,
    ],
    [
      'neighbours at one hosting company, each with its own tool and data set',
      (i) => ({ ips: from('pool', i), clients: ['tool a'], templates: ['t'] }),
      (i) => ({ ips: [...from('other pool', i).slice(1), `pool-${i % 10}`], clients: ['tool b'], templates: ['u'] }),
      false,
    ],
    [
      'one data set, and nothing else in common',
      (i) => ({ ips: from('pool', i), clients: ['tool a'], templates: ['t'] }),
      (i) => ({ ips: from('other pool', i), clients: ['tool b'], templates: ['t'] }),
      false,
    ],
  ])('%s', (_, a, b, expected) => {
    const { index, one, other } = hands(a, b);
    expect(isSameOperator(index, one, other)).toBe(expected);
    expect(isSameOperator(index, other, one)).toBe(expected);
  });
});

test('what people ask holds nobody: one tool on the market and two pools are two operators', () => {
  const asked = (i: number) => ({ templates: [0, 1, 2].map((k) => `asked-${(5 * i + k) % 60}`) });
  const thief = (pool: string) => (i: number) => ({ ...asked(i), ips: from(pool, i), clients: ['tool'] });
  const { index, one, other } = hands(thief('pool'), thief('other pool'), asked);
  expect(isSameOperator(index, one, other)).toBe(false);
});

const link = (a: number, b: number): PairLink => ({ a, b, weight: 12, families: ['infrastructure', 'payment'] });
const clique = (orders: readonly number[]): PairLink[] => orders.flatMap((a, i) => orders.slice(i + 1).map((b) => link(a, b)));
const range = (from: number, size: number): number[] => Array.from({ length: size }, (_, i) => from + i);

describe('the sparsest cut', () => {
  test('property: two dense groups with a few links between them are told apart, in whatever order the links come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 25 }),
        fc.integer({ min: 10, max: 25 }),
        fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.nat()),
        (m, n, bridges, noise) => {
          const [one, other] = [range(100, m), range(500, n)];
          const links = [...clique(one), ...clique(other), ...bridges.map(([a, b]) => link(one[a] ?? 100, other[b] ?? 500))]
            .map((made) => ({ made, at: noise.next().value }))
            .sort((x, y) => x.at - y.at)
            .map(({ made }) => made);
          const cut = sparsestCut([...one, ...other], links, 10)?.map((part) => [...part].sort((x, y) => x - y));
          expect(cut?.sort((x, y) => (x[0] ?? 0) - (y[0] ?? 0))).toEqual([one, other]);
        },
      ),
      { numRuns: 50 },
    );
  });
  test('property: the parts are the whole, and neither is smaller than asked', () => {
    const orders = range(0, 40);
    const reached = new Reached();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { minLength: 1, maxLength: 200 }),
        // Of forty accounts there are no two parts of more than twenty.
        fc.integer({ min: 2, max: 24 }),
        (pairs, fewest) => {
          const cut = sparsestCut(
            orders,
            pairs.filter(([a, b]) => a !== b).map(([a, b]) => link(a, b)),
            fewest,
          );
          if (!cut) return reached.met('none');
          reached.met('cut');
          expect(cut.flat().sort((x, y) => x - y)).toEqual(orders);
          for (const part of cut) expect(part.length).toBeGreaterThanOrEqual(fewest);
        },
      ),
    );
    reached.atLeast({ cut: 30, none: 5 });
  });
  test.each([
    ['too few accounts', range(0, 15), clique(range(0, 15))],
    ['no links', range(0, 40), []],
  ])('%s: none', (_, component, links) => {
    expect(sparsestCut(component, links, 10)).toBeUndefined();
  });
});

describe('taking apart', () => {
  const asked = (i: number) => ({ templates: [0, 1, 2].map((k) => `asked-${(5 * i + k) % 60}`) });
  const by = (pool: string) => (i: number) => ({ ...asked(i), ips: from(pool, i), clients: ['tool'] });

  test('two thieves with one tool on the market part by their pools, however their accounts are linked', () => {
    const { index, one, other } = hands(by('pool'), by('other pool'), asked);
    expect(split(index, [...one, ...other], clique([...one, ...other]), 12)).toEqual([one, other]);
  });

  test('one thief with one pool stays whole', () => {
    const { index, one, other } = hands(by('pool'), by('pool'), asked);
    expect(split(index, [...one, ...other], clique([...one, ...other]), 12)).toEqual([[...one, ...other]]);
  });
});
