import { createHmac } from 'node:crypto';
import { hmacUnder } from '../../shared/identity/hmac';
import { fc } from '../support/property';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
  fc.integer({ min: 0, max: 3_000 }).map((n) => '€'.repeat(n)),
);

test('the HMAC-SHA-256 that Node makes, for any key up to a block and any text, lone surrogates too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(text, { minLength: 1, maxLength: 3 }), (key, texts) => {
      const hmac = hmacUnder(key);
      for (const one of texts) expect(hmac(one)).toBe(createHmac('sha256', key).update(one).digest('hex'));
    }),
    { numRuns: 500 },
  );
});

test('RFC 4231, case 2', () => {
  expect(hmacUnder(Buffer.from('Jefe'))('what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test('a key longer than a block is refused', () => {
  expect(() => hmacUnder(new Uint8Array(65))).toThrow('65 bytes');
});
