import { Readable } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { Decompress } from 'fzstd';

/** What one message may hold when it is unpacked, bytes. */
export const LARGEST_BODY = 8 * 1024 * 1024;
/** What one file may hold when it is unpacked: more is not read in the time that a function has. */
export const LARGEST_FILE = 16 * 1024 * 1024 * 1024;
/** The window that a zstd frame may ask for: what `zstd` itself takes without being asked to. */
export const LARGEST_WINDOW = 128 * 1024 * 1024;

/** Input that ends, or cannot be unpacked, before its end. What stood before was given out. */
export class Damaged extends Error {}

type Bytes = AsyncIterable<Uint8Array>;

/** Bytes that are unpacked at once: a block of some eighty events costs one turn of the event loop. */
const UNPACKED = 64 * 1024;
/** Packed bytes that are handed to the decompressor at once. */
const PACKED = 64 * 1024;

const isGzip = ([a, b]: Uint8Array): boolean => a === 0x1f && b === 0x8b;
const isZstd = ([a, b, c, d]: Uint8Array): boolean => a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd;

/**
 * The bytes of a file, unpacked if they are gzip (any number of members, padded with zeros or not) or zstd (any number of frames), known by
 * their first bytes. `open` begins the file anew; `largest`: unpacked bytes. Throws Damaged behind the last byte that could be unpacked, or
 * that it may hold.
 */
export async function* inflated(open: () => Bytes, largest = LARGEST_FILE): Bytes {
  yield* atMost(unpacked(open, largest), largest);
}

/** Firehose packs what CloudWatch packed already. */
const PACKED_TWICE = 1;

async function* unpacked(open: () => Bytes, largest: number, depth = 0): Bytes {
  let first: Uint8Array | undefined;
  for await (const bytes of open()) {
    if (bytes.length === 0) continue;
    first = bytes;
    break;
  }
  if (!first) return;
  const once = isGzip(first) ? () => gunzip(open) : isZstd(first) ? () => unzstd(open()) : undefined;
  if (!once) yield* open();
  else if (depth < PACKED_TWICE) yield* unpacked(() => atMost(once(), largest), largest, depth + 1);
  else yield* once();
}

async function* atMost(bytes: Bytes, largest: number): Bytes {
  let sent = 0;
  for await (const piece of bytes) {
    sent += piece.length;
    if (sent > largest) throw new Damaged(`it holds more than ${largest} bytes when unpacked: cut it into smaller files`);
    yield piece;
  }
}

/**
 * zlib throws away what it unpacked of the piece in which it meets damage. So that nothing before the damage is lost, the file is
 * then begun anew, what was given out is passed over, and that piece is fed byte by byte.
 */
async function* gunzip(open: () => Bytes): Bytes {
  const progress = { given: 0, fed: 0 };
  const reason = yield* tried(open, progress, Number.POSITIVE_INFINITY);
  if (reason === undefined) return;
  const given = progress.given;
  const again = { given: 0, fed: 0 };
  let passed = 0;
  const from = Math.max(0, progress.fed - PACKED);
  const reading = tried(open, again, from);
  for (let next = await reading.next(); !next.done; next = await reading.next()) {
    const bytes = next.value;
    const skip = Math.min(bytes.length, given - passed);
    passed += skip;
    if (skip < bytes.length) yield bytes.subarray(skip);
  }
  throw new Damaged(`not complete gzip (${reason})`);
}

/** Unpacks until the end (answers nothing) or until damage (answers its code). From packed byte `slowFrom` on each is fed alone. */
async function* tried(
  open: () => Bytes,
  progress: { given: number; fed: number },
  slowFrom: number,
): AsyncGenerator<Uint8Array, string | undefined> {
  async function* pieces(): Bytes {
    for await (const bytes of open()) {
      for (let at = 0; at < bytes.length; ) {
        const size = progress.fed >= slowFrom ? 1 : Math.min(PACKED, slowFrom - progress.fed);
        const piece = bytes.subarray(at, at + size);
        progress.fed += piece.length;
        at += piece.length;
        yield piece;
      }
    }
  }
  const source = Readable.from(pieces(), { objectMode: true, highWaterMark: 1 });
  const gunzipped = createGunzip({ chunkSize: UNPACKED });
  let outage: unknown;
  source.on('error', (error) => {
    outage = error;
    gunzipped.destroy(error);
  });
  try {
    for await (const bytes of source.pipe(gunzipped)) {
      progress.given += bytes.length;
      yield bytes;
    }
    return undefined;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (outage === undefined && typeof code === 'string' && code.startsWith('Z_')) return code;
    throw error;
  } finally {
    source.destroy();
  }
}

/** Not Node's own zstd: it stops after the first frame of several without an error, and Node 20 has none. */
async function* unzstd(chunks: Bytes): Bytes {
  const unpack = zstdUnpacker();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PACKED) yield* unpack(chunk.subarray(at, at + PACKED), false);
  }
  yield* unpack(new Uint8Array(), true);
}

/** Unpacks piece by piece; throws Damaged for whatever the library throws, which has no type of its own. */
function zstdUnpacker(): (piece: Uint8Array, isLast: boolean) => Uint8Array[] {
  let out: Uint8Array[] = [];
  let head = Buffer.alloc(0);
  const stream = new Decompress((data) => out.push(data));
  return (piece, isLast) => {
    if (head.length < HEAD) {
      head = Buffer.concat([head, piece.subarray(0, HEAD)]);
      if (head.length >= HEAD && windowOf(head) > LARGEST_WINDOW)
        throw new Damaged(`the zstd frame asks for a window of more than ${LARGEST_WINDOW} bytes`);
    }
    try {
      stream.push(piece, isLast);
    } catch (error) {
      throw new Damaged(`not complete zstd (${error instanceof Error ? error.message : 'unknown'})`);
    }
    const made = out;
    out = [];
    return made;
  };
}

/** Magic number, descriptor, window. */
const HEAD = 6;
/** The window of the first frame, bytes (RFC 8878, 3.1.1.1.2); 0 for a single segment. */
function windowOf(head: Uint8Array): number {
  const [, , , , descriptor = 0, window = 0] = head;
  if (descriptor & 0x20) return 0;
  const base = 2 ** (10 + (window >> 3));
  return base + (base / 8) * (window & 7);
}

/** What a message in base64 holds, as far as it can be unpacked. `damage`: why not further. */
export type Unpacked = { bytes: Uint8Array; damage?: { code: 'bad-encoding' | 'too-large'; because: string } };

export const isPacked = (body: string): boolean => body.startsWith('H4sI') || body.startsWith('KLUv/');

/** Unpacks gzip or zstd in base64, also what was packed twice, up to `largest` bytes. */
export function unpackBody(body: string, largest = LARGEST_BODY): Unpacked {
  const once = unpackBytes(Buffer.from(body, 'base64'), largest);
  return once.damage === undefined && (isGzip(once.bytes) || isZstd(once.bytes)) ? unpackBytes(once.bytes, largest) : once;
}

function unpackBytes(bytes: Uint8Array, largest: number): Unpacked {
  if (isZstd(bytes)) return unpackZstd(bytes, largest);
  if (largest <= 0) return { bytes: new Uint8Array(), damage: TOO_LARGE };
  try {
    return { bytes: gunzipSync(bytes, { maxOutputLength: largest }) };
  } catch (error) {
    if (isTooLargeUnpacked(error)) return { bytes: new Uint8Array(), damage: TOO_LARGE };
    return {
      bytes: longestPrefix(bytes, largest),
      damage: { code: 'bad-encoding', because: 'the envelope is not complete gzip in base64' },
    };
  }
}

const TOO_LARGE = { code: 'too-large', because: `the envelopes of the message hold more than ${LARGEST_BODY} bytes` } as const;
/** What zlib throws when more comes out than it was allowed. */
export const isTooLargeUnpacked = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

/** What the longest undamaged beginning holds: if one can be unpacked, so can every shorter one. */
function longestPrefix(packed: Uint8Array, maxOutputLength: number): Uint8Array {
  let best: Uint8Array = new Uint8Array();
  let good = 0;
  let bad = packed.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      best = gunzipSync(packed.subarray(0, middle), { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return best;
}

function unpackZstd(packed: Uint8Array, largest: number): Unpacked {
  const unpack = zstdUnpacker();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let at = 0; at <= packed.length; at += PACKED) {
      for (const piece of unpack(packed.subarray(at, at + PACKED), at + PACKED > packed.length)) {
        size += piece.length;
        if (size > largest) return { bytes: new Uint8Array(), damage: TOO_LARGE };
        pieces.push(piece);
      }
    }
    return { bytes: Buffer.concat(pieces) };
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    return { bytes: Buffer.concat(pieces), damage: { code: 'bad-encoding', because: `the envelope is ${error.message}, in base64` } };
  }
}
