import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { blocksOf } from '../../cli/replay/read-blocks';
import { UnreadableInput, valuesOf } from '../../cli/replay/read-events';
import { FileReplay } from '../../cli/replay/replay-files';
import type { Refused } from '../../functions/ingest/read-messages';
import { Pipeline } from '../../local/pipeline';
import recommended from '../../policies/recommended.json';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';

const START = Date.UTC(2026, 3, 22);
const iso = (at: number): string => new Date(at).toISOString();
const event = (number: number, change: object = {}): string =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${number}`,
    time: iso(START + number * MINUTE),
    subject: `account-${number % 3}`,
    data: { model: 'atlas-5', inputTokens: 1, outputTokens: 2 },
    ...change,
  });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-replay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const file = (content: string | Buffer, name = 'events.ndjson'): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

async function replayed(...files: string[]) {
  const policy = Policy.parse(recommended);
  const secret = 'k'.repeat(64);
  const refused: (Refused & { file: string })[] = [];
  const replay = new FileReplay(
    (start) => new Pipeline({ policy, secret, start, detectEvery: HOUR }),
    () => {},
    (some) => refused.push(...some.map((one) => ({ ...one, file: one.message }))),
  );
  const failure: unknown = await replay.run(blocksOf({ files, secret, detectEvery: HOUR })).then(
    () => undefined,
    (error: unknown) => error,
  );
  await replay.finish();
  return { replay, failure, accepted: replay.pipeline?.counts.accepted ?? 0, rejected: refused };
}

describe('a line that is no event is set aside with its reason and its number; the good ones around it are kept', () => {
  const { time: _, ...timeless }: { time?: string } = JSON.parse(event(2));
  test.each([
    ['not JSON', '{"half": ', 'not-json', undefined],
    ['a list in which one stands', '[7]', 'not-an-object', undefined],
    ['a number', '7', 'not-an-object', undefined],
    ['no type', event(2, { type: undefined }), 'unknown-type', 'type'],
    ['an unknown type', event(2, { type: 'other.v1' }), 'unknown-type', 'type'],
    ['no subject', event(2, { subject: undefined }), 'invalid-field', 'subject'],
    ['no time', JSON.stringify(timeless), 'invalid-field', 'time'],
    ['a time that is none', event(2, { time: 'yesterday' }), 'invalid-field', 'time'],
    ['no data', event(2, { data: undefined }), 'invalid-field', 'data'],
    ['tokens as text', event(2, { data: { model: 'm', inputTokens: '1', outputTokens: 2 } }), 'invalid-field', 'data.inputTokens'],
    ['negative tokens', event(2, { data: { model: 'm', inputTokens: 1, outputTokens: -2 } }), 'invalid-field', 'data.outputTokens'],
    [
      'a status that is no word',
      event(2, { data: { model: 'm', inputTokens: 1, outputTokens: 2, status: 7 } }),
      'invalid-field',
      'data.status',
    ],
    [
      'a broken fingerprint',
      event(2, { data: { model: 'm', inputTokens: 1, outputTokens: 2, prompt: { fingerprint: 'f1.x' } } }),
      'invalid-field',
      'data.prompt.fingerprint',
    ],
    ['a date long ago', event(2, { time: iso(START - 15 * DAY) }), 'late', 'time'],
    ['a date far ahead', event(2, { time: iso(START + 400 * DAY) }), 'early', 'time'],
  ])('%s', async (_, bad, code, field) => {
    const { failure, replay, accepted, rejected } = await replayed(file([event(0), event(1), bad, event(3), event(4)].join('\n')));
    expect(failure).toBeUndefined();
    expect([replay.read, accepted]).toEqual([5, 4]);
    expect(rejected.map((one) => [one.code, one.field, one.line])).toEqual([[code, field, 3]]);
    expect(rejected[0]?.because.length).toBeGreaterThan(5);
    expect(rejected[0]?.fix.length).toBeGreaterThan(5);
  });

  test('a reason never contains what the line contained; the record beside it does', async () => {
    const { rejected } = await replayed(file(`${event(0)}\nsecret prompt of somebody\n${event(1, { type: 'secret' })}\n`));
    expect(rejected).toHaveLength(2);
    for (const { because, fix } of rejected) expect(because + fix).not.toContain('secret');
    expect(rejected.map(({ record }) => JSON.stringify(record))).toEqual([
      expect.stringContaining('secret'),
      expect.stringContaining('secret'),
    ]);
  });
});

describe('line numbers and counts', () => {
  test('empty lines and CRLF: not read, but counted as lines', async () => {
    const { replay, accepted, rejected } = await replayed(file(`\r\n${event(0)}\r\n\r\n\nbad\r\n${event(1)}\r\n\n`));
    expect([replay.read, accepted]).toEqual([3, 2]);
    expect(rejected.map(({ line }) => line)).toEqual([5]);
  });
  test('each file counts from one, and is named', async () => {
    const one = file(`${event(0)}\nbad\n`, 'one');
    const two = file(`${event(1)}\n${event(2)}\nbad\n`, 'two');
    const { accepted, rejected } = await replayed(one, two);
    expect(accepted).toBe(3);
    expect(rejected.map((rejection) => [rejection.file, rejection.line])).toEqual([
      [one, 2],
      [two, 3],
    ]);
  });
  test('right over blocks that end because time went on', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => (index % 100 === 57 ? 'bad' : event(index * 2)));
    const { accepted, rejected } = await replayed(file(lines.join('\n')));
    expect(accepted).toBe(396);
    expect(rejected.map(({ line }) => line)).toEqual([58, 158, 258, 358]);
  });
});

describe('files', () => {
  test('an empty file, and one of empty lines, has no events and is no failure', async () => {
    for (const content of ['', '\n\n']) {
      const { failure, replay } = await replayed(file(content));
      expect([failure, replay.read]).toEqual([undefined, 0]);
    }
  });
  test('gzip reads as the plain file does', async () => {
    const { accepted } = await replayed(file(gzipSync([event(0), event(1)].join('\n')), 'events.gz'));
    expect(accepted).toBe(2);
  });
  test('cut gzip: every complete line before the cut counts, then it says where and what to do', async () => {
    const whole = gzipSync(Array.from({ length: 30_000 }, (_, i) => event(0, { id: `${i}`, subject: `${(i * 7919) % 9973}` })).join('\n'));
    const { failure, replay, accepted, rejected } = await replayed(file(whole.subarray(0, whole.length * 0.8), 'events.gz'));
    expect(failure).toBeInstanceOf(UnreadableInput);
    expect(String(failure)).toMatch(/damaged after line \d+ .*get the file again/);
    expect(accepted).toBeGreaterThan(15_000);
    expect(accepted).toBeLessThan(30_000);
    expect(replay.read - accepted).toBe(0);
    expect(rejected).toEqual([]);
  });
  test.each([
    ['missing', () => join(folder, 'nowhere'), 'no such file'],
    ['a folder', () => folder, 'not a file'],
  ])('%s: said in one line', async (_, path, because) => {
    const { failure } = await replayed(path());
    expect(failure).toBeInstanceOf(UnreadableInput);
    expect(String(failure)).toContain(because);
    expect(String(failure)).not.toContain('\n');
  });
  test('a last line without its line break is read', async () => {
    const values: unknown[] = [];
    for await (const found of valuesOf(file('{"a":1}\n{"b":2}'))) values.push(...found.map((one) => one.kind === 'value' && one.value));
    expect(values).toEqual([{ a: 1 }, { b: 2 }]);
  });
});

describe('one wrong date does not move the clock', () => {
  const far = iso(START + 30 * DAY);
  test.each([
    ['in the middle', [event(0), event(1), event(2, { time: far }), event(3), event(4)], 4, ['early']],
    ['at the end of the file', [event(0), event(1), event(2, { time: far })], 2, ['early']],
    ['twice, apart', [event(0), event(1, { time: far }), event(2), event(3, { time: far }), event(4)], 3, ['early', 'early']],
  ])('%s: it alone is early, the rest is on time', async (_, lines, kept, codes) => {
    const { replay, accepted, rejected } = await replayed(file(lines.join('\n')));
    expect([accepted, rejected.map(({ code }) => code)]).toEqual([kept, codes]);
    expect(replay.to).toBeLessThan(START + HOUR);
  });
  test.each([
    ['a clock that is 93 minutes ahead', [event(0), event(93), event(1)], 2, ['early']],
    ['its time comes', [event(0), event(93), event(1), event(80), event(85), event(95), event(104)], 7, []],
    ['a gap at the end, which nothing contradicts', [event(0), event(93)], 2, []],
  ])('%s', async (_, lines, kept, codes) => {
    const { accepted, rejected } = await replayed(file(lines.join('\n')));
    expect([accepted, rejected.map(({ code }) => code)]).toEqual([kept, codes]);
  });
  test('a gap in the traffic that the next event confirms does move it', async () => {
    const later = START + 2 * DAY;
    const lines = [event(0), event(1, { time: iso(later) }), event(2, { time: iso(later + MINUTE) })];
    const { replay, accepted, rejected } = await replayed(file(lines.join('\n')));
    expect([accepted, rejected]).toEqual([3, []]);
    expect(replay.to).toBe(later + MINUTE);
  });
});

test('an hour is folded once, whole: what came before a due time is taken before it', async () => {
  const path = file(Array.from({ length: 4 * 60 }, (_, minute) => event(minute)).join('\n'));
  const { replay } = await replayed(path);
  const { features } = replay.pipeline!.stores;
  for (const hour of ['2026-04-22T00', '2026-04-22T01', '2026-04-22T02']) {
    expect(await features.get(`F#${hour}`, 'PLAN')).toMatchObject({ version: 1 });
    expect((await features.query({ pk: `F#${hour}`, prefix: 'S#' })).items[0]).toMatchObject({ events: 60 });
  }
});
