import fc from 'fast-check';
import { z } from 'zod';
import { instantIn } from '../../shared/contract/instant';

const instantOf = (text: string): number | undefined => {
  const bytes = Buffer.from(`before${text}behind`);
  return instantIn(bytes, 6, bytes.length - 6);
};

const schema = z.iso.datetime({ offset: true });
const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
/** Texts of the usual form or nearly: days that are none, numbers too large, one character replaced. */
const nearly = fc
  .tuple(
    fc.constantFrom('2026', '2024', '1900', '2000', '0000', '9999', '1969'),
    two(13),
    two(32),
    two(25),
    two(61),
    two(61),
    fc.constantFrom('', '.', '.1', '.12', '.125', '.999999', '.123456789', '.1234567891', ',5'),
    fc.constantFrom('Z', '+00:00', '-00:00', '+02:00', '+0000', '', 'z'),
    fc.nat(34),
    fc.option(fc.constantFrom('0', ':', '-', 'T', 'Z', '.', ' ', '/', '٣'), { nil: undefined }),
  )
  .map(([year, month, day, hour, minute, second, fraction, zone, place, other]) => {
    const text = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${zone}`;
    return other === undefined ? text : text.slice(0, place) + other + text.slice(place + 1);
  });

test('where it answers, the schema takes the text and Date reads the same', () => {
  fc.assert(
    fc.property(nearly, (text) => {
      const at = instantOf(text);
      if (at !== undefined) expect([schema.safeParse(text).success, Date.parse(text)]).toEqual([true, at]);
    }),
    { numRuns: 20_000 },
  );
});

test.each([
  ['2026-04-22T00:00:03Z', 3_000],
  ['2026-04-22T00:00:03.1Z', 3_100],
  ['2026-04-22T00:00:03.125999Z', 3_125],
  ['2026-04-22T00:00:03.125999+00:00', 3_125],
  ['2026-04-22T00:00:03.123456789Z', 3_123],
])('it answers for %s', (text, after) => {
  expect(instantOf(text)).toBe(Date.UTC(2026, 3, 22) + after);
});

test('it answers for every time as Date writes it, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), (date) => {
      expect(instantOf(date.toISOString())).toBe(date.getTime());
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  '2026-04-22T00:00:03.Z',
  '2026-04-22T00:00:03',
  '2026-04-22T00:00:03.125+02:00',
  '2026-02-29T00:00:00.000Z',
  '2026-04-22T24:00:00.000Z',
  'yesterday, or the day b4',
  '',
])('not %s', (text) => {
  expect(instantOf(text)).toBeUndefined();
});
