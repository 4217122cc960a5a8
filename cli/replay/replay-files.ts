import type { RejectedEvent } from '../../functions/ingest/read-messages';
import type { Pipeline } from '../../local/pipeline';
import type { BlockFacts } from './event-blocks';
import type { ReadBlock } from './read-blocks';

export type ReplayProgress = { read: number; at: number };
export type RejectedLine = RejectedEvent & { file: string };

const MOST_REJECTED = 100_000;

/** Feeds a pipeline with blocks of events under a clock that follows event time, and lets happen what is due between them. */
export class FileReplay {
  read = 0;
  readonly rejected: RejectedLine[] = [];
  from = Number.NaN;
  to = Number.NaN;
  pipeline: Pipeline | undefined;

  constructor(
    /** Made at the first event's time. */
    private readonly begin: (start: number) => Pipeline | Promise<Pipeline>,
    private readonly onProgress: (progress: ReplayProgress) => void = () => {},
  ) {}

  /** Throws what reading them throws, after everything before was taken. */
  async run(blocks: AsyncIterable<ReadBlock>): Promise<void> {
    for await (const block of blocks) await this.feed(block);
  }

  async feed({ events, ...block }: ReadBlock): Promise<void> {
    this.pipeline ??= await this.begin(block.start);
    await this.pipeline.advanceTo(block.now);
    const { rejected } = await this.pipeline.keep(events);
    this.note(rejected, block);
    this.read = block.read;
    this.from = block.from;
    this.to = block.to;
    this.onProgress({ read: this.read, at: this.to });
    if (block.next === undefined) return;
    await this.pipeline.advanceTo(block.next);
    this.to = block.next;
  }

  /** Lets the rest happen: what was begun comes to its end within two hours after the last event. */
  async finish(): Promise<void> {
    await this.pipeline?.advanceTo(this.to + 2 * 3_600_000);
  }

  private note(rejected: readonly RejectedEvent[], { file, places }: BlockFacts): void {
    for (const one of rejected)
      if (this.rejected.length < MOST_REJECTED) this.rejected.push({ ...one, line: places[one.line - 1] ?? 0, file });
  }
}
