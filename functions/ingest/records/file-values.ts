import { Damaged, inflated, LARGEST_FILE } from './inflate';
import { type Found, JsonValues } from './json-values';

/** A file that begins with a mark of UTF-16 (as PowerShell writes them) is in it; all others are in UTF-8. */
async function* asUtf8(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let decoder: TextDecoder | undefined;
  let isFirst = true;
  for await (const bytes of pieces) {
    if (isFirst && bytes.length > 1) {
      isFirst = false;
      const encoding =
        bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
      if (encoding !== undefined) decoder = new TextDecoder(encoding);
    }
    yield decoder ? Buffer.from(decoder.decode(bytes, { stream: true }), 'utf8') : bytes;
  }
}

/**
 * The values of a file, in the pieces that they come in: plain, gzip or zstd, JSON one after another. `open` begins the file anew;
 * `largest`: unpacked bytes. Throws Damaged behind the last value before the damage, or that it may hold.
 */
export async function* fileValues(open: () => AsyncIterable<Uint8Array>, largest = LARGEST_FILE): AsyncGenerator<Found[]> {
  const values = new JsonValues();
  try {
    for await (const bytes of asUtf8(inflated(open, largest))) yield values.push(bytes);
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    // A value that was cut is part of the damage.
    yield values.end().filter(({ kind }) => kind === 'value');
    throw error;
  }
  yield values.end();
}
