import fc from 'fast-check';
import { rowOf, type UsageRow } from '../../functions/ingest/usage-row';
import { UsualLines } from '../../functions/ingest/usual-line';
import { STATUSES, UsageEvent } from '../../shared/contract/event';
import { fingerprintPrompt, fingerprintText } from '../../shared/contract/prompt-fingerprint';
import { KeyedHasher } from '../../shared/identity/keyed-hash';

const hasher = new KeyedHasher('k'.repeat(64));
const full = {
  specversion: '1.0',
  type: 'lockstep.usage.v1',
  source: 'gateway',
  id: 'e-1',
  time: '2026-04-22T00:00:03.125Z',
  subject: 'account-1',
  data: {
    model: 'atlas-5',
    inputTokens: 812,
    outputTokens: 2204,
    status: 'ok',
    durationMs: 70,
    apiKey: 'key-1',
    channel: 'api',
    network: { ip: '203.0.113.9', asn: 64_500, country: 'SG' },
    client: { userAgent: 'python-httpx/0.28', fingerprint: 't13d' },
    prompt: { system: 'Be "brief".\n', text: 'Write 3 functions that …\tand 𝒮 for Émile\\' },
    tools: 3,
    labels: { task: 'coding', language: 'en', elicitsReasoning: 0.137, grading: 1, scores: { spam: 0.5, '7': 0 } },
  },
};

type Tree = { [name: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;
const pathsOf = (value: Tree, above: string[] = []): string[][] =>
  Object.entries(value).flatMap(([name, part]) => [[...above, name], ...(isTree(part) ? pathsOf(part, [...above, name]) : [])]);
const PATHS = [
  ...pathsOf(full),
  ...[
    ['extra'],
    ['__proto__'],
    ['data', 'extra'],
    ['data', 'network', 'extra'],
    ['data', 'prompt', 'fingerprint'],
    ['data', 'labels', 'scores'],
    ['data', 'labels', 'scores', 'x'],
  ],
];

/** The same with the value at a path replaced, or left out for `undefined`. */
function changed(event: Tree, [name = '', ...below]: string[], value: unknown): Tree {
  const part = event[name];
  const { [name]: _, ...rest } = event;
  if (below.length === 0) return value === undefined ? rest : { ...rest, [name]: value };
  return isTree(part) ? { ...rest, [name]: changed(part, below, value) } : event;
}

const lengths = [0, 1, 2, 3, 64, 65, 128, 129, 255, 512, 513, 1024, 1025].map((n) => 'x'.repeat(n));
const value = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, [], {}, ...lengths, ...STATUSES, '1.0', 'lockstep.account.v1'),
  fc.constantFrom<unknown>(-1, -0, 0, 0.5, 1, 1.5, 0.1 + 0.2, 1e-7, 4_294_967_295, 4_294_967_296, 2 ** 53, 1e300),
  fc.constantFrom<unknown>('2026-04-22T00:00:03Z', '2026-02-29T00:00:03.125Z', '2026-04-22T02:00:03.125+02:00', 'yesterday'),
  fc.constantFrom<unknown>(fingerprintText(fingerprintPrompt({ text: 'Sort this list, please' })), `f1.${'0'.repeat(16)}`),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.string({ unit: 'grapheme' }),
  fc.jsonValue(),
);
const change = fc.tuple(fc.constantFrom(...PATHS), value);
const event = fc
  .array(change, { maxLength: 3 })
  .map((changes) => changes.reduce((made, [path, to]) => changed(made, path, to), full as Tree));
/** As producers write JSON: without spaces, with them behind colons and commas, over several lines, or in ASCII only. */
const written = fc.tuple(event, fc.constantFrom('plain', 'spaced', 'indented', 'ascii')).map(([made, form]) => {
  const text = JSON.stringify(made, null, form === 'indented' ? 1 : undefined);
  if (form === 'spaced') return text.replaceAll('":', '": ').replaceAll(',"', ', "');
  return form === 'ascii' ? text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : text;
});

const usual = new UsualLines(hasher);
/** Read where it lies between other bytes; a copy, for the row is filled again by the next event. */
function read(line: Uint8Array): UsageRow | undefined {
  const bytes = Buffer.concat([Buffer.from('{"\n'), line, Buffer.from('\n{"specversion":"1.0"}')]);
  const row = usual.read(bytes, 3, 3 + line.length);
  return row && { ...row };
}
/** What the schema makes of it; `undefined` when it refuses. */
function bySchema(line: Uint8Array): UsageRow | undefined {
  try {
    const parsed = UsageEvent.safeParse(JSON.parse(new TextDecoder().decode(line)));
    return parsed.success ? rowOf(parsed.data, Date.parse(parsed.data.time), hasher) : undefined;
  } catch {
    return undefined;
  }
}

test('what it takes for usual has the row that the schema gives', () => {
  let taken = 0;
  fc.assert(
    fc.property(written, (text) => {
      const line = Buffer.from(text);
      const row = read(line);
      if (!row) return;
      taken++;
      expect(row).toEqual(bySchema(line));
    }),
    { numRuns: 20_000 },
  );
  expect(taken).toBeGreaterThan(2_000);
});

test('nor does it take what JSON.parse would not, wherever bytes were changed, put in or left out', () => {
  const bytes = fc.constantFrom(
    ...[...'"\\{}[],: \n0123456789.-eEutrfnulabdx\''].map((sign) => sign.charCodeAt(0)),
    0,
    9,
    31,
    127,
    128,
    0xc2,
    0xe2,
    0xff,
  );
  const edit = fc.record({ at: fc.nat(900), out: fc.nat(2), put: fc.array(bytes, { maxLength: 2 }) });
  let taken = 0;
  fc.assert(
    fc.property(written, fc.array(edit, { minLength: 1, maxLength: 2 }), (text, edits) => {
      const line = [...Buffer.from(text)];
      for (const { at, out, put } of edits) line.splice(at % (line.length + 1), out, ...put);
      // A line has no line feed in it.
      const whole = Buffer.from(line.filter((byte) => byte !== 10));
      const row = read(whole);
      if (!row) return;
      taken++;
      expect(row).toEqual(bySchema(whole));
    }),
    { numRuns: 20_000 },
  );
  expect(taken).toBeGreaterThan(500);
});

describe('usual is', () => {
  const { model, inputTokens, outputTokens } = full.data;
  test.each([
    ['an event with every field', JSON.stringify(full)],
    ['with those only that it must have', JSON.stringify({ ...full, data: { model, inputTokens, outputTokens } })],
    ['with the fields in another order', JSON.stringify(Object.fromEntries(Object.entries(full).reverse()))],
    ['with a field that nobody reads', JSON.stringify({ datacontenttype: 'application/json', ...full })],
    [
      'with a fingerprint in place of a prompt',
      JSON.stringify(changed(full, ['data', 'prompt'], { fingerprint: fingerprintText(fingerprintPrompt({ text: 'a' })) })),
    ],
    ['as Python writes it', JSON.stringify(full).replaceAll('":', '": ').replaceAll(',"', ', "')],
    ['with a carriage return behind it', `${JSON.stringify(full)}\r`],
  ])('%s', (_, line) => {
    expect(read(Buffer.from(line))).toEqual(bySchema(Buffer.from(line.trimEnd())));
    expect(read(Buffer.from(line))).toBeDefined();
  });
});

describe('left to the schema is', () => {
  test.each([
    ['another type', changed(full, ['type'], 'lockstep.account.v1')],
    ['a score of a name that every object has', changed(full, ['data', 'labels', 'scores'], { toString: 0.5 })],
    ['an identifier beyond ASCII', changed(full, ['subject'], 'Ümit')],
    ['a time in another zone', changed(full, ['time'], '2026-04-22T02:00:03+02:00')],
    ['a fingerprint that is none', changed(full, ['data', 'prompt', 'fingerprint'], 'f1')],
  ])('%s', (_, made) => {
    expect(read(Buffer.from(JSON.stringify(made)))).toBeUndefined();
  });
  test('a name that is there twice: the last one counts', () => {
    expect(read(Buffer.from(JSON.stringify(full).replace('"id":"e-1"', '"id":"e-1","id":"e-2"')))).toBeUndefined();
  });
  test.each([
    ['a byte that begins nothing', [0x80]],
    ['too long a form', [0xe0, 0x9f, 0xbf]],
    ['too long a form of four', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['half of a pair', [0xed, 0xa0, 0x80]],
    ['beyond the last character', [0xf4, 0x90, 0x80, 0x80]],
    ['one that is cut', [0xe2, 0x82]],
  ])('broken UTF-8 in a prompt: %s', (_, broken) => {
    const [before = '', behind = ''] = JSON.stringify(full).split('…');
    expect(read(Buffer.from(`${before}€${behind}`))).toBeDefined();
    expect(read(Buffer.concat([Buffer.from(before), Buffer.from(broken), Buffer.from(behind)]))).toBeUndefined();
  });
});
