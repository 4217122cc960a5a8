import fc from 'fast-check';
import { ByteMemo, HASH_SEED, hashed } from '../../functions/ingest/byte-memo';

const text = fc.string({ unit: fc.constantFrom(...'ab0'), maxLength: 70 });
/** From one hash for all texts to the one that is used. */
const hashes = fc.constantFrom<(bytes: Buffer) => number>(
  () => 7,
  (bytes) => bytes.length % 3,
  (bytes) => bytes.reduce(hashed, HASH_SEED),
);

test('whatever the hashes, it answers what is made of the text, and makes few things twice', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 400 }), hashes, (texts, hashOf) => {
      let made = 0;
      const memo = new ByteMemo((of) => {
        made++;
        return `made of ${of}`;
      });
      for (const one of [...texts, ...texts]) {
        const bytes = Buffer.from(`{"${one}":`);
        expect(memo.of(bytes, 2, 2 + one.length, hashOf(bytes.subarray(2, 2 + one.length)))).toBe(`made of ${one}`);
      }
      if (hashOf(Buffer.from('a')) === hashed(HASH_SEED, 97)) expect(made).toBe(new Set(texts).size);
    }),
    { numRuns: 200 },
  );
});

test('it forgets rather than grow without end', () => {
  const memo = new ByteMemo((of) => of.length);
  const found = (number: number): boolean => {
    const bytes = Buffer.from(String(number));
    return memo.find(bytes, 0, bytes.length, bytes.reduce(hashed, HASH_SEED)) >= 0;
  };
  let wrong = 0;
  for (let number = 0; number < 250_000; number++) {
    const bytes = Buffer.from(String(number));
    if (memo.of(bytes, 0, bytes.length, bytes.reduce(hashed, HASH_SEED)) !== bytes.length) wrong++;
  }
  expect(wrong).toBe(0);
  expect([found(0), found(249_999)]).toEqual([false, true]);
});
