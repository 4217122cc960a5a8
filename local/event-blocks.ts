import { usualInstant } from '../shared/model/instant';
import { dueAfter } from './schedule';

/** An event this far ahead of all others moves the clock only if the next one agrees: one wrong date must not make the rest late. */
const JUMP = 6 * 3_600_000;

/** Lines of a block, at most. */
const LONGEST = 20_000;
const TIME = '"time":"';
const QUOTE = 34;

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
export type Block = BlockFacts & { lines: string[] };

/**
 * Lines of event files, cut into blocks under a clock that follows event time: a block ends before the first event behind
 * the next due time, so what came before a due time is taken before it. Reads no clock but to begin, and no more of a line than its time.
 */
export class EventBlocks {
  private lines: string[] = [];
  private places: number[] = [];
  private read = 0;
  private start: number | undefined;
  private from = Number.NaN;
  private to = Number.NaN;
  private due = Number.POSITIVE_INFINITY;
  private file = '';
  private line = 0;
  private held: { line: string; place: number; at: number } | undefined;

  constructor(private readonly detectEvery: number) {}

  /** Begins a file. */
  open(file: string): void {
    this.file = file;
    this.line = 0;
  }

  /** Takes lines of the file; answers the blocks that they complete. */
  take(lines: readonly string[]): Block[] {
    const done: Block[] = [];
    for (const line of lines) {
      this.line++;
      if (line === '' || line === '\r') continue;
      this.read++;
      const at = timeIn(line);
      if (this.held) {
        if (at !== undefined && at > this.to + JUMP) this.reach(Math.min(at, this.held.at), done);
        this.release();
      }
      if (at !== undefined && at > this.to + JUMP) {
        this.held = { line, place: this.line, at };
        continue;
      }
      if (at !== undefined) this.reach(at, done);
      this.lines.push(line);
      this.places.push(this.line);
      if (this.lines.length >= LONGEST) done.push(this.cut(undefined));
    }
    return done;
  }

  /** What is left at the end of the file. */
  close(): Block[] {
    this.release();
    return this.lines.length === 0 ? [] : [this.cut(undefined)];
  }

  private release(): void {
    if (!this.held) return;
    this.lines.push(this.held.line);
    this.places.push(this.held.place);
    this.held = undefined;
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
 * The event's time without parsing the event. A quoted `"time":"` inside JSON text can only be a key; where no brace but
 * the first opens before it, it is the event's own. In any other order, and in another form than UTC with milliseconds,
 * the line is parsed. Undefined when it has none.
 */
export function timeIn(line: string): number | undefined {
  const place = line.indexOf(TIME);
  if (place >= 0 && line.lastIndexOf('{', place) === 0 && line.charCodeAt(place + 32) === QUOTE) {
    const at = usualInstant(line.slice(place + 8, place + 32));
    if (at !== undefined) return at;
  }
  try {
    const event: unknown = JSON.parse(line);
    const time = typeof event === 'object' && event !== null && 'time' in event ? event.time : undefined;
    const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
    return Number.isNaN(at) ? undefined : at;
  } catch {
    return undefined;
  }
}
