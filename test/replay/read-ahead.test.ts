import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { blocksAhead } from '../../cli/replay/read-ahead';
import { blocksOf, type ReadBlock, type Reading } from '../../cli/replay/read-blocks';
import { UnreadableInput } from '../../cli/replay/read-events';
import { HOUR, MINUTE } from '../../shared/domain/time';
import { frameOf } from '../../shared/formats/segment';

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
