import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { inflated } from '../../functions/ingest/file-lines';
import { LineSplitter, lineCount, type TextLines } from '../../functions/ingest/line-splitter';

/** Input that cannot be read: replay says so in one line and exits with 2. */
export class UnreadableInput extends Error {}

const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is no such file';
  return error.message;
};

/**
 * The lines of a file (plain, gzip or zstd), in the pieces that they are read in. A file that ends in the middle (truncated gzip)
 * gives every complete line before the damage, and then throws UnreadableInput.
 */
export async function* linesOf(file: string): AsyncIterable<TextLines> {
  const found = await stat(file).catch((error: unknown) => {
    throw new UnreadableInput(`${file}: ${reason(error)}. Give the path of an NDJSON file, optionally gzip or zstd.`);
  });
  if (!found.isFile()) throw new UnreadableInput(`${file}: not a file. Give the path of an NDJSON file, optionally gzip or zstd.`);
  const splitter = new LineSplitter();
  let line = 0;
  try {
    for await (const bytes of inflated(createReadStream(file, { highWaterMark: 1 << 20 }))) {
      const lines = splitter.push(bytes);
      line += lineCount(lines);
      yield lines;
    }
  } catch (error) {
    throw new UnreadableInput(
      `${file}: damaged after line ${line} (${reason(error)}). Everything before it was read; get the file again and replay it whole.`,
    );
  }
  yield splitter.end();
}
