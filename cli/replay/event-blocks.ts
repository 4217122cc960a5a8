import type { TextLines } from '../../functions/ingest/line-splitter';
import { dueAfter } from '../../local/schedule';
import { instantIn, LONGEST as LONGEST_TIME, SHORTEST } from '../../shared/contract/instant';

/** An event this far ahead of all others moves the clock only if the next one agrees: one wrong date must not make the rest late. */
const JUMP = 6 * 3_600_000;

/** Lines of a block, at most. */
const LONGEST = 20_000;
const TIME = Buffer.from('"time":"');
const [QUOTE, OPEN, RETURN] = [34, 123, 13] as const;

/** Where a block stands in what is read. Times in ms. */
export type BlockFacts = {
  file: string;
  /** Where in its file each line stands. */
  places: number[];
  /** Lines read so far, with this block's. */
  read: number;
  /** When the clock began, and what it shows when the block is taken. */
  start: number;
  now: number;
  /** First and latest event so far; NaN before any. */
  from: number;
  to: number;
  /** Time of the event that ended the block, for something is due before it: that happens when the block has been taken. */
  next: number | undefined;
};
export type Block = BlockFacts & { lines: TextLines[] };

/**
 * Lines of event files, cut into blocks under a clock that follows event time: a block ends before the first event behind
 * the next due time, so what came before a due time is taken before it. Reads no clock but to begin, and no more of a line than its time.
 */
export class EventBlocks {
  private lines: { bytes: Buffer; bounds: number[] }[] = [];
  private places: number[] = [];
  private read = 0;
  private start: number | undefined;
  private from = Number.NaN;
  private to = Number.NaN;
  private due = Number.POSITIVE_INFINITY;
  private file = '';
  private line = 0;
  private held: { bytes: Buffer; from: number; to: number; place: number; at: number } | undefined;

  constructor(private readonly detectEvery: number) {}

  /** Begins a file. */
  open(file: string): void {
    this.file = file;
    this.line = 0;
  }

  /** Takes lines of the file; answers the blocks that they complete. */
  take({ bytes, bounds }: TextLines): Block[] {
    const done: Block[] = [];
    for (let place = 0; place < bounds.length; place += 2) {
      const from = bounds[place]!;
      const to = bounds[place + 1]!;
      this.line++;
      if (from === to || (to === from + 1 && bytes[from] === RETURN)) continue;
      this.read++;
      const at = timeIn(bytes, from, to);
      if (this.held) {
        if (at !== undefined && at > this.to + JUMP) this.reach(Math.min(at, this.held.at), done);
        this.release();
      }
      if (at !== undefined && at > this.to + JUMP) {
        this.held = { bytes, from, to, place: this.line, at };
        continue;
      }
      if (at !== undefined) this.reach(at, done);
      this.add(bytes, from, to, this.line);
      if (this.places.length >= LONGEST) done.push(this.cut(undefined));
    }
    return done;
  }

  /** What is left at the end of the file. */
  close(): Block[] {
    this.release();
    return this.places.length === 0 ? [] : [this.cut(undefined)];
  }

  private release(): void {
    if (!this.held) return;
    const { bytes, from, to, place } = this.held;
    this.add(bytes, from, to, place);
    this.held = undefined;
  }

  private add(bytes: Buffer, from: number, to: number, place: number): void {
    let lines = this.lines.at(-1);
    if (lines?.bytes !== bytes) {
      lines = { bytes, bounds: [] };
      this.lines.push(lines);
    }
    lines.bounds.push(from, to);
    this.places.push(place);
  }

  private reach(at: number, done: Block[]): void {
    if (at <= this.to) return;
    if (Number.isNaN(this.from)) this.from = at;
    else if (at >= this.due) done.push(this.cut(at));
    this.to = at;
    if (at >= this.due || this.due === Number.POSITIVE_INFINITY) this.due = dueAfter(at, this.detectEvery);
  }

  private cut(next: number | undefined): Block {
    const { lines, places, file, read, from, to } = this;
    this.start ??= Number.isNaN(from) ? Date.now() : from;
    this.lines = [];
    this.places = [];
    return { file, lines, places, read, start: this.start, now: Number.isNaN(to) ? this.start : Math.max(this.start, to), from, to, next };
  }
}

/**
 * The time of the event that the bytes `from` to `to` (not with it) are, without parsing it. A quoted `"time":"` inside JSON text can
 * only be a key; where no brace but the first opens before it, it is the event's own. In any other order, and in another form than
 * UTC, the line is parsed. Undefined when it has none.
 */
export function timeIn(bytes: Buffer, from: number, to: number): number | undefined {
  if (bytes[from] === OPEN) {
    const last = to - TIME.length - SHORTEST;
    for (let at = from + 1; at < last && bytes[at] !== OPEN; at++) {
      if (bytes[at] !== QUOTE || !beginsTime(bytes, at)) continue;
      const begin = at + TIME.length;
      let end = begin + SHORTEST;
      while (end < begin + LONGEST_TIME && bytes[end] !== QUOTE) end++;
      const instant = bytes[end] === QUOTE ? instantIn(bytes, begin, end) : undefined;
      if (instant !== undefined) return instant;
      break;
    }
  }
  try {
    const event: unknown = JSON.parse(bytes.toString('utf8', from, to));
    const time = typeof event === 'object' && event !== null && 'time' in event ? event.time : undefined;
    const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
    return Number.isNaN(at) ? undefined : at;
  } catch {
    return undefined;
  }
}

function beginsTime(bytes: Buffer, at: number): boolean {
  for (let place = 1; place < TIME.length; place++) if (bytes[at + place] !== TIME[place]) return false;
  return true;
}
