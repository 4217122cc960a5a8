import type { ObjectStore } from '../../shared/ports';
import { fileLines } from './file-lines';
import { type IngestPorts, ingest } from './ingest';
import { lineCount, someLines, type TextLines } from './line-splitter';

const RANGE = 8 * 1024 * 1024;
/** One chunk of the archive for so many lines: a few megabytes of memory, and few enough objects to fold. */
const LINES_A_CHUNK = 20_000;

export type FileResult =
  | { kind: 'ingested'; accepted: number; rejected: number }
  | { kind: 'gone'; because: string }
  | { kind: 'unreadable'; because: string; accepted: number; rejected: number };

/**
 * Ingests a dropped file piece by piece and removes it: it holds raw identifiers. Repeated after a crash it writes the same chunks
 * again. A file that ends in the middle (cut gzip) keeps what came before the cut and stays where it is, for whoever looks.
 */
export async function ingestFile(key: string, { inbox, ...ports }: IngestPorts & { inbox: ObjectStore }): Promise<FileResult> {
  if ((await inbox.get(key, { start: 0, end: 1 })) === undefined)
    return { kind: 'gone', because: 'the file is not in the inbox: ingested before, or expired' };
  const counts = { accepted: 0, rejected: 0 };
  let lines: TextLines[] = [];
  let count = 0;
  let piece = 0;
  const flush = async (): Promise<void> => {
    const result = await ingest([{ id: `${key}#${piece++}`, lines }], ports);
    counts.accepted += result.accepted;
    counts.rejected += result.rejected.length;
    lines = [];
    count = 0;
  };
  const reading = fileLines(rangesOf(inbox, key));
  for (;;) {
    const next = await reading.next().catch((error: unknown) => ({ unreadable: reasonOf(error) }));
    if ('unreadable' in next) {
      await flush();
      return { kind: 'unreadable', because: next.unreadable, ...counts };
    }
    if (next.done) break;
    // Cut by lines, whatever pieces they come in: read again, the same chunks are written again.
    for (let from = 0; from < lineCount(next.value); ) {
      const some = someLines(next.value, from, from + LINES_A_CHUNK - count);
      lines.push(some);
      count += lineCount(some);
      from += lineCount(some);
      if (count >= LINES_A_CHUNK) await flush();
    }
  }
  if (count > 0) await flush();
  await inbox.delete(key);
  return { kind: 'ingested', ...counts };
}

async function* rangesOf(store: ObjectStore, key: string): AsyncGenerator<Uint8Array> {
  for (let start = 0; ; start += RANGE) {
    const bytes = await store.get(key, { start, end: start + RANGE });
    if (bytes === undefined || bytes.length === 0) return;
    yield bytes;
    if (bytes.length < RANGE) return;
  }
}

/** A decompressor's complaint is about the file and is an answer; anything else is an outage and is thrown on. */
function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && code.startsWith('Z_')) return `the file is not complete gzip (${code})`;
  if (typeof code === 'number') return `the file is not complete zstd (${code})`;
  throw error;
}
