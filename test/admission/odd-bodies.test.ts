import { Newcomer } from '../../functions/admission/newcomer';
import { fc } from '../support/property';
import { MEMORY } from '../support/sides';
import { wholeApi } from '../support/whole-api';

const BODIES = 10_000;

/** What stands in a body that no honest sign-up sends: the contract's own fields with odd values, fields of nobody, no JSON at all. */
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '198.51.100.7',
    '::ffff:198.51.100.7, 10.0.0.1',
    '999.1.1.1',
    '[::1]:443',
    '',
    '\u0000',
    '💳',
    '__proto__',
    'x'.repeat(5_000),
  ),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 3 }),
);
const part = (...names: string[]) =>
  fc.oneof(odd, fc.dictionary(fc.constantFrom(...names, 'password', '__proto__', 'constructor', 'toString'), odd, { maxKeys: 4 }));
const FIELDS = {
  subject: odd,
  account: part('organization', 'emailDomain', 'paymentInstrument', 'signupIp', 'signupFingerprint', 'referrer'),
  network: part('ip'),
  client: part('userAgent', 'fingerprint'),
  prompt: part('system', 'text', 'fingerprint'),
};
const words = fc.string({ unit: 'binary', maxLength: 80 });
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constant('{}') },
  { weight: 60, arbitrary: fc.record(FIELDS, { requiredKeys: [] }).map((body) => JSON.stringify(body)) },
  // The right shape, with texts of any kind.
  {
    weight: 15,
    arbitrary: fc
      .record(
        { account: fc.record({ signupIp: words }), network: fc.record({ ip: words }), prompt: fc.record({ fingerprint: words }) },
        { requiredKeys: [] },
      )
      .map((body) => JSON.stringify(body)),
  },
  { weight: 20, arbitrary: fc.json({ maxDepth: 6 }) },
  { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  // Cut off, doubled, nested deeper than anybody reads, and a key of the prototype's.
  { weight: 4, arbitrary: fc.record(FIELDS).map((body) => JSON.stringify(body).slice(0, -3)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '{"account":{"__proto__":{"emailDomain":"a"}}}',
      '{"subject":"a","subject":"b"}',
      `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    ),
  },
);

test('ten thousand odd bodies in a row are each answered: an answer of the check, or what does not fit, by name; none is an error of ours', async () => {
  expect(Object.keys(FIELDS)).toEqual(Object.keys(Newcomer.shape));
  const whole = await wholeApi(MEMORY, 24);
  const made = await whole.api.request('/v1/producer-keys', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await whole.token('admin', { exp: Math.floor(whole.clock.now() / 1000) + 3600 })}`,
      'content-type': 'application/json',
      'idempotency-key': 'make-0001',
    },
    body: JSON.stringify({ name: 'sign-up', scopes: ['check'], perMinute: 1_000_000 }),
  });
  const { key } = await made.json();
  const seen: Record<number, number> = {};
  let unread = 0;
  for (const [place, body] of fc.sample(text, BODIES).entries()) {
    // Its quota of requests is by the minute.
    if (place % 500 === 0) whole.clock.advanceTo(whole.clock.now() + 60_000);
    const answer = await whole.api.request('/v1/check', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
    });
    seen[answer.status] = (seen[answer.status] ?? 0) + 1;
    const said = await answer.json();
    if (answer.status === 200) {
      expect(said).toMatchObject({ checked: true, answer: 'allow', because: [expect.any(String)], unread: expect.any(Array) });
      if (said.unread.length > 0) unread++;
      continue;
    }
    if (answer.status !== 400) throw new Error(`${answer.status} for ${body.slice(0, 200)}: ${JSON.stringify(said)}`);
    expect(said).toMatchObject({ status: 400, title: expect.any(String), type: expect.stringMatching(/invalid-request|malformed-body/) });
    // By name, and never by what stood in it.
    if (said.type.endsWith('invalid-request')) expect(said.errors.length).toBeGreaterThan(0);
  }
  expect(Object.keys(seen).sort()).toEqual(['200', '400']);
  expect(seen[200]).toBeGreaterThan(BODIES / 20);
  expect(seen[400]).toBeGreaterThan(BODIES / 3);
  expect(unread).toBeGreaterThan(BODIES / 100);
}, 240_000);
