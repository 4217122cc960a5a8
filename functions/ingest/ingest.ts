import { createHash } from 'node:crypto';
import type { KeyedHasher } from '../../shared/model/keyed-hash';
import { SegmentBuilder } from '../../shared/model/segment';
import { segmentOf } from '../../shared/model/segment-of';
import { dayLabel, dayOf, hourLabel, hourOf } from '../../shared/model/time';
import type { Clock, ObjectStore, Table } from '../../shared/ports';
import { addToManifest } from '../../shared/stores/manifest-store';
import { type Effect, writeEvent } from './event-writer';
import { type Parsed, parseEvent, parseLine, type Rejection } from './parse-event';
import { unwrap } from './unwrap';

export type IngestPorts = {
  archive: ObjectStore;
  features: Table;
  clock: Clock;
  hasher: KeyedHasher;
  segments: number;
  /** Replay only: what the provider's gateway would have done to a request of the account at that time. */
  effect?: Effect;
};
export type Message = { id: string; body: string };
/** Lines that were read from a file. */
export type Lines = { id: string; lines: readonly string[] };
export type RejectedEvent = Rejection & { message: string; line: number };
/** `unreadable`: messages whose body is no envelope of events at all; the door puts them aside as they came. */
export type IngestResult = {
  accepted: number;
  rejected: RejectedEvent[];
  unreadable: { message: Message; because: string }[];
  chunk?: string;
};

/**
 * Parses, validates, hashes and fingerprints the events of some messages, and writes them as one immutable chunk with
 * its manifest rows. When it returns, every accepted event is durable and listed, and every rejected one is kept with
 * its reason under `rejected/`: the messages may be acknowledged. Every step may be repeated.
 */
export async function ingest(messages: readonly (Message | Lines)[], ports: IngestPorts): Promise<IngestResult> {
  const now = ports.clock.now();
  const chunk = new ChunkWriter(ports.hasher, ports.segments, ports.effect);
  const rejected: RejectedEvent[] = [];
  const unreadable: IngestResult['unreadable'] = [];
  let accepted = 0;
  const take = (parsed: Parsed, message: string, line: number): void => {
    if (parsed.kind === 'rejected') rejected.push({ ...parsed.rejection, message, line });
    else {
      chunk.add(parsed.event, parsed.at);
      accepted++;
    }
  };
  const takeLines = (lines: readonly string[], id: string): void => {
    lines.forEach((text, index) => {
      if (text.trim() !== '') take(parseLine(text, now), id, index + 1);
    });
  };
  for (const message of messages) {
    const { id } = message;
    if ('lines' in message) {
      takeLines(message.lines, id);
      continue;
    }
    const unwrapped = unwrap(message.body);
    switch (unwrapped.kind) {
      case 'rejected':
        rejected.push({ ...unwrapped.rejection, message: id, line: 1 });
        unreadable.push({ message, because: unwrapped.rejection.because });
        break;
      case 'events':
        unwrapped.values.forEach((value, index) => {
          take(parseEvent(value, now), id, index + 1);
        });
        break;
      case 'lines':
        takeLines(unwrapped.text.split('\n'), id);
        break;
      default:
        unwrapped satisfies never;
    }
  }
  await keepRejected(rejected, now, ports.archive);
  const key = await chunk.write(now, ports);
  return { accepted, rejected, unreadable, ...(key === undefined ? {} : { chunk: key }) };
}

async function keepRejected(rejected: readonly RejectedEvent[], now: number, archive: ObjectStore): Promise<void> {
  if (rejected.length === 0) return;
  const bytes = Buffer.from(`${rejected.map((event) => JSON.stringify(event)).join('\n')}\n`, 'utf8');
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  await archive.put(`rejected/${dayLabel(dayOf(now))}/${digest}.ndjson`, bytes);
}

type Building = { hour: number; segment: number; builder: SegmentBuilder };

/** Collects events by (event hour, account segment) and writes them as one object. */
export class ChunkWriter {
  private readonly builders = new Map<string, Building>();
  /** Where the event before went: most go to the same. */
  private last: Building | undefined;

  constructor(
    private readonly hasher: KeyedHasher,
    private readonly segments: number,
    private readonly effect?: Effect,
  ) {}

  add(event: Parameters<typeof writeEvent>[1], at: number): void {
    const hour = hourOf(at);
    const segment =
      this.segments === 1 || event.type === 'lockstep.release.v1' ? 0 : segmentOf(this.hasher.account(event.subject).key, this.segments);
    const into = this.last?.hour === hour && this.last.segment === segment ? this.last : this.building(hour, segment);
    this.last = into;
    writeEvent(into.builder, event, at, this.hasher, this.effect);
  }

  private building(hour: number, segment: number): Building {
    const name = `${hour}/${segment}`;
    const known = this.builders.get(name);
    if (known) return known;
    const made = { hour, segment, builder: new SegmentBuilder(hour) };
    this.builders.set(name, made);
    return made;
  }

  /** The chunk's key is the digest of its bytes, so the same messages delivered again write the same object. */
  async write(now: number, ports: { archive: ObjectStore; features: Table }): Promise<string | undefined> {
    if (this.builders.size === 0) return undefined;
    const frames: Uint8Array[] = [];
    const places: { hour: number; segment: number; start: number; end: number; rows: number }[] = [];
    let at = 0;
    for (const { hour, segment, builder } of this.builders.values()) {
      const frame = builder.frame();
      places.push({ hour, segment, start: at, end: at + frame.length, rows: builder.rows });
      frames.push(frame);
      at += frame.length;
    }
    const bytes = Buffer.concat(frames);
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    const key = `chunks/${dayLabel(dayOf(now))}/${hourLabel(now).slice(11)}/${digest}`;
    await ports.archive.put(key, bytes);
    for (const hour of new Set(places.map((place) => place.hour))) {
      await addToManifest(ports.features, { hour, chunk: digest, key, places: places.filter((place) => place.hour === hour), now });
    }
    return key;
  }
}
