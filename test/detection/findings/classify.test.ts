import { classify } from '../../../functions/detection/findings/classify';
import { featuresOf } from '../../../functions/detection/findings/features';
import type { Measures } from '../../../functions/detection/findings/measures';
import { distanceFrom, oddities, typicalityOf } from '../../../functions/detection/findings/typicality';
import recommended from '../../../policies/recommended.json';
import { CLASSIFICATIONS, probabilityOf } from '../../../shared/domain/campaigns/campaign';
import { type ClassExamples, GROUP_FEATURES, type GroupFeature } from '../../../shared/domain/policy/detection-policy';
import { Policy } from '../../../shared/domain/policy/policy';
import { asks, HYDRA, identity, load, measures } from '../../support/measures';

const policy = Policy.parse(recommended).detection;
const features = (change: Partial<Measures>) => featuresOf(measures(change));
const likeliest = (change: Partial<Measures>): string => {
  const { probabilities } = classify(features(change), policy);
  return CLASSIFICATIONS.reduce((best, classification) => (probabilities[classification] > probabilities[best] ? classification : best));
};
const people = { dispersion: 4, rest: 0.05, load: load({ spread: 0.8, atMost: 1.2 }) };
const reseller = { ...HYDRA, ...people, asking: [asks(0.1)], families: { ...HYDRA.families, content: 0 } };

describe('the likeliest class of each population (domain.md)', () => {
  test.each<[string, Partial<Measures>, string]>([
    ['a campaign', HYDRA, 'distillation'],
    ['a reseller: the same pool and cards, people behind it', reseller, 'reselling'],
    ['stolen keys: old accounts that took up a new origin', { ...people, old: 1, taken: 1 }, 'hijacked-keys'],
    ['an office', { ...people, identity: identity({ place: 1, payers: 20, paying: 1, payer: 0.05 }) }, 'shared-origin'],
    ['an agency', { ...people, identity: identity({ domain: 1, payers: 1, paying: 1, payer: 1 }) }, 'shared-origin'],
    ['a class that asks for reasoning', { ...people, identity: identity({ place: 1, domain: 0.9 }), asking: [asks(0.4)] }, 'shared-origin'],
    ['machines of one firm', { ...HYDRA, identity: { ...HYDRA.identity, domain: 1 }, asking: [asks(0.1)] }, 'shared-origin'],
  ])('%s', (_, change, kind) => {
    expect(likeliest(change)).toBe(kind);
  });
});

describe('a class is named when it is likely enough and the group is typical of it', () => {
  test('a campaign is', () => {
    const judged = classify(features(HYDRA), policy);
    expect(judged).toMatchObject({ classification: 'distillation', odd: [] });
    expect(judged.typicality).toBeGreaterThanOrEqual(policy.typicalFrom.value);
    expect(probabilityOf(judged)).toBe(Math.max(...Object.values(judged.probabilities)));
  });
  test('what is typical of nothing is unclear, however likely, and says what is odd', () => {
    // A campaign by every sign, of accounts that are also old, at one place and taken over: nobody has seen such a thing.
    const strange = { ...features(HYDRA), place: 1, aged: 1, takeover: 1, humanDay: 1, unequalLoad: 1 };
    const bold = { ...policy, classes: policy.classes.filter(({ weight }) => weight > 0) };
    const judged = classify(strange, bold);
    expect(Math.max(...Object.values(judged.probabilities))).toBeGreaterThan(policy.namedFrom.value);
    expect(judged.classification).toBe('unclear');
    expect(judged.odd.length).toBeGreaterThan(0);
  });
  test('a class without examples is never named', () => {
    const unknown = { ...policy, examples: { ...policy.examples, value: [] } };
    expect(classify(features(HYDRA), unknown)).toMatchObject({ classification: 'unclear', typicality: 0 });
  });
  test('nothing seen yet is unclear', () => {
    expect(classify(features({}), policy).classification).toBe('unclear');
  });
  test('probabilities add up to 1', () => {
    for (const change of [{}, HYDRA, reseller, people]) {
      const { probabilities } = classify(features(change), policy);
      expect(Object.values(probabilities).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }
  });
});

describe('typicality is a conformal p-value', () => {
  const flat = Object.fromEntries(GROUP_FEATURES.map((name) => [name, 0])) as Record<GroupFeature, number>;
  const described = Object.fromEntries(GROUP_FEATURES.map((name) => [name, { mean: 0, deviation: 0.2 }])) as ClassExamples['features'];
  const distances = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
  const classes: ClassExamples[] = [{ classification: 'distillation', features: described, distances }];
  test('the middle of a class is as typical as can be, what is farther than all examples as little as can be', () => {
    expect(typicalityOf(flat, 'distillation', classes)).toBe(1);
    const far = Object.fromEntries(GROUP_FEATURES.map((name) => [name, 1])) as Record<GroupFeature, number>;
    expect(distanceFrom(far, { features: described })).toBeCloseTo(5, 6);
    expect(typicalityOf(far, 'distillation', classes)).toBe(0.01);
    expect(oddities(far, 'distillation', classes)).toHaveLength(3);
  });
  test('of a class that nobody described nothing is typical', () => {
    expect(typicalityOf(flat, 'reselling', classes)).toBe(0);
    expect(oddities(flat, 'reselling', classes)).toEqual([]);
  });
});

describe('features', () => {
  test.each<[string, Partial<Measures>, Partial<Record<GroupFeature, number>>]>([
    ['nothing seen', {}, { flatDay: 0, humanDay: 0, evenLoad: 0, burstyLoad: 0, dealtLoad: 0, unequalLoad: 0, asking: 0 }],
    ['a flat day', { rest: 1 / 3 }, { flatDay: 1, humanDay: 0 }],
    ['a day that people keep', { rest: 0.05 }, { flatDay: 0, humanDay: 1 }],
    ['evener than chance', { dispersion: 0.4 }, { evenLoad: 1, burstyLoad: 0 }],
    ['in bursts', { dispersion: 4 }, { evenLoad: 0, burstyLoad: 1 }],
    ['one load', { load: load() }, { dealtLoad: 1, unequalLoad: 0 }],
    ['loads of people', { load: load({ spread: 1, atMost: 1.5 }) }, { dealtLoad: 0, unequalLoad: 1 }],
    ['one payer', { identity: identity({ paying: 1, payer: 1, payers: 1 }) }, { open: 1, cardCells: 0 }],
    ['many payers, one domain', { identity: identity({ paying: 1, payer: 0.1, payers: 10, domain: 0.9 }) }, { open: 1 }],
    ['two addresses are no pool', { identity: identity({ pool: 2, pooled: 1, exclusive: 1, rotating: 1 }) }, { rotatingPool: 0 }],
    ['old accounts that took up nothing were not taken over', { old: 1, taken: 0 }, { aged: 1, takeover: 0 }],
  ])('%s', (_, change, expected) => {
    expect(features(change)).toMatchObject(expected);
  });
  test('each is 0 to 1, at the ends of what can be measured', () => {
    for (const value of [0, 1e9]) {
      const extreme = features({
        rest: value,
        dispersion: value,
        pivot: value,
        load: load({ spread: value, atMost: value }),
        asking: [asks(value, { atLeast: value, base: 1e-9 })],
        families: { infrastructure: value, payment: value, registration: value, timing: value, content: value },
      });
      for (const feature of Object.values(extreme)) expect(feature >= 0 && feature <= 1).toBe(true);
    }
  });
});
