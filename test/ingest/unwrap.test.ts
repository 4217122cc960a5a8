import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { textsOf } from '../../functions/ingest/line-splitter';
import { unwrap } from '../../functions/ingest/unwrap';

const textsIn = (body: string): string[] => {
  const unwrapped = unwrap(body);
  return unwrapped.kind === 'lines' ? textsOf(unwrapped.lines) : [unwrapped.rejection.code];
};

test('the elements of a list, however it is written, packed or not', () => {
  const indent = fc.constantFrom<string | number | undefined>(undefined, 1, '\t');
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), indent, fc.boolean(), (list, space, isPacked) => {
      const text = ` ${JSON.stringify(list, null, space)}\n`;
      const read = textsIn(isPacked ? gzipSync(text).toString('base64') : text);
      expect(read.map((one): unknown => JSON.parse(one))).toEqual(JSON.parse(text));
    }),
    { numRuns: 1_000 },
  );
});

test('a list that is cut is no list', () => {
  expect(textsIn('[{"id":"1"},{"id":')).toEqual(['not-json']);
});
