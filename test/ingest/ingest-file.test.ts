import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { fileLines } from '../../functions/ingest/file-lines';
import { ingestFile } from '../../functions/ingest/ingest-file';
import { LineSplitter, textsOf } from '../../functions/ingest/line-splitter';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { manifestOf } from '../../shared/stores/manifest-store';

const now = Date.UTC(2026, 5, 1, 12);
const hour = now - 3_600_000;
const event = (id: number) =>
  JSON.stringify({
    specversion: '1.0',
    type: 'lockstep.usage.v1',
    source: 'gateway',
    id: `e-${id}`,
    time: new Date(hour + id).toISOString(),
    subject: `account-${id % 7}`,
    data: { model: 'atlas-5', inputTokens: 1, outputTokens: 2 },
  });
const file = (count: number) => Buffer.from(`${Array.from({ length: count }, (_, id) => event(id)).join('\n')}\n`);

const world = () => {
  const clock = new SimulatedClock(now);
  return {
    archive: new MemoryObjectStore(),
    inbox: new MemoryObjectStore(),
    features: new MemoryTable(clock),
    clock,
    segments: 1,
    hasher: new KeyedHasher('k'.repeat(64)),
  };
};

describe('a dropped file', () => {
  test.each([
    ['plain', (bytes: Buffer) => bytes],
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['gzip in several members', (bytes: Buffer) => Buffer.concat([gzipSync(bytes.subarray(0, 1000)), gzipSync(bytes.subarray(1000))])],
  ])('%s: every event is listed in the manifest, and the file is removed', async (_, pack) => {
    const ports = world();
    await ports.inbox.put('drop/file', pack(file(21_000)));
    expect(await ingestFile('drop/file', ports)).toEqual({ kind: 'ingested', accepted: 21_000, rejected: 0 });
    const rows = (await manifestOf(ports.features, hour)).flatMap(({ places }) => places.map((place) => place.rows));
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(21_000);
    expect(rows).toHaveLength(2);
    expect(await ports.inbox.get('drop/file')).toBeUndefined();
  });

  test('a line that is no event is kept with its reason, the others go on', async () => {
    const ports = world();
    await ports.inbox.put('f', Buffer.concat([file(3), Buffer.from('{"half": \n')]));
    expect(await ingestFile('f', ports)).toEqual({ kind: 'ingested', accepted: 3, rejected: 1 });
  });

  test('cut in the middle: what came before counts, the file stays, and it says why', async () => {
    const ports = world();
    const whole = gzipSync(file(25_000));
    await ports.inbox.put('f', whole.subarray(0, whole.length - 5_000));
    const result = await ingestFile('f', ports);
    expect(result).toMatchObject({ kind: 'unreadable', because: 'the file is not complete gzip (Z_BUF_ERROR)' });
    expect(result.kind === 'unreadable' && result.accepted).toBeGreaterThan(20_000);
    expect(await ports.inbox.get('f')).toBeDefined();
  });

  test('delivered again after it was ingested: an answer, not an error', async () => {
    expect(await ingestFile('f', world())).toMatchObject({ kind: 'gone' });
  });

  test('ingested twice because of a crash before its removal: the same chunk', async () => {
    const ports = world();
    await ports.inbox.put('f', file(100));
    await ingestFile('f', ports);
    await ports.inbox.put('f', file(100));
    await ingestFile('f', ports);
    expect(await manifestOf(ports.features, hour)).toHaveLength(1);
  });
});

describe('the lines of a file', () => {
  const lines = async (...chunks: Buffer[]) => {
    async function* all() {
      yield* chunks;
    }
    const read: string[] = [];
    for await (const lines of fileLines(all())) read.push(...textsOf(lines));
    return read;
  };

  test('several zstd frames are read to the end (Node stops after the first)', async () => {
    // printf 'one\ntwo\n' | zstd; printf 'three\n' | zstd
    const frames = Buffer.from('28b52ffd04584100006f6e650a74776f0ae6a60e4028b52ffd045831000074687265650ad706fd28', 'hex');
    expect(await lines(frames)).toEqual(['one', 'two', 'three']);
    expect(await lines(frames.subarray(0, 7), frames.subarray(7, 30), frames.subarray(30))).toEqual(['one', 'two', 'three']);
  });
  test('a cut zstd frame throws', async () => {
    await expect(lines(Buffer.from('28b52ffd04584100006f6e650a7477', 'hex'))).rejects.toThrow();
  });
  test('a character and a line may be cut anywhere', async () => {
    const text = Buffer.from('ü\n\n€\nlast');
    expect(await lines(...Array.from(text, (byte) => Buffer.from([byte])))).toEqual(['ü', '', '€', 'last']);
  });
  test('cut anywhere, they are those of the whole text as a decoder reads it', async () => {
    const bytes = fc.array(
      fc.oneof(fc.constantFrom(10, 0xef, 0xbb, 0xbf, 0xc3, 0xbc, 0xe2, 0x82, 0xac, 0xf0, 0x9f), fc.integer({ min: 0, max: 255 })),
      {
        maxLength: 40,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 6 }), async (pieces) => {
        const splitter = new LineSplitter();
        const read = pieces.flatMap((piece) => textsOf(splitter.push(Uint8Array.from(piece))));
        const whole = new TextDecoder().decode(Uint8Array.from(pieces.flat())).split('\n');
        // Behind the last line feed there is a line only if there is something.
        expect([...read, ...textsOf(splitter.end())]).toEqual(whole.at(-1) === '' ? whole.slice(0, -1) : whole);
      }),
      { numRuns: 500 },
    );
  });
  test('an empty file has none', async () => {
    expect(await lines()).toEqual([]);
  });
});
