import { createHash } from 'node:crypto';
import { STATUSES } from '../../shared/contract/event';
import { dayLabel, dayOf, hourLabel } from '../../shared/domain/time';
import { frameOf } from '../../shared/formats/segment';
import type { Clock, ObjectStore, Queue, Table } from '../../shared/ports';
import { noteArrivals } from '../../shared/stores/archive/arrival-store';
import { addToManifest, type Place } from '../../shared/stores/archive/manifest-store';
import { type Effect, type Part, type ReadPorts, readMessages, type Source, type Taken } from './read-messages';
import { keepRefused, refusedRecord } from './refused';

export type KeepPorts = {
  archive: ObjectStore;
  features: Table;
  /**
   * Where refused records are kept, apart from everything else: they hold raw identifiers. Without, whoever calls keeps them, and
   * keeps the account of what arrived.
   */
  refused?: ObjectStore;
  /** Where results of the provider's own checks, and canaries that came back, go: enforcement takes them. Without, a message that holds one fails. */
  verifications?: Queue;
  /** Replay only: what the provider's gateway would have done to a request. */
  effect?: Effect;
};
export type IngestPorts = KeepPorts & Omit<ReadPorts, 'now' | 'effect'> & { clock: Clock };
export type IngestResult = Pick<Taken, 'accepted' | 'rejected' | 'arrivals'> & { chunk?: string };

/**
 * Reads the events of some messages and keeps them. When it returns, every accepted event is durable and listed, and every
 * refused record is kept with its reason: the messages may be acknowledged. Every step may be repeated.
 */
export const ingest = (messages: readonly Source[], ports: IngestPorts): Promise<IngestResult> =>
  keep(readMessages(messages, { ...ports, now: ports.clock.now() }), ports);

/** Whether what was read as prevented was: else it is read again, for nothing else of such a request was kept. */
export const isAsExpected = ({ events }: Taken, effect: Effect): boolean =>
  events.every(({ columns: { hour, columns, dictionaries }, expected }) =>
    expected.every(
      (row) => effect(dictionaries.accounts[columns.account[row]!]!)?.(hour + columns.offset[row]!) === STATUSES[columns.status[row]!],
    ),
  );

/** Writes what was read as one immutable chunk with its manifest rows, and what was refused in a place of its own. */
export async function keep(taken: Taken, { archive, features, refused, verifications, effect }: KeepPorts): Promise<IngestResult> {
  const { now, accepted, arrivals, rejected, events } = taken;
  if (refused) await keepRefused(rejected, now, refused);
  const news = [...taken.verifications, ...taken.sightings, ...taken.answers, ...taken.keys];
  if (news.length > 0) await handOn(news, verifications);
  const key = await writeChunk(effect ? events.map((one) => withEffect(one, effect)) : events, now, { archive, features });
  if (refused && (accepted > 0 || rejected.length > 0)) {
    const digest = createHash('sha256')
      .update(JSON.stringify([key?.split('/').at(-1), rejected.map(refusedRecord)]))
      .digest('hex')
      .slice(0, 32);
    await noteArrivals(features, { arrivals, digest, now });
  }
  return { accepted, arrivals, rejected, ...(key === undefined ? {} : { chunk: key }) };
}

async function handOn(news: readonly object[], to: Queue | undefined): Promise<void> {
  if (!to) throw new Error('results of the provider’s checks, canaries, referrals or keys came, and nobody is there to take them');
  await to.send(news.map((one) => JSON.stringify(one)));
}

/** What became of each request is written over what the provider answered; bytes made ahead stand if nothing did. */
function withEffect({ frame, ...part }: Part, effect: Effect): Part {
  const { hour, rows, columns, dictionaries } = part.columns;
  const effects = dictionaries.accounts.map(effect);
  let stands = true;
  for (let row = 0; row < rows; row++) {
    const effect = effects[columns.account[row]!]?.(hour + columns.offset[row]!);
    if (effect === undefined || STATUSES[columns.status[row]!] === effect) continue;
    columns.status[row] = STATUSES.indexOf(effect);
    stands = false;
  }
  return stands && frame ? { ...part, frame } : part;
}

/** The chunk's key is the digest of its bytes, so the same messages delivered again write the same object. */
async function writeChunk(
  events: readonly Part[],
  now: number,
  { archive, features }: Pick<KeepPorts, 'archive' | 'features'>,
): Promise<string | undefined> {
  if (events.length === 0) return undefined;
  const frames: Uint8Array[] = [];
  const places: (Place & { hour: number })[] = [];
  let at = 0;
  for (const { segment, columns, frame = frameOf(columns) } of events) {
    places.push({ hour: columns.hour, segment, start: at, end: at + frame.length, rows: columns.rows });
    frames.push(frame);
    at += frame.length;
  }
  const bytes = Buffer.concat(frames);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const key = `chunks/${dayLabel(dayOf(now))}/${hourLabel(now).slice(11)}/${digest}`;
  await archive.put(key, bytes);
  for (const hour of new Set(places.map((place) => place.hour))) {
    await addToManifest(features, { hour, chunk: digest, key, places: places.filter((place) => place.hour === hour), now });
  }
  return key;
}
