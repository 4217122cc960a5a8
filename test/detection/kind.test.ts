import { kindOf, signsOf } from '../../functions/detection/findings/classify';
import type { Measures } from '../../functions/detection/findings/measures';
import recommended from '../../policies/recommended.json';
import { probabilityOf } from '../../shared/domain/campaign';
import { Policy } from '../../shared/domain/policy';

const policy = Policy.parse(recommended).detection;
/** Twenty new accounts of which nothing can be said yet. */
const measures = (change: Partial<Measures>): Measures => ({
  size: 20,
  rest: undefined,
  dispersion: undefined,
  old: 0,
  taken: 0,
  payer: 0,
  payers: 0,
  paying: 0,
  customer: 0,
  pooled: 0,
  poolSize: 0,
  tooled: 0,
  families: { infrastructure: 0, payment: 0, registration: 0, timing: 0, content: 0 },
  elicits: 0,
  grading: 0,
  pivot: 0,
  rates: undefined,
  ...change,
});
const content = (nats: number) => ({ infrastructure: 5, payment: 0, registration: 0, timing: 0, content: nats });
const fewCards = { paying: 1, payer: 0.25, payers: 5 };
const pool = { pooled: 0.9, poolSize: 30, tooled: 0.9 };
const ownCards = { paying: 1, payer: 0.05, payers: 20 };

describe('the right word for each population (domain.md)', () => {
  test.each<[string, Partial<Measures>, string]>([
    [
      'a campaign: pool, cards, round the clock, even, narrow, reasoning',
      { ...pool, ...fewCards, rest: 0.32, dispersion: 0.5, families: content(6), elicits: 1.2 },
      'distillation',
    ],
    [
      'the same without labels of what is asked',
      { ...pool, ...fewCards, rest: 0.32, dispersion: 0.5, families: content(6) },
      'distillation',
    ],
    ['a reseller: the same pool, a human day, bursts, any content', { ...pool, ...fewCards, rest: 0.05, dispersion: 4 }, 'reselling'],
    [
      'hijacked keys: old accounts that took up a new origin',
      { ...pool, ...ownCards, old: 1, taken: 1, dispersion: 3, rest: 0.1 },
      'hijacked-keys',
    ],
    [
      'an office: one address, own payers, office hours',
      { ...ownCards, pooled: 1, poolSize: 1, rest: 0.03, dispersion: 3 },
      'shared-origin',
    ],
    [
      'an agency: one payer, one domain, office hours',
      { paying: 1, payer: 1, payers: 1, customer: 1, rest: 0.03, dispersion: 3 },
      'shared-origin',
    ],
    [
      'a class: campus address, the same exercises, one afternoon',
      { pooled: 1, poolSize: 1, customer: 0.9, families: content(6), dispersion: 3 },
      'shared-origin',
    ],
  ])('%s', (_, change, kind) => {
    expect(kindOf(measures(change), policy).kind).toBe(kind);
  });
});

test('probabilities are those of all kinds together, whatever is measured', () => {
  for (const change of [{}, { ...pool, rest: 0.33 }, { old: 1, taken: 1 }, { customer: 1 }]) {
    const { kind, probabilities } = kindOf(measures(change), policy);
    expect(Object.values(probabilities).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    if (kind !== 'unclear') expect(probabilityOf({ kind, probabilities })).toBe(Math.max(...Object.values(probabilities)));
  }
});

describe('a kind is named when it is likely enough', () => {
  const batch = { size: 6, paying: 1, payer: 1, payers: 1 };
  test.each<[string, Partial<Measures>]>([
    ['nothing is known', {}],
    ['six new accounts under one card and many names', batch],
  ])('%s: unclear, and no kind is ruled out', (_, change) => {
    const judged = kindOf(measures(change), policy);
    expect(judged.kind).toBe('unclear');
    expect(probabilityOf(judged)).toBeLessThan(policy.namedFrom.value);
    expect(judged.probabilities.distillation).toBeGreaterThan(0.05);
    expect(judged.probabilities['shared-origin']).toBeGreaterThan(0.05);
  });

  test('a lower bar names the likeliest', () => {
    const lower = { ...policy, namedFrom: { ...policy.namedFrom, value: 0.51 } };
    expect(kindOf(measures({}), lower).kind).toBe('shared-origin');
  });
});

describe('signs', () => {
  test('what cannot be measured yet is no sign, for or against', () => {
    const { machineDay, humanDay, even, bursty } = signsOf(measures({}));
    expect([machineDay, humanDay, even, bursty]).toEqual([0, 0, 0, 0]);
  });
  test.each<[string, Partial<Measures>, Partial<ReturnType<typeof signsOf>>]>([
    ['a flat day', { rest: 1 / 3 }, { machineDay: 1, humanDay: 0 }],
    ['a day that people keep', { rest: 0.05 }, { machineDay: 0, humanDay: 1 }],
    ['evener than chance', { dispersion: 0.4 }, { even: 1, bursty: 0 }],
    ['in bursts', { dispersion: 4 }, { even: 0, bursty: 1 }],
    ['one office address is a place, not a pool', { pooled: 1, poolSize: 1 }, { place: 1, pool: 0 }],
    ['many addresses are a pool, not a place', { pooled: 1, poolSize: 30 }, { place: 0, pool: 1 }],
    ['one address for a few is a place', { size: 5, pooled: 1, poolSize: 1 }, { place: 1 }],
    ['three addresses for a few are no place', { size: 6, pooled: 0.83, poolSize: 3 }, { place: 0, pool: 0 }],
    ['two addresses for many are one', { size: 20, pooled: 1, poolSize: 2 }, { place: 1 }],
    ['one payer without a name is not yet a customer', { paying: 1, payer: 1, payers: 1 }, { customer: 0, payerAlone: 1, cards: 0 }],
    ['one payer and one name are', { paying: 1, payer: 1, payers: 1, customer: 1 }, { customer: 1, payerAlone: 0 }],
    ['two cards for six accounts of no name', { size: 6, paying: 1, payer: 0.5, payers: 2 }, { cards: 1 }],
    ['two cards of one firm', { size: 6, paying: 1, payer: 0.5, payers: 2, customer: 1 }, { cards: 0 }],
    [
      'one payer behind a pool of exits is none',
      { paying: 1, payer: 1, payers: 1, pooled: 1, poolSize: 30 },
      { customer: 0, pool: 1, payerAlone: 0 },
    ],
    ['a customer hides nothing behind its pool', { pooled: 1, poolSize: 30, customer: 1 }, { customer: 1, pool: 0 }],
    ['every member its own card: no shared cards', ownCards, { cards: 0 }],
    ['a few cards for all', fewCards, { cards: 1 }],
    ['old accounts that took up nothing were not taken', { old: 1, taken: 0 }, { old: 1, taken: 0 }],
  ])('%s', (_, change, expected) => {
    expect(signsOf(measures(change))).toMatchObject(expected);
  });
  test('each is 0 to 1, at the ends of what can be measured', () => {
    const extremes = [0, 1e9].flatMap((value) => [
      { elicits: value, pivot: value, rest: value, dispersion: value, families: content(value) },
    ]);
    for (const change of extremes) for (const sign of Object.values(signsOf(measures(change)))) expect(sign >= 0 && sign <= 1).toBe(true);
  });
});
