import type { PairLink } from '../../../functions/detection/links/links';
import { PairScores } from '../../../functions/detection/links/pair-scores';
import { components, refine, supported } from '../../../functions/detection/networks/networks';
import { DAY } from '../../../shared/domain/time';
import { fc } from '../../support/property';
import { Reached } from '../../support/reached';
import { type Given, indexOf, NOW, profile, strangers } from '../../support/worlds/population';

const SIZE = 20;
const score = (...pair: Parameters<PairScores['score']>): PairLink => new PairScores().score(...pair);
const link = fc
  .tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1))
  .filter(([a, b]) => a !== b)
  .map(([a, b]): PairLink => ({ a: Math.min(a, b), b: Math.max(a, b), weight: 15, families: ['payment', 'content'] }));
const links = fc.array(link, { maxLength: 40 });
/** Among seven accounts most links have a third account in common. */
const crowded = fc.array(
  fc
    .tuple(fc.nat(6), fc.nat(6))
    .filter(([a, b]) => a !== b)
    .map(([a, b]): PairLink => ({ a: Math.min(a, b), b: Math.max(a, b), weight: 15, families: ['payment', 'content'] })),
  { maxLength: 20 },
);

describe('networks of links', () => {
  test('property: adding a link never splits a network', () => {
    const reached = new Reached();
    fc.assert(
      fc.property(links, link, fc.integer({ min: 2, max: 6 }), (before, added, minimum) => {
        const after = components(SIZE, [...before, added], minimum);
        for (const network of components(SIZE, before, minimum)) {
          reached.met('a network');
          expect(after.filter((other) => network.every((account) => other.includes(account)))).toHaveLength(1);
        }
      }),
    );
    reached.atLeast({ 'a network': 50 });
  });
  test('property: an account is in one network at most, and the order of links changes nothing', () => {
    fc.assert(
      fc.property(
        links.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const found = components(SIZE, all, 2);
          expect(new Set(found.flat()).size).toBe(found.flat().length);
          const sorted = (groups: number[][]) => groups.map((group) => group.join()).sort();
          expect(sorted(components(SIZE, shuffled, 2))).toEqual(sorted(found));
        },
      ),
    );
  });
  test('property: a link that has support keeps it when links are added', () => {
    const reached = new Reached();
    fc.assert(
      fc.property(crowded, link, (before, added) => {
        const after = new Set(supported([...before, added]));
        for (const kept of supported(before)) {
          reached.met('a link with support');
          expect(after.has(kept)).toBe(true);
        }
      }),
    );
    reached.atLeast({ 'a link with support': 50 });
  });
  test('one coincidence does not join two networks; a third account in common does', () => {
    const pair = (a: number, b: number): PairLink => ({ a, b, weight: 15, families: ['payment', 'content'] });
    const triangles = [pair(0, 1), pair(1, 2), pair(0, 2), pair(3, 4), pair(4, 5), pair(3, 5)];
    expect(components(6, supported([...triangles, pair(2, 3)]), 3)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(components(6, supported([...triangles, pair(2, 3), pair(1, 3)]), 3)).toEqual([[0, 1, 2, 3, 4, 5]]);
  });
  test('below the minimum size there is no network', () => {
    expect(components(5, [{ a: 0, b: 1, weight: 15, families: [] }], 3)).toEqual([]);
  });
});

describe('the score of a pair', () => {
  const shared = {
    card: 'one card',
    ips: ['x1', 'x2', 'x3'],
    clients: ['rare build'],
    system: 'their system',
    templates: ['t1', 't2'],
    domain: 'd',
  };
  /** New accounts: established ones would vouch for what they share. */
  const fresh = { bornAt: NOW - 6 * DAY };
  const world = (one: object, two: object) =>
    indexOf([profile('one', { ...fresh, ...one }), profile('two', { ...fresh, ...two }), ...strangers(200)]);
  const daysApart = (one: object, two: object) => world({ bornAt: NOW - 13 * DAY, ...one }, two);

  test('property: less evidence in common never raises it, nor the number of families that speak', () => {
    const index = world(shared, shared);
    const entry = index.accounts[0];
    if (!entry) throw new Error('no account');
    const { ids } = entry;
    const scored = (kept: number[]) => {
      index.accounts[0] = { ...entry, ids: Int32Array.from(kept).sort() };
      return score(index, 0, 1);
    };
    fc.assert(
      fc.property(
        fc.subarray([...ids]).chain((more) => fc.tuple(fc.constant(more), fc.subarray(more))),
        ([more, less]) => {
          const [rich, poor] = [scored(more), scored(less)];
          expect(poor.weight).toBeLessThanOrEqual(rich.weight + 1e-9);
          expect(rich.families).toEqual(expect.arrayContaining(poor.families));
        },
      ),
    );
  });
  test.each([
    ['a card, a client build and a template', { card: 'one card', clients: ['rare build'], templates: ['t1'] }, true],
    ['a card and a client build that is popular', { card: 'one card' }, false],
    ['everything of one family', { clients: ['rare build'], ips: ['x1', 'x2', 'x3'] }, false],
    ['a popular client and nothing else', {}, false],
  ])('%s: linked %s', (_, what, linked) => {
    const { weight, families } = score(daysApart(what, what), 0, 1);
    expect(weight >= 12 && families.length >= 2).toBe(linked);
  });
  test('what many established accounts have says nothing', () => {
    const crowd = Array.from({ length: 50 }, (_, i) => profile(`crowd-${i}`, { ips: ['carrier'], domain: 'campus' }));
    const index = indexOf([...crowd, ...strangers(200)]);
    expect(score(index, 0, 1)).toMatchObject({ weight: expect.closeTo(0, 5), families: [] });
  });
  test('two pools with nothing in common speak against one operator only where accounts come back to their addresses', () => {
    const pool = (owner: string, size: number): string[] => Array.from({ length: size }, (_, i) => `${owner} ${i}`);
    const pair = (size: number, comesBack: boolean): PairLink => {
      const of = (name: string) => profile(name, { card: 'one card', bornAt: NOW - DAY, ips: pool(name, size), comesBack });
      const index = indexOf([...strangers(200), of('a'), of('b')]);
      return score(index, 200, 201);
    };
    // A residential proxy gives each request an address of its own: of such pools nobody has seen the size.
    expect(pair(8, false).weight).toBeCloseTo(pair(3, false).weight, 10);
    expect(pair(8, true).weight).toBeCloseTo(pair(3, true).weight - 3.5, 10);
    expect(pair(5, true).weight).toBeCloseTo(pair(3, true).weight, 10);
  });
  test('it is the same from both ends', () => {
    const index = world(shared, { ...shared, templates: ['t1'] });
    const [forth, back] = [score(index, 0, 1), score(index, 1, 0)];
    expect(back.weight).toBeCloseTo(forth.weight, 9);
    expect(back.families).toEqual(forth.families);
  });
});

describe('coming in without a link', () => {
  const bars = { linkThreshold: 12, memberThreshold: 10, minimumNetwork: 5 };
  const fresh = { bornAt: NOW - 6 * DAY };
  const core: Given = { ...fresh, card: 'core card', ips: ['x1', 'x2', 'x3'], domain: 'core.example' };
  const neighbour: Given = { ...fresh, card: 'other card', ips: ['x1', 'x2', 'x3'], domain: 'core.example' };
  const behind: Given = { ...fresh, card: 'other card', domain: 'core.example', ips: [] };
  const made = (name: string, count: number, given: Given) => Array.from({ length: count }, (_, i) => profile(`${name}-${i}`, given));
  const index = indexOf([...made('core', 8, core), ...made('neighbour', 1, neighbour), ...made('behind', 8, behind), ...strangers(300)]);
  const component = [0, 1, 2, 3, 4, 5, 6, 7];
  test('who fits the linked accounts does; who fits only those who came in does not', () => {
    const network = refine(index, component, (order) => order > 7, bars);
    expect(network?.members.map(({ entry }) => entry.order)).toEqual([...component, 8]);
  });
});
