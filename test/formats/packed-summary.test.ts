import { gzipSync } from 'node:zlib';
import { PLANS } from '../../shared/contract/event';
import { HOUR } from '../../shared/domain/time';
import type { AccountSummary } from '../../shared/formats/account-summary';
import { packSummary, unpackSummary } from '../../shared/formats/packed-summary';
import { accountKey } from '../../shared/identity/ids';
import { hashText } from '../../shared/identity/keyed-hash';
import { fc } from '../support/property';

const FROM = Date.UTC(2026, 5, 1) / HOUR;
const some = (of: readonly string[]) =>
  fc
    .uniqueArray(fc.constantFrom(...of), { maxLength: of.length })
    .chain((names) =>
      fc
        .array(fc.nat(5000), { minLength: names.length, maxLength: names.length })
        .map((counts) => Object.fromEntries(names.map((name, i) => [name, counts[i]!]))),
    );
const word = fc.nat(2 ** 31 - 1).map(hashText);
/** An account in use for two weeks, with everything known of it: as large as they come but for hours. */
const summary = (hoursAtMost: number): fc.Arbitrary<AccountSummary> =>
  fc.record({
    account: fc.nat(1_000_000).map((n) => accountKey(String(n).padStart(22, 'k'))),
    at: fc.nat(1_000_000).map((n) => FROM * HOUR + n),
    facts: fc.record(
      {
        createdAt: fc.nat(2_000_000_000).map((n) => 1_700_000_000_000 + n),
        organization: word,
        plan: fc.constantFrom(...PLANS),
        emailDomain: word,
        paymentInstrument: word,
        paymentIssuer: word,
        paymentCountry: fc.constantFrom('US', 'DE'),
        signupIp: word,
        signupPrefix: word,
        signupFingerprint: word,
        referrer: word,
      },
      { requiredKeys: [] },
    ),
    exchanges: fc.nat(100_000),
    prevented: fc.nat(100_000),
    inputTokens: fc.nat(2 ** 31 - 1),
    outputTokens: fc.nat(2 ** 31 - 1),
    statuses: some(['ok', 'error', 'refused', 'limited', 'blocked']),
    models: some(['model-large', 'model-small', 'model-next']),
    tasks: some(['coding', 'math', 'writing', 'translation', 'agents']),
    channels: some(['api', 'console']),
    languages: some(['en', 'de', 'zh', 'ja']),
    countries: some(['US', 'DE', 'CN']),
    distinct: some(['ips', 'prefixes', 'clients', 'keys', 'systems', 'templates']),
    elicitsReasoning: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => share + 0),
    hours: fc
      .uniqueArray(fc.nat(335), { maxLength: hoursAtMost })
      .chain((at) =>
        fc
          .array(fc.tuple(fc.nat(60), fc.constantFrom(0, 0, 0, 7)), { minLength: at.length, maxLength: at.length })
          .map((counts) => [...at].sort((a, b) => a - b).map((hour, i): [number, number, number] => [(FROM + hour) * HOUR, ...counts[i]!])),
      ),
  });

describe('the summary of an account, packed', () => {
  test('property: is read as it was written; one with a hundred active hours takes one write unit', () => {
    const sizes: number[] = [];
    fc.assert(
      fc.property(summary(336), (one) => {
        const packed = packSummary(one);
        expect(unpackSummary(packed)).toEqual(one);
        // Names of attributes, keys and a number stand beside it in the row.
        if (one.hours.length <= 100) sizes.push(packed.length + 70);
      }),
      { numRuns: 300 },
    );
    expect(sizes.length).toBeGreaterThan(60);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1024);
  });

  const ONE: AccountSummary = {
    account: accountKey('k'.repeat(22)),
    at: FROM * HOUR,
    facts: { createdAt: 1_700_000_000_000, plan: 'paid', emailDomain: hashText(7) },
    exchanges: 12,
    prevented: 1,
    inputTokens: 300,
    outputTokens: 900,
    statuses: { ok: 12, error: 0, refused: 0, limited: 0, blocked: 1 },
    models: { 'model-large': 12 },
    tasks: {},
    channels: { api: 12 },
    languages: { en: 12 },
    countries: { US: 12 },
    distinct: { ips: 2, prefixes: 1, clients: 1, keys: 1, systems: 0, templates: 3 },
    hours: [
      [FROM * HOUR, 7, 0],
      [(FROM + 5) * HOUR, 5, 1],
    ],
  };

  test('rows that were written before are read: by an older version, and with this very text', () => {
    expect(unpackSummary(gzipSync(JSON.stringify(ONE)))).toEqual(ONE);
    expect(unpackSummary(Buffer.from(WRITTEN, 'base64'))).toEqual(ONE);
  });

  test('what is damaged is refused', () => {
    const packed = packSummary(ONE);
    expect(() => unpackSummary(packed.subarray(0, packed.length - 5))).toThrow();
    expect(() => unpackSummary(Uint8Array.of(9, 9, 9))).toThrow();
  });
});

const WRITTEN =
  'AqtWSkwGOwaUurECJR2lRHA6szAwMjcyAAMdHEnRAAHwpykkhQbm6JFshBLLhmixbAwyGzWeLUFCGDFtRFJUG2KJ6pzEovRUkEmEYtkIWzSDRTEiGiyKEdVGFES1cW0tw47pcuwMrKyMAA==';
