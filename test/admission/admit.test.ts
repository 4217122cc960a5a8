import { admissionFor, asFarAs, type CampaignStanding, resemblances } from '../../functions/admission/admit';
import { FAMILIES, type Family } from '../../shared/domain/campaigns/campaign';
import { ADMISSIONS, type KnownBy, SHOWN_AT_FIRST } from '../../shared/domain/policy/admission';
import { MODES } from '../../shared/domain/policy/enforcement-policy';
import { campaignId } from '../../shared/identity/ids';
import { fc } from '../support/property';
import { Reached } from '../support/reached';
import { RECOMMENDED } from '../support/worlds/enforcement-world';

const policy = RECOMMENDED.admission!;
const FAMILY_OF: Record<(typeof SHOWN_AT_FIRST)[number], Family> = {
  'payment-instrument': 'payment',
  'payment-issuer': 'payment',
  'client-build': 'infrastructure',
  'network-address': 'infrastructure',
  'network-prefix': 'infrastructure',
  'signup-origin': 'registration',
  'signup-prefix': 'registration',
  'signup-client': 'registration',
  'email-domain': 'registration',
  referrer: 'registration',
  'system-prompt': 'content',
  'prompt-template': 'content',
};

const row = fc.record({ type: fc.constantFrom(...SHOWN_AT_FIRST), weight: fc.integer({ min: 10, max: 90 }).map((tenth) => tenth / 10) });
const rows = fc.uniqueArray(row, { minLength: 1, maxLength: 8, selector: ({ type }) => type }).map((list) =>
  list.map(
    ({ type, weight }): KnownBy => ({
      type,
      weight,
      campaign: 'c-1',
      classification: 'distillation',
      family: FAMILY_OF[type],
      members: 40,
      size: 50,
    }),
  ),
);
const standing = fc.constantFrom<CampaignStanding>('contained', 'contained', 'open', 'none');
const rank = (answer: (typeof ADMISSIONS)[number]): number => ADMISSIONS.indexOf(answer);

test('nobody is held but by two families, for a campaign that is acted on; nobody is challenged for one at large', () => {
  const reached = new Reached();
  fc.assert(
    fc.property(rows, fc.boolean(), standing, (known, atOrigin, stands) => {
      const [one] = resemblances(known, atOrigin);
      const answer = admissionFor(one!, stands, policy);
      reached.met(answer);
      const families = new Set(known.filter(({ weight }) => weight > 0).map(({ family }) => family));
      if (answer !== 'allow') {
        expect(families.size).toBeGreaterThanOrEqual(2);
        expect(stands).not.toBe('none');
        expect(known.some(({ type }) => /^(payment|client-build|system-prompt|prompt-template)/.test(type))).toBe(true);
        expect(one!.nats).toBeGreaterThanOrEqual(policy.challengeFrom.value);
      }
      if (answer === 'hold') expect(stands).toBe('contained');
    }),
    { numRuns: 3_000 },
  );
  reached.atLeast({ allow: 300, challenge: 100, hold: 300 });
});

test('showing less is never answered harder', () => {
  const reached = new Reached();
  fc.assert(
    fc.property(rows, standing, fc.nat(7), (known, stands, at) => {
      const whole = admissionFor(resemblances(known, false)[0]!, stands, policy);
      const less = known.filter((_, place) => place !== at % known.length);
      const part = less.length === 0 ? 'allow' : admissionFor(resemblances(less, false)[0]!, stands, policy);
      expect(rank(part)).toBeLessThanOrEqual(rank(whole));
      if (part !== whole) reached.met('softer');
    }),
    { numRuns: 3_000 },
  );
  reached.atLeast({ softer: 200 });
});

test('what says one thing counts once: an address and its network, a card and its issuer, the place it signed up from', () => {
  const known = (type: KnownBy['type'], weight: number): KnownBy => ({
    type,
    weight,
    campaign: 'c-1',
    classification: 'distillation',
    family: FAMILY_OF[type as keyof typeof FAMILY_OF],
    members: 40,
    size: 50,
  });
  const natsOf = (list: KnownBy[], atOrigin = false) => resemblances(list, atOrigin)[0]!.nats;
  expect(natsOf([known('network-address', 6), known('network-prefix', 3)])).toBe(6);
  expect(natsOf([known('payment-instrument', 7), known('payment-issuer', 2)])).toBe(7);
  expect(natsOf([known('system-prompt', 5), known('prompt-template', 4)])).toBe(5);
  expect(natsOf([known('network-address', 6), known('signup-origin', 6)])).toBe(12);
  expect(natsOf([known('network-address', 6), known('signup-origin', 6)], true)).toBe(6);
  expect(natsOf([known('client-build', 7), known('network-address', 6)])).toBe(9);
});

test('the likest campaign comes first, and campaigns do not add up', () => {
  const of = (campaign: string, type: KnownBy['type'], weight: number): KnownBy => ({
    campaign,
    type,
    weight,
    classification: 'reselling',
    family: FAMILY_OF[type as keyof typeof FAMILY_OF],
    members: 9,
    size: 12,
  });
  const found = resemblances([of('c-a', 'payment-instrument', 6), of('c-b', 'client-build', 7), of('c-b', 'email-domain', 5)], false);
  expect(found.map(({ campaign, nats }) => [campaign, nats])).toEqual([
    [campaignId('c-b'), 12],
    [campaignId('c-a'), 6],
  ]);
  expect(FAMILIES.reduce((sum, family) => sum + found[0]!.byFamily[family], 0)).toBe(12);
});

test('no mode answers harder than it may', () => {
  for (const answer of ADMISSIONS)
    for (const mode of MODES) {
      const most = { observe: 'allow', shadow: 'allow', assist: 'challenge', auto: 'hold' } as const;
      expect(rank(asFarAs(answer, mode))).toBe(Math.min(rank(answer), rank(most[mode])));
    }
});
