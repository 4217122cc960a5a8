import type { RejectedEvent } from '../functions/ingest/ingest';
import { usualInstant } from '../shared/model/instant';
import type { Pipeline } from './pipeline';
import { linesOf } from './read-events';

export type ReplayProgress = { read: number; at: number };
export type RejectedLine = RejectedEvent & { file: string };

/** An event this far ahead of all others moves the clock only if the next one agrees: one wrong date must not make the rest late. */
const JUMP = 6 * 3_600_000;

/** Lines that are handed over at once, at most. */
const BLOCK = 20_000;
const TIME = '"time":"';
const QUOTE = 34;

/**
 * Feeds event files to a pipeline under a clock that follows event time. Before an event behind the next due time is
 * taken, everything due until then happens.
 */
export class FileReplay {
  read = 0;
  readonly rejected: RejectedLine[] = [];
  from = Number.NaN;
  to = Number.NaN;
  private block: string[] = [];
  /** Where in its file each line of the block stands. */
  private places: number[] = [];
  private file = '';
  private line = 0;
  private held: { line: string; place: number; at: number } | undefined;

  constructor(
    /** Made at the first event's time. */
    private readonly begin: (start: number) => Pipeline | Promise<Pipeline>,
    private readonly onProgress: (progress: ReplayProgress) => void = () => {},
  ) {}

  pipeline: Pipeline | undefined;

  /** Throws UnreadableInput after everything before the damage was taken. */
  async run(files: readonly string[]): Promise<void> {
    try {
      for (const file of files) await this.readFile(file);
    } finally {
      await this.flush();
    }
  }

  /** Lets the rest happen: what was begun comes to its end within two hours after the last event. */
  async finish(): Promise<void> {
    await this.flush();
    await this.pipeline?.advanceTo(this.to + 2 * 3_600_000);
  }

  private async readFile(file: string): Promise<void> {
    await this.flush();
    this.file = file;
    this.line = 0;
    try {
      for await (const lines of linesOf(file)) await this.takeLines(lines);
    } finally {
      this.release();
      await this.flush();
    }
  }

  async takeLines(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.line++;
      if (line === '' || line === '\r') continue;
      this.read++;
      const at = timeIn(line);
      if (this.held) {
        if (at !== undefined && at > this.to + JUMP) await this.reach(Math.min(at, this.held.at));
        this.release();
      }
      if (at !== undefined && this.pipeline && at > this.to + JUMP) {
        this.held = { line, place: this.line, at };
        continue;
      }
      if (at !== undefined) await this.reach(at);
      this.block.push(line);
      this.places.push(this.line);
      if (this.block.length >= BLOCK) await this.flush();
    }
  }

  private release(): void {
    if (!this.held) return;
    this.block.push(this.held.line);
    this.places.push(this.held.place);
    this.held = undefined;
  }

  private async reach(at: number): Promise<void> {
    if (!this.pipeline) {
      this.pipeline = await this.begin(at);
      this.from = at;
      this.to = at;
    }
    if (at <= this.to) return;
    if (at >= this.pipeline.due) {
      // What came before is taken before anything that is due happens.
      await this.flush();
      await this.pipeline.advanceTo(at);
    }
    this.to = at;
  }

  private async flush(): Promise<void> {
    if (this.block.length === 0) return;
    const { block, places } = this;
    this.block = [];
    this.places = [];
    this.pipeline ??= await this.begin(Date.now());
    if (!Number.isNaN(this.to)) await this.pipeline.advanceTo(this.to);
    const { rejected } = await this.pipeline.take([{ id: `${this.file}:${places[0]}`, lines: block }]);
    for (const one of rejected)
      if (this.rejected.length < 100_000) this.rejected.push({ ...one, line: places[one.line - 1] ?? 0, file: this.file });
    this.onProgress({ read: this.read, at: this.to });
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
