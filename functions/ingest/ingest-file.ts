import { type Arrivals, addArrivals } from '../../shared/domain/arrival';
import type { ObjectStore } from '../../shared/ports';
import { type IngestPorts, ingest } from './ingest';
import { fileValues } from './records/file-values';
import { Damaged } from './records/inflate';
import type { Found } from './records/json-values';

const RANGE = 8 * 1024 * 1024;
/** One chunk of the archive for so many values: a few megabytes of memory, and few enough objects to fold. */
const VALUES_A_CHUNK = 20_000;

export type FileCounts = { accepted: number; rejected: number; arrivals: Arrivals };
export type FileResult =
  | ({ kind: 'ingested' } & FileCounts)
  | { kind: 'gone'; because: string }
  | ({ kind: 'unreadable'; because: string } & FileCounts);

/** `remove`: it is ours to remove when it was read, because it was dropped into the inbox. What others keep stays where it is. */
export type File = { bucket: ObjectStore; key: string; remove: boolean };

/**
 * Ingests a file piece by piece, and removes it if it was dropped: it holds raw identifiers. Repeated after a crash it writes the same
 * chunks again. A file that is damaged keeps what came before the damage and stays where it is, for whoever looks.
 */
export async function ingestFile({ bucket, key, remove }: File, ports: IngestPorts): Promise<FileResult> {
  if ((await bucket.get(key, { start: 0, end: 1 })) === undefined)
    return { kind: 'gone', because: 'there is no such file: ingested before, or expired' };
  const counts: FileCounts = { accepted: 0, rejected: 0, arrivals: {} };
  const values: Found[] = [];
  let piece = 0;
  let cut = false;
  const flush = async (count: number): Promise<void> => {
    const some = values.splice(0, count);
    cut ||= some.some((one) => one.kind === 'damaged' && one.code === 'too-large');
    const { accepted, arrivals, rejected } = await ingest([{ id: `${key}#${piece++}`, values: some }], ports);
    counts.accepted += accepted;
    counts.rejected += rejected.length;
    addArrivals(counts.arrivals, arrivals);
  };
  try {
    for await (const more of fileValues(() => rangesOf(bucket, key))) {
      for (const one of more) values.push(one);
      // Cut by values, whatever pieces they come in: read again, the same chunks are written again.
      while (values.length >= VALUES_A_CHUNK) await flush(VALUES_A_CHUNK);
    }
  } catch (error) {
    // What cannot be unpacked is about the file, and an answer; anything else is an outage and is thrown on.
    if (!(error instanceof Damaged)) throw error;
    await flush(values.length);
    return { kind: 'unreadable', because: `the file is ${error.message}`, ...counts };
  }
  if (values.length > 0) await flush(values.length);
  if (cut) return { kind: 'unreadable', because: 'a value in the file is too long; the others were read', ...counts };
  if (remove) await bucket.delete(key);
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
