import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileValues } from '../../functions/ingest/records/file-values';
import { Damaged } from '../../functions/ingest/records/inflate';
import type { Found } from '../../functions/ingest/records/json-values';

/** Input that cannot be read: replay says so in one line and exits with 2. */
export class UnreadableInput extends Error {}

/** A function has fifteen minutes for a file; whoever replays one has as long as they like. */
const ANY_SIZE = Number.POSITIVE_INFINITY;

const HINT = 'Give the path of a file of JSON records, plain, gzip or zstd.';

/**
 * The values of a file (plain, gzip or zstd), in the pieces that they are read in. A file that ends in the middle (truncated gzip)
 * gives every complete value before the damage, and then throws UnreadableInput.
 */
export async function* valuesOf(file: string): AsyncIterable<Found[]> {
  const found = await stat(file).catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new UnreadableInput(`${file}: ${isMissing ? 'there is no such file' : String(error)}. ${HINT}`);
  });
  if (!found.isFile()) throw new UnreadableInput(`${file}: not a file. ${HINT}`);
  let line = 0;
  try {
    for await (const values of fileValues(() => createReadStream(file, { highWaterMark: 1 << 20 }), ANY_SIZE)) {
      line = values.at(-1)?.line ?? line;
      yield values;
    }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    throw new UnreadableInput(
      `${file}: damaged after line ${line} (${error.message}). Everything before it was read; get the file again and replay it whole.`,
    );
  }
}
