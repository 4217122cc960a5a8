import { createHash } from 'node:crypto';
import type { ObjectStore, Queue } from '../../shared/ports';
import { type IngestPorts, ingest } from './ingest';
import { OLDEST_AGAIN } from './parse-event';
import type { Found } from './records/json-values';
import { packedBody } from './records/pack';
import { AGAIN, EARLY, placeOf, REFUSED, RefusedRecord } from './refused';

/** Which refused records are meant; what is not given is any. */
export type Which = { producer?: string; reason?: string; day?: string };
/** What is changed in each record before it is sent again: names with points between them, in objects only. */
export type Repair = { path: string; value: unknown }[];

/** What one message of a redrive holds, bytes: it is billed as four requests, and any queue takes it. */
const LARGEST_MESSAGE = 256 * 1024;

const fits = (which: Which, place: { day: string; producer: string; reason: string }): boolean =>
  (which.producer ?? place.producer) === place.producer &&
  (which.reason ?? place.reason) === place.reason &&
  (which.day ?? place.day) === place.day;

/** Counts by day, producer and reason, out of the names of the objects alone: nothing is decrypted. */
export async function countRefused(
  store: ObjectStore,
  which: Which = {},
): Promise<{ day: string; producer: string; reason: string; count: number }[]> {
  const counts = new Map<string, { day: string; producer: string; reason: string; count: number }>();
  for await (const key of keysOf(store)) {
    const place = placeOf(key);
    if (!place || !fits(which, place)) continue;
    const name = `${place.day}/${place.producer}/${place.reason}`;
    const known = counts.get(name) ?? { day: place.day, producer: place.producer, reason: place.reason, count: 0 };
    known.count += place.count;
    counts.set(name, known);
  }
  return [...counts.values()];
}

/** What is refused, then what waits for its time. */
async function* keysOf(store: ObjectStore): AsyncGenerator<string> {
  yield* store.list(REFUSED);
  yield* store.list(EARLY);
}

/** The records, object by object, with the key of the object that they lie in. */
export async function* refusedRecords(store: ObjectStore, which: Which = {}): AsyncGenerator<{ key: string; records: RefusedRecord[] }> {
  for await (const key of keysOf(store)) {
    const place = placeOf(key);
    if (!place || !fits(which, place)) continue;
    const bytes = await store.get(key);
    if (bytes) yield { key, records: recordsIn(bytes) };
  }
}

export const recordsIn = (bytes: Uint8Array): RefusedRecord[] =>
  Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => RefusedRecord.parse(JSON.parse(line)));

/**
 * Sends refused records to the queue of events again, repaired or as they were, and removes what was sent. Interrupted, some are sent
 * twice: the second is a duplicate. What is refused again is kept again. `late` ones would be refused as late for ever: they are put
 * where `takeDue` takes them although they are (`late` of the answer).
 */
export async function redrive(
  store: ObjectStore,
  queue: Queue,
  which: Which,
  repair: Repair = [],
): Promise<{ sent: number; messages: number; late: number }> {
  let sent = 0;
  let messages = 0;
  let late = 0;
  for await (const { key, records } of refusedRecords(store, which)) {
    if (placeOf(key)?.reason === 'late') {
      const lines = records.map((one) => JSON.stringify({ ...one, record: repaired(one.record, repair) } satisfies RefusedRecord));
      const bytes = Buffer.from(`${lines.join('\n')}\n`, 'utf8');
      await store.put(`${AGAIN}${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}-${records.length}.ndjson`, bytes);
      await store.delete(key);
      late += records.length;
      continue;
    }
    const bodies = bodiesOf(records.map(({ record }) => repaired(record, repair)));
    await queue.send(bodies.map(packedBody));
    await store.delete(key);
    sent += records.length;
    messages += bodies.length;
  }
  return { sent, messages, late };
}

/** Records as messages of the queue: a record a line, as many as one message may hold. */
export function bodiesOf(records: readonly unknown[]): string[] {
  const bodies: string[] = [];
  let lines: string[] = [];
  let size = 0;
  const flush = (): void => {
    if (lines.length > 0) bodies.push(lines.join('\n'));
    lines = [];
    size = 0;
  };
  for (const record of records) {
    // What came as text, JSON or not, goes as it came, and alone: it may be a whole message.
    if (typeof record === 'string') {
      flush();
      bodies.push(record);
      continue;
    }
    const line = JSON.stringify(record);
    const bytes = Buffer.byteLength(line) + 1;
    if (size + bytes > LARGEST_MESSAGE) flush();
    lines.push(line);
    size += bytes;
  }
  flush();
  return bodies;
}

/** The record with other values at some places. A place is made if it is not there; a record that is no object stays as it is. */
export function repaired(record: unknown, repair: Repair): unknown {
  if (repair.length === 0 || typeof record !== 'object' || record === null || Array.isArray(record)) return record;
  const copy = structuredClone(record) as Record<string, unknown>;
  for (const { path, value } of repair) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let here: Record<string, unknown> = copy;
    for (const name of names) {
      const next = here[name];
      const inside = typeof next === 'object' && next !== null && !Array.isArray(next) ? (next as Record<string, unknown>) : {};
      here[name] = inside;
      here = inside;
    }
    if (value === undefined) delete here[last];
    else here[last] = value;
  }
  return copy;
}

/**
 * Takes the events that were ahead of the clock and are not any more, and late ones that somebody sent again, and removes them.
 * Repeated, they are duplicates.
 */
export async function takeDue({
  refused,
  ...ports
}: IngestPorts & { refused: ObjectStore }): Promise<{ accepted: number; rejected: number }> {
  const now = ports.clock.now();
  const result = { accepted: 0, rejected: 0 };
  const take = async (key: string, oldest?: number): Promise<void> => {
    const bytes = await refused.get(key);
    if (!bytes) return;
    const values = recordsIn(bytes).map(({ record }, line): Found => ({ kind: 'value', line: line + 1, value: record }));
    const { accepted, rejected } = await ingest([{ id: key, values }], { ...ports, refused, ...(oldest === undefined ? {} : { oldest }) });
    await refused.delete(key);
    result.accepted += accepted;
    result.rejected += rejected.length;
  };
  for await (const key of refused.list(EARLY)) {
    const due = Number(key.slice(EARLY.length).split('/')[0]);
    if (!(due <= now)) break;
    await take(key);
  }
  for await (const key of refused.list(AGAIN)) await take(key, OLDEST_AGAIN);
  return result;
}
