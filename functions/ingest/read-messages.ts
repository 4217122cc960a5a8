import type { LockstepEvent } from '../../shared/contract/event';
import { hourOf } from '../../shared/domain/time';
import { type Segment, SegmentBuilder } from '../../shared/formats/segment';
import { segmentOf } from '../../shared/formats/segment-of';
import type { AccountKey } from '../../shared/identity/ids';
import type { KeyedHasher } from '../../shared/identity/keyed-hash';
import { writeEvent } from './event-writer';
import { lineCount, type TextLines } from './line-splitter';
import { outOfTime, parseLine, type Rejection } from './parse-event';
import { unwrap } from './unwrap';
import { type UsageRow, writeRow } from './usage-row';
import { UsualLines } from './usual-line';

export type Message = { id: string; body: string };
/** Lines that were read from a file, in the pieces that they came in. */
export type Lines = { id: string; lines: readonly TextLines[] };
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
  events: Part[];
};

/** Parses, validates, hashes and fingerprints the events of some messages. Pure: it keeps nothing and tells nobody. */
export function readMessages(
  messages: readonly (Message | Lines)[],
  { now, hasher, segments }: { now: number; hasher: KeyedHasher; segments: number },
): Taken {
  const collected = new Collected(hasher, segments);
  const usual = usualLinesUnder(hasher);
  const taken: Taken = { now, accepted: 0, rejected: [], unreadable: [], events: [] };
  const { rejected, unreadable } = taken;
  const take = ({ bytes, bounds }: TextLines, message: string, before: number): void => {
    for (let at = 0; at < bounds.length; at += 2) {
      const from = bounds[at]!;
      const to = bounds[at + 1]!;
      const row = usual.read(bytes, from, to);
      let rejection = row && outOfTime(row.at, now);
      if (!row) {
        const text = bytes.toString('utf8', from, to);
        if (text.trim() === '') continue;
        const parsed = parseLine(text, now);
        if (parsed.kind === 'rejected') rejection = parsed.rejection;
        else collected.add(parsed.event, parsed.at);
      } else if (!rejection) collected.addRow(row);
      if (rejection) rejected.push({ ...rejection, message, line: before + at / 2 + 1 });
      else taken.accepted++;
    }
  };
  for (const message of messages) {
    const { id } = message;
    if ('lines' in message) {
      let before = 0;
      for (const lines of message.lines) {
        take(lines, id, before);
        before += lineCount(lines);
      }
      continue;
    }
    const unwrapped = unwrap(message.body);
    switch (unwrapped.kind) {
      case 'rejected':
        rejected.push({ ...unwrapped.rejection, message: id, line: 1 });
        unreadable.push({ message, because: unwrapped.rejection.because });
        break;
      case 'lines':
        take(unwrapped.lines, id, 0);
        break;
      default:
        unwrapped satisfies never;
    }
  }
  return { ...taken, events: collected.events() };
}

/** What repeats from message to message is remembered as long as the key that it was hashed under. */
const readers = new WeakMap<KeyedHasher, UsualLines>();
function usualLinesUnder(hasher: KeyedHasher): UsualLines {
  const known = readers.get(hasher);
  if (known) return known;
  const made = new UsualLines(hasher);
  readers.set(hasher, made);
  return made;
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

  add(event: LockstepEvent, at: number): void {
    const account = event.type === 'lockstep.release.v1' ? undefined : this.hasher.account(event.subject).key;
    writeEvent(this.at(at, account), event, at, this.hasher);
  }

  addRow(row: UsageRow): void {
    writeRow(this.at(row.at, row.account.key), row, this.hasher);
  }

  events(): Part[] {
    return [...this.builders.values()].map(({ segment, builder }) => ({ segment, columns: builder.segment() }));
  }

  /** Where an event of this time and account is written. */
  private at(at: number, account: AccountKey | undefined): SegmentBuilder {
    const hour = hourOf(at);
    const segment = this.segments === 1 || account === undefined ? 0 : segmentOf(account, this.segments);
    if (this.last?.hour !== hour || this.last.segment !== segment) this.last = this.building(hour, segment);
    return this.last.builder;
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
