import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { blocksAhead } from '../../cli/replay/read-ahead';
import { blocksOf, type ReadBlock, type Reading } from '../../cli/replay/read-blocks';
import { UnreadableInput } from '../../cli/replay/read-events';
import { isAsExpected } from '../../functions/ingest/ingest';
import { Restrictions } from '../../local/provider/restrictions';
import { HOUR, MINUTE } from '../../shared/domain/time';
import { frameOf } from '../../shared/formats/segment';
import { KeyedHasher } from '../../shared/identity/keyed-hash';

const START = Date.UTC(2026, 3, 22);
let folder = '';
let script = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-ahead-'));
  script = join(folder, 'thread.cjs');
  buildSync({
    stdin: {
      contents: `import { parentPort, workerData } from 'node:worker_threads';
        import { readAhead } from './cli/replay/read-ahead';
        void readAhead(parentPort, workerData);`,
      resolveDir: join(__dirname, '../..'),
    },
    bundle: true,
    platform: 'node',
    outfile: script,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const event = (number: number): string =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${number}`,
    time: new Date(START + number * MINUTE).toISOString(),
    subject: `account-${number % 7}`,
    data: { model: 'atlas-5', inputTokens: 1, outputTokens: number, prompt: { text: `Count to ${number} and say why` } },
  });
const lines = Array.from({ length: 900 }, (_, number) => (number % 100 === 57 ? 'bad' : event(number)));
const file = (content: string | Buffer, name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const reading = (...files: string[]): Reading => ({ files, secret: 'k'.repeat(64), detectEvery: HOUR });

/** What is handed on, with columns as the bytes that are kept of them; and what was thrown at the end. */
async function read(blocks: AsyncIterable<ReadBlock>) {
  const all: unknown[] = [];
  let failure: unknown;
  try {
    for await (const { events, ...facts } of blocks) {
      const frames = events.events.map(({ segment, columns, frame }) => {
        const bytes = Buffer.from(frameOf(columns)).toString('base64');
        if (frame) expect(Buffer.from(frame).toString('base64')).toBe(bytes);
        return [segment, bytes];
      });
      all.push({ ...facts, events: { ...events, events: frames } });
    }
  } catch (error) {
    failure = error;
  }
  return { all, failure };
}

test('a thread of its own hands on the same blocks, to the byte, however many there are', async () => {
  const files = [file(lines.join('\n'), 'one'), file(gzipSync(lines.slice(0, 40).join('\n')), 'two.gz'), file('', 'empty')];
  const here = await read(blocksOf(reading(...files)));
  const ahead = await read(blocksAhead(script, reading(...files)));
  expect(here.all.length).toBeGreaterThan(15);
  expect(ahead).toEqual(here);
  expect(ahead.failure).toBeUndefined();
});

test('cut gzip: every block before the damage, then the same complaint, at the same line', async () => {
  const whole = gzipSync(Array.from({ length: 5_000 }, (_, number) => event((number * 7919) % 4_999)).join('\n'));
  const cut = file(whole.subarray(0, whole.length * 0.8), 'cut.gz');
  const here = await read(blocksOf(reading(cut)));
  const ahead = await read(blocksAhead(script, reading(cut)));
  expect(ahead.failure).toBeInstanceOf(UnreadableInput);
  const where = /damaged after line \d+/;
  expect(where.exec(String(ahead.failure))?.[0]).toBe(where.exec(String(here.failure))?.[0]);
  expect(here.all.length).toBeGreaterThan(0);
  expect(ahead.all).toEqual(here.all);
});

test('a fault in the thread is thrown where the blocks are taken', async () => {
  const { failure } = await read(blocksAhead(script, { ...reading(file(lines.join('\n'), 'any')), secret: 'short' }));
  expect(String(failure)).toContain('at least 32 characters');
});

test('whoever takes no more ends the thread', async () => {
  const blocks = blocksAhead(script, reading(file(lines.join('\n'), 'long')));
  expect((await blocks.next()).done).toBe(false);
  await blocks.return(undefined);
  expect((await blocks.next()).done).toBe(true);
});

test('whom the gateway holds is read as prevented from then on; asked again, a block is what it is when nobody is held', async () => {
  const path = file(lines.join('\n'), 'held');
  const { key } = new KeyedHasher('k'.repeat(64)).account('account-1');
  const restrictions = new Restrictions();
  restrictions.hold({ account: key, at: START, effect: 'blocked' });
  const plain = await read(blocksOf(reading(path)));
  const framesOf = (events: ReadBlock['events']) => events.events.map(({ columns }) => Buffer.from(frameOf(columns)).toString('base64'));
  const reached = { blocks: 0, expected: 0, again: 0 };
  for await (const block of blocksAhead(script, reading(path), (count) => restrictions.after(count))) {
    for (const { columns, expected } of block.events.events) {
      reached.expected += expected.length;
      expect(expected.every((row) => columns.dictionaries.accounts[columns.columns.account[row]!] === key)).toBe(true);
    }
    expect(isAsExpected(block.events, restrictions.effect)).toBe(true);
    if (block.again) {
      expect(isAsExpected(block.events, () => undefined)).toBe(false);
      const whole = (plain.all[reached.blocks] as { events: { events: [number, string][] } }).events.events.map(([, bytes]) => bytes);
      expect(framesOf(await block.again())).toEqual(whole);
      reached.again++;
    }
    reached.blocks++;
  }
  expect(reached.blocks).toBe(plain.all.length);
  expect(reached.expected).toBeGreaterThan(50);
  // What was read before the thread knew is read in full.
  expect(reached.again).toBeGreaterThan(5);
  expect(reached.again).toBeLessThan(reached.blocks);
});
