import type { ObjectStore } from '../../shared/ports';
import { fileLines } from './file-lines';
import { type IngestPorts, ingest } from './ingest';

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
  let lines: string[] = [];
  let piece = 0;
  const flush = async (): Promise<void> => {
    const result = await ingest([{ id: `${key}#${piece++}`, body: lines.join('\n') }], ports);
    counts.accepted += result.accepted;
    counts.rejected += result.rejected.length;
    lines = [];
  };
  const reading = fileLines(rangesOf(inbox, key));
  for (;;) {
    const next = await reading.next().catch((error: unknown) => ({ unreadable: reasonOf(error) }));
    if ('unreadable' in next) {
      await flush();
      return { kind: 'unreadable', because: next.unreadable, ...counts };
    }
    if (next.done) break;
    lines.push(next.value);
    if (lines.length >= LINES_A_CHUNK) await flush();
  }
  if (lines.length > 0) await flush();
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
