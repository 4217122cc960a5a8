import { type Candidate, candidatesOf } from '../../functions/ingest/candidates';
import { LATEST } from '../../functions/ingest/parse-event';
import type { Found } from '../../functions/ingest/records/json-values';
import { dueAfter } from '../../local/schedule';
import type { ProducerSettings } from '../../shared/contract/producer-settings';

/** An event this far ahead at the end of a file, where none comes after it to agree or not, is taken for a wrong date. */
const FAR = 6 * 3_600_000;

/** Events of a block, at most. */
const LONGEST = 20_000;

/** Where a block stands in what is read. Times in ms. */
export type BlockFacts = {
  file: string;
  /** Events and refused records read so far, with this block's. */
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
export type Block = BlockFacts & { candidates: Candidate[] };

type Ahead = { candidate: Candidate; at: number };

/**
 * Events of files, cut into blocks under a clock that follows event time: a block ends before the first event behind the next due
 * time, so what came before a due time is taken before it. An event more than ten minutes ahead moves the clock only if the next one
 * agrees; otherwise it is kept aside until the clock comes to its time, or is early when there is nothing more. Reads no clock but to begin.
 */
export class EventBlocks {
  private candidates: Candidate[] = [];
  private read = 0;
  private start: number | undefined;
  private from = Number.NaN;
  private to = Number.NaN;
  private due = Number.POSITIVE_INFINITY;
  private file = '';
  private held: Ahead | undefined;
  /** By the ten minutes that they are in. */
  private readonly aside = new Map<number, Ahead[]>();

  constructor(
    private readonly detectEvery: number,
    private readonly producers: ProducerSettings = {},
  ) {}

  /** Begins a file. */
  open(file: string): void {
    this.file = file;
  }

  /** Takes values of the file; answers the blocks that they complete. */
  take(values: readonly Found[]): Block[] {
    const done: Block[] = [];
    for (const value of values) {
      const received = Number.isNaN(this.to) ? Date.now() : this.to;
      for (const candidate of candidatesOf(value, this.producers, received)) this.takeOne(candidate, done);
    }
    return done;
  }

  /** What is left at the end of the file. */
  close(): Block[] {
    const done: Block[] = [];
    if (this.held) {
      if (this.held.at <= this.to + FAR) this.reach(this.held.at, done);
      this.release(done);
    }
    if (this.candidates.length > 0) done.push(this.cut(undefined));
    return done;
  }

  /** What is left at the end of all files: whose time never came. */
  end(): Block[] {
    for (const ahead of this.aside.values()) for (const { candidate } of ahead) this.candidates.push(candidate);
    this.aside.clear();
    return this.candidates.length === 0 ? [] : [this.cut(undefined)];
  }

  private takeOne(candidate: Candidate, done: Block[]): void {
    this.read++;
    const at = timeOf(candidate);
    if (at === undefined) {
      this.add(candidate, done);
      return;
    }
    const isAhead = at > this.to + LATEST;
    if (this.held) {
      if (isAhead) this.reach(Math.min(at, this.held.at), done);
      this.release(done);
    }
    if (at > this.to + LATEST) {
      this.held = { candidate, at };
      return;
    }
    this.reach(at, done);
    this.add(candidate, done);
  }

  /** The event that was held is taken if the clock has come near it, or else kept aside. */
  private release(done: Block[]): void {
    const { held } = this;
    if (!held) return;
    this.held = undefined;
    if (held.at <= this.to + LATEST) {
      this.add(held.candidate, done);
      return;
    }
    const part = Math.floor(held.at / LATEST);
    const known = this.aside.get(part);
    if (known) known.push(held);
    else this.aside.set(part, [held]);
  }

  private add(candidate: Candidate, done: Block[]): void {
    this.candidates.push(candidate);
    if (this.candidates.length >= LONGEST) done.push(this.cut(undefined));
  }

  private reach(at: number, done: Block[]): void {
    if (at <= this.to) return;
    if (Number.isNaN(this.from)) this.from = at;
    else if (at >= this.due) done.push(this.cut(at));
    const part = Math.floor(at / LATEST);
    const before = Math.floor(this.to / LATEST);
    this.to = at;
    if (at >= this.due || this.due === Number.POSITIVE_INFINITY) this.due = dueAfter(at, this.detectEvery);
    if (part === before || this.aside.size === 0) return;
    for (const [its, ahead] of this.aside) {
      if (its >= part) continue;
      this.aside.delete(its);
      for (const { candidate } of ahead) this.add(candidate, done);
    }
  }

  private cut(next: number | undefined): Block {
    const { candidates, file, read, from, to } = this;
    this.start ??= Number.isNaN(from) ? Date.now() : from;
    this.candidates = [];
    return { file, candidates, read, start: this.start, now: Number.isNaN(to) ? this.start : Math.max(this.start, to), from, to, next };
  }
}

/** When an event says that it was, ms. */
function timeOf(candidate: Candidate): number | undefined {
  if (candidate.kind !== 'event') return undefined;
  const { event } = candidate;
  const time = typeof event === 'object' && event !== null && 'time' in event ? event.time : undefined;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
