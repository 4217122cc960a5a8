import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { LineSplitter, type TextLines } from './line-splitter';

/** The lines of a file of events, read as a stream: plain text, gzip or zstd, told by its first bytes; in the pieces that they come in. */
export async function* fileLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TextLines> {
  const splitter = new LineSplitter();
  for await (const bytes of inflated(chunks)) yield splitter.push(bytes);
  yield splitter.end();
}

/** The bytes of a file, unpacked if they are gzip or zstd. */
export async function* inflated(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return;
  const [a, b, c, d] = first.value;
  async function* all() {
    yield first.value;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  if (a === 0x1f && b === 0x8b) yield* gunzip(all());
  else if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) yield* unzstd(all());
  else yield* all();
}

/** Bytes that are unpacked at once: a block of some eighty events costs one turn of the event loop. */
const UNPACKED = 64 * 1024;

async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const source = Readable.from(chunks);
  const gunzipped = createGunzip({ chunkSize: UNPACKED });
  source.on('error', (error) => gunzipped.destroy(error));
  yield* source.pipe(gunzipped);
}

/** Not Node's own zstd: it stops after the first frame of several without an error, and Node 20 has none. */
async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const out: Uint8Array[] = [];
  const stream = new Decompress((data) => out.push(data));
  for await (const chunk of chunks) {
    stream.push(chunk);
    yield* out.splice(0);
  }
  stream.push(new Uint8Array(), true);
  yield* out;
}
