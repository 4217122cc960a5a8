import { legsOf } from '../../../functions/detection/findings/legs';
import type { Measures } from '../../../functions/detection/findings/measures';
import recommended from '../../../policies/recommended.json';
import { FAMILIES, type Family, LEGS } from '../../../shared/domain/campaigns/campaign';
import { Policy } from '../../../shared/domain/policy/policy';
import { asks, HYDRA, identity, load, measures } from '../../support/measures';
import { fc } from '../../support/property';

const policy = Policy.parse(recommended).detection.legs;
const TWO: Family[] = ['infrastructure', 'payment'];
const holding = (change: Partial<Measures>, families: readonly Family[] = TWO): string =>
  LEGS.filter((leg) => legsOf(measures({ ...HYDRA, ...change }), families, policy)[leg].holds).join(' ');
const hydra = (change: Partial<typeof HYDRA.identity>) => ({ identity: { ...HYDRA.identity, ...change } });

describe('the three legs, by what a group is', () => {
  test.each<[string, Partial<Measures>, string]>([
    ['one operator, hidden, with a purpose', {}, 'coordination concealment purpose'],
    ['nothing seen yet', measures(), ''],

    // coordination
    ['loads that differ as people do', { load: load({ spread: 0.8, atMost: 1.1 }) }, 'concealment purpose'],
    ['too few requests to compare loads', { load: undefined }, 'concealment purpose'],
    ['loads that may differ, for all that was seen', { load: load({ spread: 0.1, atMost: 0.4 }) }, 'concealment purpose'],

    // concealment: whoever can be called does not hide
    ['one organisation', hydra({ organization: 0.9 }), 'coordination purpose'],
    ['one domain that hardly anybody else has, whatever the cards', hydra({ domain: 0.6 }), 'coordination purpose'],
    ['one payer', hydra({ payer: 0.9, payers: 2 }), 'coordination purpose'],
    ['one place', hydra({ place: 0.7 }), 'coordination purpose'],
    ['half of them of one organisation', hydra({ organization: 0.5 }), 'coordination purpose'],
    ['a third of them: the rest hides', hydra({ organization: 0.33 }), 'coordination concealment purpose'],
    // concealment: what shows it
    ['cards alone: somebody may pay for people', { ...hydra({ exclusiveOfReference: 0.4 }), dispersion: 4 }, 'coordination purpose'],
    ['cards, and requests spaced out by a machine', hydra({ exclusiveOfReference: 0.4 }), 'coordination concealment purpose'],
    ['cards, and a pool that other campaigns share', { ...hydra({ exclusive: 0.3 }), dispersion: 4 }, 'coordination concealment purpose'],
    ['cards, and a pool of their own, on a human day', { dispersion: 4 }, 'coordination concealment purpose'],
    ['two cards are an office', { ...hydra({ cells: 2, exclusive: 0, exclusiveOfReference: 0 }) }, 'coordination purpose'],
    [
      'a card each, a pool of their own, signed up together, spaced out',
      hydra({ cells: 0, cardCells: 0 }),
      'coordination concealment purpose',
    ],
    ['the same over months: customers of one service', hydra({ cells: 0, cardCells: 0, together: 0.5 }), 'coordination purpose'],
    ['the same on credits: an event', { ...hydra({ cells: 0, cardCells: 0, paying: 0.1 }), dispersion: 0.9 }, 'coordination purpose'],
    [
      'the same on credits, as even as a scheduler',
      { ...hydra({ cells: 0, cardCells: 0, paying: 0 }), dispersion: 0.1 },
      'coordination concealment purpose',
    ],
    [
      'the same at addresses that established people use: a cloud IDE',
      hydra({ cells: 0, cardCells: 0, exclusive: 0.5, exclusiveOfReference: 0.5 }),
      'coordination purpose',
    ],
    [
      'the same at proxies that another campaign uses',
      hydra({ cells: 0, cardCells: 0, exclusive: 0.6 }),
      'coordination concealment purpose',
    ],
    ['the same where most of the pool is others', hydra({ cells: 0, cardCells: 0, exclusive: 0.4 }), 'coordination purpose'],
    ['the same in bursts', { ...hydra({ cells: 0, cardCells: 0 }), dispersion: 3 }, 'coordination purpose'],

    // purpose
    ['no more asking than others do', { asking: [asks(0.12)] }, 'coordination concealment'],
    ['maybe more', { asking: [asks(0.3, { atLeast: 0.12 })] }, 'coordination concealment'],
    ['three times a rare thing is still rare', { asking: [asks(0.03, { atLeast: 0.03, base: 0.01 })] }, 'coordination concealment'],
    [
      'one request in sixteen, six times as many as others',
      { asking: [asks(0.062, { atLeast: 0.06, base: 0.01 })] },
      'coordination concealment purpose',
    ],
    ['one in sixteen, three times as many', { asking: [asks(0.062, { atLeast: 0.06, base: 0.02 })] }, 'coordination concealment'],
    ['grades', { asking: [asks(0.1), asks(0.6, { asking: 'grades', base: 0.04 })] }, 'coordination concealment purpose'],
    [
      'clear by the labels, in words that the fingerprint seldom knows',
      { asking: [asks(0.03, { by: 'prompts', atLeast: 0.03, base: 0.002 }), asks(0.5, { by: 'labels', atLeast: 0.4, base: 0.14 })] },
      'coordination concealment purpose',
    ],
    ['neither prompts nor labels', { asking: [] }, 'coordination concealment'],
  ])('%s: %j', (_, change, expected) => {
    expect(holding(change)).toBe(expected);
  });

  test.each([0, 1])('%s families of links are no coordination', (count) => {
    expect(holding({}, TWO.slice(0, count))).toBe('concealment purpose');
  });
});

describe('each says what it stands on or lacks, in numbers', () => {
  test('whether it holds or not', () => {
    for (const change of [{}, measures(), hydra({ domain: 0.9 }), { asking: [asks(0.11)] }, { dispersion: 5 }])
      for (const leg of LEGS) expect(legsOf(measures({ ...HYDRA, ...change }), TWO, policy)[leg].because.length).toBeGreaterThan(20);
  });
});

test('less to see never makes a leg stand, and more openness never does', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const group = fc.record({
    cells: fc.integer({ min: 0, max: 6 }),
    cardCells: share,
    pool: fc.integer({ min: 0, max: 40 }),
    exclusive: fc.constantFrom(0.3, 0.95, 1),
    exclusiveOfReference: fc.constantFrom(0.3, 0.95, 1),
    pooled: fc.constantFrom(0.5, 0.8, 1),
    rotating: fc.constantFrom(0.2, 0.7, 1),
    together: fc.constantFrom(0.3, 0.9),
    paying: fc.constantFrom(0, 1),
    payer: fc.constantFrom(0.1, 0.9),
    organization: fc.constantFrom(0, 0, 0.3, 0.8),
    domain: fc.constantFrom(0, 0, 0.3, 0.8),
    place: fc.constantFrom(0, 0, 0, 0.8),
    dispersion: fc.constantFrom(0.5, 1.2, 3),
    atMost: fc.constantFrom(0.05, 0.2, 0.6),
    atLeast: fc.constantFrom(0.05, 0.2, 0.3),
    families: fc.subarray([...FAMILIES]),
  });
  const met = { all: 0, concealment: 0, open: 0 };
  fc.assert(
    fc.property(group, ({ dispersion, atMost, atLeast, families, ...who }) => {
      const given = measures({ identity: identity(who), dispersion, load: load({ atMost }), asking: [asks(0.3, { atLeast })] });
      const legs = legsOf(given, families, policy);
      const unseen = legsOf(measures({ identity: identity(who) }), families, policy);
      const open = legsOf({ ...given, identity: { ...given.identity, organization: 1 } }, families, policy);
      for (const leg of LEGS) if (unseen[leg].holds) expect(legs[leg].holds).toBe(true);
      expect(unseen.coordination.holds || unseen.purpose.holds).toBe(false);
      expect(open.concealment.holds).toBe(false);
      if (LEGS.every((leg) => legs[leg].holds)) {
        met.all++;
        expect(families.length).toBeGreaterThanOrEqual(2);
        expect(Math.max(who.organization, who.domain, who.place)).toBeLessThan(policy.open.value);
        expect(atLeast).toBeGreaterThanOrEqual(policy.askingTimes.value * 0.1);
        expect(who.exclusiveOfReference >= policy.exclusivePool.value || dispersion <= policy.machineDispersion.value).toBe(true);
      }
      if (legs.concealment.holds) met.concealment++;
      if (who.organization >= 0.5) met.open++;
    }),
    { numRuns: 20_000 },
  );
  expect(met.all).toBeGreaterThan(50);
  expect(met.concealment).toBeGreaterThan(200);
  expect(met.open).toBeGreaterThan(500);
});

test('a load dealt out more evenly than chance has a spread of nothing, never a negative one', () => {
  const { because } = legsOf(measures({ ...HYDRA, load: load({ spread: -0.4, atMost: -0.22 }) }), TWO, policy).coordination;
  expect(because).toMatch(/the same load \(spread at most 0\.00\)/);
});
