import { DEEPEST, JsonScan } from '../../../functions/ingest/records/json-scan';
import { type Found, JsonValues, LARGEST_VALUE, valuesIn } from '../../../functions/ingest/records/json-values';
import { fc } from '../../support/property';

const shown = (found: readonly Found[]) => found.map((one) => (one.kind === 'value' ? one.value : `${one.code} ${one.text}`));
const inPieces = (bytes: Uint8Array, cuts: readonly number[]): Found[] => {
  const values = new JsonValues();
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  const found: Found[] = [];
  for (const place of [...places, bytes.length]) {
    found.push(...values.push(bytes.subarray(from, place)));
    from = place;
  }
  return [...found, ...values.end()];
};

const [A, B, C] = [{ a: 1, t: 'x{]"\\y' }, { b: [1, { c: null }] }, { c: {} }];
const [a, b, c] = [A, B, C].map((one) => JSON.stringify(one));
const pretty = (value: unknown, indent: number | string = 2) => JSON.stringify(value, null, indent);

describe('JSON values one after another', () => {
  test.each<[string, string, unknown[]]>([
    ['a line each', `${a}\n${b}\n${c}\n`, [A, B, C]],
    ['no last line feed', `${a}\n${b}`, [A, B]],
    ['CRLF', `${a}\r\n${b}\r\n`, [A, B]],
    ['no line feeds', `${a}${b}${c}`, [A, B, C]],
    ['spaces between', ` ${a}  ${b}\t${c} `, [A, B, C]],
    ['several on a line, then a line', `${a}${b}\n${c}\n`, [A, B, C]],
    ['pretty', `${pretty(A)}\n${pretty(B)}\n`, [A, B]],
    ['pretty without line feeds between', pretty(A) + pretty(B), [A, B]],
    ['pretty, braces in the first column', `${pretty(A, '').replace(/,/g, ',\n')}\n${b}`, [A, B]],
    ['a list', `[${a},${b}]`, [A, B]],
    ['a pretty list', pretty([A, B, C]), [A, B, C]],
    ['a list with an element a line', `[\n${a},\n${b}\n]\n`, [A, B]],
    ['a list a line', `[${a},${b}]\n[${c}]\n`, [A, B, C]],
    ['lists without line feeds', `[${a}][${b},${c}]`, [A, B, C]],
    ['an empty list, empty objects', '[]\n{}\n[{}]', [{}, {}]],
    ['scalars in a list', '[1, "a, ]", null, true]', [1, 'a, ]', null, true]],
    ['a mark before every value', `\uFEFF${a}\n\uFEFF${b}\uFEFF[${c}]`, [A, B, C]],
    ['record separators (RFC 7464)', `\x1e${a}\n\x1e${b}\n`, [A, B]],
    ['a comma behind each line', `${a},\n${b},\n`, [A, B]],
    ['nothing', '', []],
    ['blank', '\n \n\r\n\t', []],
    ['a mark and nothing', '\uFEFF', []],
  ])('%s', (_, text, values) => expect(shown(valuesIn(text))).toEqual(values));
});

describe('damage costs its line', () => {
  test.each<[string, string, unknown[]]>([
    ['a line that is cut', `${a}\n{"half": \n${b}\n`, [A, 'not-json {"half":', B]],
    ['a line that is cut in a string', `${a}\n{"half": "x\n${b}\n`, [A, 'not-json {"half": "x', B]],
    ['text', `${a}\nno JSON at all\n${b}\n`, [A, 'not-json no JSON at all', B]],
    ['the end is missing', `${a}\n{"half": {"x": 1`, [A, 'not-json {"half": {"x": 1']],
    ['a list that is cut', `[${a},{"half":`, [A, 'not-json {"half":']],
    ['NaN spoils its own record', `[{"x":NaN},${a}]\n{"y":-Infinity}\n${b}`, ['not-json {"x":NaN}', A, 'not-json {"y":-Infinity}', B]],
    ['a pretty value with a mistake is kept whole', `{\n  "x": 1\n  "y": 2\n}\n${a}`, ['not-json {\n  "x": 1\n  "y": 2\n}', A]],
    ['another bracket closes', `{"x": [1}\n${a}`, ['not-json {"x": [1}', A]],
    ['too deep', `${'['.repeat(0)}{"x":${'['.repeat(DEEPEST)}\n${a}`, [`not-json {"x":${'['.repeat(DEEPEST)}`, A]],
    ['only brackets', '[[[[', []],
  ])('%s', (_, text, values) => expect(shown(valuesIn(text))).toEqual(values));

  test('the line of each, pretty or not', () => {
    const text = `\n${a}\nbad\n${pretty(B)}\n\n[\n${c},\n{"x":NaN}]\n${a}`;
    expect(valuesIn(text).map(({ line }) => line)).toEqual([
      2,
      3,
      4,
      4 + pretty(B).split('\n').length + 2,
      4 + pretty(B).split('\n').length + 3,
      4 + pretty(B).split('\n').length + 4,
    ]);
  });
});

test('cut anywhere, the same is found', () => {
  const separators = fc.constantFrom('\n', '', ' ', '\r\n', '\uFEFF', ',\n', '\n\n');
  const texts = fc.oneof(
    fc.object().map((value) => JSON.stringify(value)),
    fc.object().map((value) => pretty(value)),
    fc.array(fc.object({ maxDepth: 1 })).map((value) => JSON.stringify(value)),
    fc.array(fc.object({ maxDepth: 1 })).map((value) => pretty(value, 1)),
    fc.constantFrom('{"half":\n', 'bad\n', '{"x": NaN}\n', '{"s":"\n', '{"a":1 2}\n', '[1,\n', '{\n "a" 1\n}\n'),
  );
  let damaged = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(texts, separators), { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 8 }), (parts, cuts) => {
      const bytes = Buffer.from(parts.flat().join(''), 'utf8');
      const whole = valuesIn(bytes);
      damaged += whole.filter(({ kind }) => kind === 'damaged').length;
      expect(inPieces(bytes, cuts)).toEqual(whole);
    }),
    { numRuns: 1_000 },
  );
  expect(damaged).toBeGreaterThan(100);
});

test('whatever is well formed is found whole: a line each, pretty, in lists', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.object(), { minLength: 1, maxLength: 3 })), fc.constantFrom(undefined, 1, '\t'), (lists, indent) => {
      const text = lists.map((list) => JSON.stringify(list.length === 1 ? list[0] : list, null, indent)).join('\n');
      expect(shown(valuesIn(text))).toEqual(lists.flat().map((value) => JSON.parse(JSON.stringify(value))));
    }),
    { numRuns: 500 },
  );
});

describe('a value at its largest', () => {
  const line = (bytes: number) => `{"x":"${'y'.repeat(bytes - 8)}"}`;
  const pushed = (text: string, size = 1 << 20) => {
    const values = new JsonValues();
    const found: Found[] = [];
    for (let at = 0; at < text.length; at += size) found.push(...values.push(Buffer.from(text.slice(at, at + size))));
    return [...found, ...values.end()];
  };
  test.each([
    [LARGEST_VALUE - 1, 'value'],
    [LARGEST_VALUE, 'value'],
    [LARGEST_VALUE + 1, 'too-large'],
    [3 * LARGEST_VALUE, 'too-large'],
  ])('%d bytes: %s; what stands around it is read', (bytes, outcome) => {
    for (const text of [`${a}\n${line(bytes)}\n${b}\n`, `[${a},${line(bytes)},${b}]`, `${a}${line(bytes)}${b}`]) {
      const found = pushed(text);
      expect(found.map((one) => (one.kind === 'value' ? 'value' : one.code))).toEqual(['value', outcome, 'value']);
    }
  });
  test('a line without end that is no JSON', () => {
    const found = pushed(`${a}\n${'x'.repeat(3 * LARGEST_VALUE)}\n${b}`);
    expect(found.map((one) => (one.kind === 'value' ? 'value' : one.code))).toEqual(['value', 'too-large', 'value']);
    expect(found[1]).toMatchObject({ line: 2 });
  });
});

test('no byte is looked at more often than there are levels: counted, not timed', () => {
  // Every line opens an object that is never closed: each is tried as the beginning of a value over several lines.
  const lines = 2_000;
  const text = '{"a":\n'.repeat(lines);
  let looked = 0;
  const bytes = new Proxy(Buffer.from(text), {
    get(target, name) {
      if (typeof name === 'string' && /^\d+$/.test(name)) looked++;
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  for (let line = 0; line < lines; line++) new JsonScan().next(bytes, line * 6, text.length);
  expect(looked).toBeLessThan((DEEPEST + 2) * text.length);
  expect(valuesIn(text)).toHaveLength(lines);
});
