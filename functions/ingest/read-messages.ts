import type { KeyedHasher } from '../../shared/model/keyed-hash';
import { type Segment, SegmentBuilder } from '../../shared/model/segment';
import { segmentOf } from '../../shared/model/segment-of';
import { hourOf } from '../../shared/model/time';
import { writeEvent } from './event-writer';
import { type Parsed, parseEvent, parseLine, type Rejection } from './parse-event';
import { unwrap } from './unwrap';

export type Message = { id: string; body: string };
/** Lines that were read from a file. */
export type Lines = { id: string; lines: readonly string[] };
export type RejectedEvent = Rejection & { message: string; line: number };

/** Events of one (event hour, account segment). `frame`: the bytes that are kept of them, if they were made ahead. */
export type Part = { segment: number; columns: Segment; frame?: Uint8Array };

/** What was read from some messages: nothing of it is kept yet. `unreadable`: messages whose body is no envelope of events at all. */
export type Taken = {
  /** When they were read, ms: what is early or late was judged by it. */
  now: number;
  accepted: number;
  rejected: RejectedEvent[];
  unreadable: { message: Message; because: string }[];
  events: { segment: number; columns: Segment /** Its bytes, if they were made ahead. */; frame?: Uint8Array }[];
};

/** Parses, validates, hashes and fingerprints the events of some messages. Pure: it keeps nothing and tells nobody. */
export function readMessages(
  messages: readonly (Message | Lines)[],
  { now, hasher, segments }: { now: number; hasher: KeyedHasher; segments: number },
): Taken {
  const collected = new Collected(hasher, segments);
  const taken: Taken = { now, accepted: 0, rejected: [], unreadable: [], events: [] };
  const { rejected, unreadable } = taken;
  const take = (parsed: Parsed, message: string, line: number): void => {
    if (parsed.kind === 'rejected') rejected.push({ ...parsed.rejection, message, line });
    else {
      collected.add(parsed.event, parsed.at);
      taken.accepted++;
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
  return { ...taken, events: collected.events() };
}

type Building = { hour: number; segment: number; builder: SegmentBuilder };

/** Collects events by (event hour, account segment). */
class Collected {
  private readonly builders = new Map<string, Building>();
  /** Where the event before went: most go to the same. */
  private last: Building | undefined;

  constructor(
    private readonly hasher: KeyedHasher,
    private readonly segments: number,
  ) {}

  add(event: Parameters<typeof writeEvent>[1], at: number): void {
    const hour = hourOf(at);
    const segment =
      this.segments === 1 || event.type === 'lockstep.release.v1' ? 0 : segmentOf(this.hasher.account(event.subject).key, this.segments);
    const into = this.last?.hour === hour && this.last.segment === segment ? this.last : this.building(hour, segment);
    this.last = into;
    writeEvent(into.builder, event, at, this.hasher);
  }

  events(): Part[] {
    return [...this.builders.values()].map(({ segment, builder }) => ({ segment, columns: builder.segment() }));
  }

  private building(hour: number, segment: number): Building {
    const name = `${hour}/${segment}`;
    const known = this.builders.get(name);
    if (known) return known;
    const made = { hour, segment, builder: new SegmentBuilder(hour) };
    this.builders.set(name, made);
    return made;
  }
}
