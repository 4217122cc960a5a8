import { watch } from '../../../functions/detection/campaigns/known-operators';
import { assess, controlFalseDiscovery } from '../../../functions/detection/findings/assess';
import { baselineOf } from '../../../functions/detection/findings/baseline';
import { DETECTORS } from '../../../functions/detection/findings/detectors';
import type { Answer } from '../../../functions/detection/findings/detectors/detector';
import { type Group, type Measures, measure } from '../../../functions/detection/findings/measures';
import type { Profile } from '../../../functions/detection/profiles/profile';
import recommended from '../../../policies/recommended.json';
import type { KnownOperator } from '../../../shared/domain/campaigns/known-operator';
import { Policy } from '../../../shared/domain/policy/policy';
import { DAY } from '../../../shared/domain/time';
import { hashText } from '../../../shared/identity/keyed-hash';
import { asks, load } from '../../support/measures';
import { buildOperator } from '../../support/worlds/build-operator';
import { assessment, type Given, hash, indexOf, NOW, profile, strangers } from '../../support/worlds/population';

const policy = Policy.parse(recommended).detection;
const MEMBERS = 20;
type Listed = KnownOperator['indicators'][number];
const CARD = { type: 'payment-instrument', family: 'payment' } as const;

function groupOf(given: (i: number) => Given, releases: Group['releases'] = new Map()): Group {
  const mine: Profile[] = Array.from({ length: MEMBERS }, (_, i) => profile(`member-${i}`, { bornAt: NOW - 6 * DAY, ...given(i) }));
  const index = indexOf([...mine, ...strangers(300)]);
  const { network } = assessment(
    index,
    mine.map(({ account }) => account),
  );
  return {
    members: network.members,
    holdings: network.profile,
    profiles: mine,
    index,
    baseline: baselineOf(index),
    releases,
    operators: [],
    now: NOW,
  };
}
const answer = (name: string, group: Group, measures: Partial<Measures> = {}): Answer => {
  const detector = DETECTORS.find((one) => one.name === name);
  if (!detector) throw new Error(`no detector ${name}`);
  return detector.ask(group, { ...measure(group), ...measures });
};
/** Accounts that have nothing in common but when they were made is spread over years. */
const apart = groupOf((i) => ({ bornAt: NOW - (40 + 10 * i) * DAY }));

describe('what members share', () => {
  test.each<[string, (i: number) => Given]>([
    ['shared-payment', (i) => ({ card: `card-${i % 4}` })],
    ['client-build', () => ({ clients: ['their build'] })],
    ['address-pool', (i) => ({ ips: [`exit-${i % 5}`, `exit-${(i + 1) % 5}`] })],
    ['email-domain', (i) => ({ domain: `domain-${i % 3}` })],
    ['system-prompt', () => ({ system: 'their prompt' })],
  ])('%s: evidence of a group that shares it, an abstention on one that does not', (name, given) => {
    const found = answer(name, groupOf(given));
    expect(found.kind).toBe('evidence');
    if (found.kind === 'evidence') {
      expect(found.ratio).toBeGreaterThan(10);
      expect(found.numbers.sharers).toBe(MEMBERS);
      expect(found.because).toContain('20 of 20');
    }
    expect(answer(name, apart).kind).toBe('abstains');
  });
  test.each<[string, (i: number) => Given, RegExp]>([
    ['shared-payment', () => ({ card: 'one' }), /paid with one shared instrument;/],
    ['client-build', () => ({ clients: ['their build'] }), /use one client build that/],
    ['email-domain', () => ({ domain: 'one' }), /use one e-mail domain that/],
    ['system-prompt', () => ({ system: 'their prompt' }), /send one system prompt that/],
  ])('%s: one of a thing is said in the singular', (name, given, wanted) => {
    const found = answer(name, groupOf(given));
    expect(found.kind === 'evidence' && found.because).toMatch(wanted);
  });
  test('too few sharers are a coincidence', () => {
    expect(
      answer(
        'shared-payment',
        groupOf((i) => (i < 2 ? { card: 'one' } : {})),
      ),
    ).toMatchObject({ kind: 'abstains' });
  });
});

describe('registration', () => {
  test('signup-burst: within four days, against years', () => {
    expect(
      answer(
        'signup-burst',
        groupOf(() => ({})),
      ),
    ).toMatchObject({ kind: 'evidence', numbers: { within: MEMBERS } });
    expect(answer('signup-burst', apart)).toMatchObject({ kind: 'abstains' });
  });
});

describe('rhythm and content, by what is measured', () => {
  const released = { ...apart, releases: new Map([['atlas-6', NOW - DAY]]) };
  test.each<[string, Group, Partial<Measures>, Partial<Measures>]>([
    ['round-the-clock', apart, { rest: 0.33 }, { rest: 0.1 }],
    ['round-the-clock', apart, { rest: 0.25 }, { rest: undefined }],
    ['release-pivot', released, { pivot: 0.5 }, { pivot: 0.05 }],
    ['take-over', apart, { old: 1, taken: 0.9 }, { old: 1, taken: 0.1 }],
    ['take-over', apart, { old: 0.9, taken: 1 }, { old: 0, taken: 1 }],
    ['grading', apart, { asking: [asks(0.3, { asking: 'grades' })] }, { asking: [asks(0.11, { asking: 'grades' })] }],
    ['elicitation', apart, { asking: [asks(0.3)] }, { asking: [] }],
    ['dealt-load', apart, { load: load() }, { load: load({ spread: 0.6, atMost: 0.9 }) }],
  ])('%s %#', (name, group, guilty, harmless) => {
    const found = answer(name, group, guilty);
    expect(found.kind).toBe('evidence');
    if (found.kind === 'evidence') expect(found.ratio).toBeGreaterThan(1);
    expect(answer(name, group, harmless).kind).toBe('abstains');
  });
  test('without a release nobody moved to one', () => {
    expect(answer('release-pivot', apart, { pivot: 0.9 }).kind).toBe('abstains');
  });
});

describe('known-operator: imported indicators', () => {
  /** Everybody with a card of their own; a tool and a system prompt in common. */
  const group = groupOf((i) => ({ card: `card-${i}`, clients: ['their build'], system: 'their prompt' }));
  const cards = Array.from({ length: MEMBERS }, (_, i): Listed => ({ ...CARD, hash: hashText(hash(`card-${i}`)), members: 1 }));
  const prompt: Listed = { type: 'system-prompt', family: 'content', hash: hashText(hash('their prompt')), members: MEMBERS };
  const known = (indicators: Listed[]) =>
    watch([buildOperator({ accounts: MEMBERS, indicators })], group.index, policy.memberThreshold.value);

  test('abstains without any, and when most members carry none of them', () => {
    expect(answer('known-operator', group)).toMatchObject({ kind: 'abstains' });
    expect(answer('known-operator', { ...group, operators: known([...cards.slice(0, 11), prompt]) })).toMatchObject({ kind: 'abstains' });
  });
  test('one family of them is a coincidence: what all share says nothing about who they are', () => {
    expect(answer('known-operator', { ...group, operators: known([prompt]) })).toMatchObject({ kind: 'abstains' });
  });
  test('is of the family that most members carry one of, says from where, and makes no family count', () => {
    const known13 = { ...group, operators: known([...cards.slice(0, 13), { ...prompt, members: MEMBERS }]) };
    expect(answer('known-operator', known13)).toMatchObject({
      kind: 'evidence',
      family: 'content',
      numbers: { members: MEMBERS, carrying: 13, matched: 14, indicators: 14 },
      because: expect.stringContaining('13 of 20 members carry the indicators of june (distillation), known from Lockstep'),
    });
    const { network } = assessment(
      group.index,
      group.profiles.map(({ account }) => account),
    );
    const paid = { ...group, operators: known([...cards, prompt]) };
    const assessed = assess(network, paid, policy);
    expect(assessed.evidence).toContainEqual(expect.objectContaining({ detector: 'known-operator', family: 'payment' }));
    expect(assessed.families).toEqual(assess(network, group, policy).families);
    expect(assessed.families).not.toContain('payment');
  });
});

describe('all of them', () => {
  test('names are unique, and each asks one question', () => {
    expect(new Set(DETECTORS.map(({ name }) => name)).size).toBe(DETECTORS.length);
    for (const { question } of DETECTORS) expect(question).toMatch(/^[^?]+\?$/);
  });
  test('of accounts that have done nothing at all, every one abstains: silence is no guilt', () => {
    const nothing = groupOf((i) => ({ bornAt: NOW - (40 + 10 * i) * DAY, exchanges: 0, ips: [], clients: [] }));
    expect(DETECTORS.filter((detector) => detector.ask(nothing, measure(nothing)).kind !== 'abstains').map(({ name }) => name)).toEqual([]);
  });
  test('each answer says why, in words and in numbers that are numbers', () => {
    for (const group of [apart, groupOf(() => ({ card: 'one', clients: ['their build'], system: 'their prompt' }))]) {
      for (const detector of DETECTORS) {
        const said = detector.ask(group, measure(group));
        expect(said.because.length).toBeGreaterThan(10);
        if (said.kind === 'evidence') for (const number of Object.values(said.numbers)) expect(Number.isFinite(number)).toBe(true);
      }
    }
  });
  test('an assessment lists evidence strongest first, and counts a family once', () => {
    const group = groupOf((i) => ({ card: `card-${i % 2}`, clients: ['their build'] }));
    const { network } = assessment(
      group.index,
      group.profiles.map(({ account }) => account),
    );
    const { evidence, families } = assess(network, group, policy);
    expect(evidence.map(({ strength }) => strength)).toEqual(evidence.map(({ strength }) => strength).sort((a, b) => b - a));
    expect(families).toEqual(expect.arrayContaining(['infrastructure', 'payment']));
    expect(new Set(families).size).toBe(families.length);
  });
});

describe('false discoveries among the content tests of one run (Benjamini and Hochberg)', () => {
  const { index, profiles } = apart;
  const tested = (p: number) => ({
    ...assessment(
      index,
      profiles.map(({ account }) => account),
    ),
    evidence: [{ detector: 'content-test', family: 'content' as const, because: 'unlike the population', strength: 0.99, numbers: { p } }],
  });
  test.each([
    [[0.001], [true]],
    [[0.02], [false]],
    [
      [0.005, 0.9],
      [true, false],
    ],
    [
      [0.006, 0.9],
      [false, false],
    ],
    [
      [0.004, 0.009, 0.9],
      [false, false, false],
    ],
    [
      [0.003, 0.006, 0.009],
      [true, true, true],
    ],
  ])('p %j at 0.01: kept %j', (values, kept) => {
    const after = controlFalseDiscovery(values.map(tested), policy);
    expect(after.map(({ evidence }) => evidence.length === 1)).toEqual(kept);
    expect(after.map(({ families }) => families.includes('content'))).toEqual(kept);
  });
});
