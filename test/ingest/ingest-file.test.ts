import { gzipSync } from 'node:zlib';
import { ingestFile } from '../../functions/ingest/ingest-file';
import { fileValues } from '../../functions/ingest/records/file-values';
import { Damaged, inflated } from '../../functions/ingest/records/inflate';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { manifestOf } from '../../shared/stores/archive/manifest-store';

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

const dropped = (key: string, { inbox }: { inbox: MemoryObjectStore }) => ({ bucket: inbox, key, remove: true });

describe('a dropped file', () => {
  test.each([
    ['plain', (bytes: Buffer) => bytes],
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['gzip in several members', (bytes: Buffer) => Buffer.concat([gzipSync(bytes.subarray(0, 1000)), gzipSync(bytes.subarray(1000))])],
  ])('%s: every event is listed in the manifest, and the file is removed', async (_, pack) => {
    const ports = world();
    await ports.inbox.put('drop/file', pack(file(21_000)));
    expect(await ingestFile(dropped('drop/file', ports), ports)).toMatchObject({ kind: 'ingested', accepted: 21_000, rejected: 0 });
    const rows = (await manifestOf(ports.features, hour)).flatMap(({ places }) => places.map((place) => place.rows));
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(21_000);
    expect(rows).toHaveLength(2);
    expect(await ports.inbox.get('drop/file')).toBeUndefined();
  });

  test('a line that is no event is kept with its reason, the others go on', async () => {
    const ports = world();
    await ports.inbox.put('f', Buffer.concat([file(3), Buffer.from('{"half": \n')]));
    expect(await ingestFile(dropped('f', ports), ports)).toMatchObject({ kind: 'ingested', accepted: 3, rejected: 1 });
  });

  test('cut in the middle: what came before counts, the file stays, and it says why', async () => {
    const ports = world();
    const whole = gzipSync(file(25_000));
    await ports.inbox.put('f', whole.subarray(0, whole.length - 5_000));
    const result = await ingestFile(dropped('f', ports), ports);
    expect(result).toMatchObject({ kind: 'unreadable', because: 'the file is not complete gzip (Z_BUF_ERROR)' });
    expect(result.kind === 'unreadable' && result.accepted).toBeGreaterThan(20_000);
    expect(await ports.inbox.get('f')).toBeDefined();
  });

  test('delivered again after it was ingested: an answer, not an error', async () => {
    expect(await ingestFile(dropped('f', world()), world())).toMatchObject({ kind: 'gone' });
  });

  test('ingested twice because of a crash before its removal: the same chunk', async () => {
    const ports = world();
    await ports.inbox.put('f', file(100));
    await ingestFile(dropped('f', ports), ports);
    await ports.inbox.put('f', file(100));
    await ingestFile(dropped('f', ports), ports);
    expect(await manifestOf(ports.features, hour)).toHaveLength(1);
  });
});

describe('the values of a file', () => {
  const values = async (...chunks: Buffer[]) => {
    async function* all() {
      yield* chunks;
    }
    const read: unknown[] = [];
    for await (const found of fileValues(all)) read.push(...found.map((one) => (one.kind === 'value' ? one.value : one.text)));
    return read;
  };

  test('several zstd frames are read to the end (Node stops after the first)', async () => {
    // printf '1\n2\n' would do; these are the frames of 'one\ntwo\n' and 'three\n'.
    const frames = Buffer.from('28b52ffd04584100006f6e650a74776f0ae6a60e4028b52ffd045831000074687265650ad706fd28', 'hex');
    expect(await values(frames)).toEqual(['one', 'two', 'three']);
    expect(await values(frames.subarray(0, 7), frames.subarray(7, 30), frames.subarray(30))).toEqual(['one', 'two', 'three']);
  });
  test('a cut zstd frame throws', async () => {
    await expect(values(Buffer.from('28b52ffd04584100006f6e650a7477', 'hex'))).rejects.toThrow(Damaged);
  });
  test('a zstd frame that asks for a window of 2 GiB is refused before it is given one', async () => {
    // Magic, descriptor without single segment, window descriptor: exponent 21 (2 GiB), then a raw block of nothing.
    await expect(values(Buffer.from('28b52ffd00a8010000', 'hex'))).rejects.toThrow(/window/);
    await expect(values(Buffer.from('28b52ffd0088010000', 'hex'))).resolves.toEqual([]);
    await expect(values(Buffer.from('28b52ffd0089010000', 'hex'))).rejects.toThrow(/window/);
  });
  test('a character may be cut anywhere', async () => {
    const text = Buffer.from('{"a":"ü€😀"}\n\n["€"]\nlast');
    expect(await values(...Array.from(text, (byte) => Buffer.from([byte])))).toEqual([{ a: 'ü€😀' }, '€', 'last']);
  });
  test('an empty file has none, and so has one of empty gzip members', async () => {
    expect(await values()).toEqual([]);
    expect(await values(Buffer.concat([gzipSync(''), gzipSync('')]))).toEqual([]);
  });
});

describe('gzip: what stands before the damage is taken, to the byte', () => {
  const objects = Array.from({ length: 3_000 }, (_, id) => ({ id, text: `${(id * 7919) % 9973}`.repeat(3) }));
  const lines = Buffer.from(objects.map((one) => JSON.stringify(one)).join('\n'));
  const whole = gzipSync(lines);
  const read = async (bytes: Uint8Array, piece: number) => {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    }
    const got: unknown[] = [];
    let damage: unknown;
    try {
      for await (const found of fileValues(pieces)) got.push(...found.map((one) => (one.kind === 'value' ? one.value : one)));
    } catch (error) {
      damage = error;
    }
    return { got, damage };
  };
  test.each([
    ['garbage behind the member', Buffer.concat([whole, Buffer.from('garbage, not gzip')]), 3_000],
    ['garbage behind two members', Buffer.concat([whole, gzipSync('\n{"id":3000}'), Buffer.from('x')]), 3_001],
    ['a member that is cut', whole.subarray(0, whole.length - 12), undefined],
    [
      'a byte that is wrong',
      Buffer.concat([whole.subarray(0, 9_000), Buffer.from([whole[9_000]! ^ 255]), whole.subarray(9_001)]),
      undefined,
    ],
    ['a checksum that is wrong', Buffer.concat([whole.subarray(0, whole.length - 8), Buffer.alloc(8)]), 3_000],
  ])('%s', async (_, bytes, expected) => {
    for (const piece of [bytes.length, 1_000]) {
      const { got, damage } = await read(bytes, piece);
      expect(damage).toBeInstanceOf(Damaged);
      if (expected === undefined) {
        // deflate has no check of its own: behind a wrong byte it may go on for a while.
        const right = got.findIndex((one, place) => JSON.stringify(one) !== JSON.stringify(objects[place]));
        expect(right < 0 ? got.length : right).toBeGreaterThan(300);
      } else expect(got).toHaveLength(expected);
    }
  });
  test.each([
    ['padded with zeros', Buffer.concat([whole, Buffer.alloc(700)])],
    [
      'members, each with a mark',
      Buffer.concat(
        [0, 1, 2].map((part) =>
          gzipSync(
            `\uFEFF${objects
              .slice(part * 1_000, part * 1_000 + 1_000)
              .map((one) => JSON.stringify(one))
              .join('')}`,
          ),
        ),
      ),
    ],
  ])('%s: not damaged', async (_, bytes) => {
    const { got, damage } = await read(bytes, 777);
    expect([damage, got]).toEqual([undefined, objects]);
  });
  test('an outage of the store is no damage', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield whole.subarray(0, 500);
      throw new Error('the network is gone');
    }
    await expect(
      (async () => {
        for await (const _ of fileValues(failing));
      })(),
    ).rejects.toThrow('the network is gone');
  });
  test.each([
    [999, true],
    [1_000, true],
    [1_001, false],
  ])('unpacked %d of at most 1,000 bytes', async (size, fits) => {
    async function* packed() {
      yield gzipSync(Buffer.alloc(size, 32));
    }
    const reading = (async () => {
      for await (const _ of inflated(packed, 1_000));
    })();
    await (fits ? expect(reading).resolves.toBeUndefined() : expect(reading).rejects.toThrow(Damaged));
  });
  test.each([
    ['plain', lines],
    ['packed', gzipSync(lines)],
    ['packed twice', gzipSync(gzipSync(lines))],
  ])('%s: what a file may hold is asked of it unpacked, and whoever has the time sets no bound', async (_, bytes) => {
    async function* file() {
      yield bytes;
    }
    const reading = async (largest: number) => {
      let read = 0;
      for await (const found of fileValues(file, largest)) read += found.length;
      return read;
    };
    await expect(reading(lines.length - 1)).rejects.toThrow('cut it into smaller files');
    await expect(reading(Number.POSITIVE_INFINITY)).resolves.toBe(objects.length);
  });
});
