import { isAsExpected } from '../../functions/ingest/ingest';
import type { Refused } from '../../functions/ingest/read-messages';
import type { Pipeline } from '../../local/pipeline';
import { type Arrivals, addArrivals } from '../../shared/domain/arrival';
import type { ReadBlock } from './read-blocks';

export type ReplayProgress = { read: number; at: number };

/** Refused records that are shown at the end; all of them stand in a file. */
const SHOWN = 5;

/** Feeds a pipeline with blocks of events under a clock that follows event time, and lets happen what is due between them. */
export class FileReplay {
  read = 0;
  /** What came from whom. */
  readonly arrivals: Arrivals = {};
  /** The first refused records. */
  readonly first: Refused[] = [];
  from = Number.NaN;
  to = Number.NaN;
  pipeline: Pipeline | undefined;

  constructor(
    /** Made at the first event's time. */
    readonly begin: (start: number) => Pipeline | Promise<Pipeline>,
    private readonly onProgress: (progress: ReplayProgress) => void = () => {},
    /** Told of every refused record, as it comes. */
    private readonly onRefused: (refused: readonly Refused[]) => void = () => {},
  ) {}

  /** Throws what reading them throws, after everything before was taken. */
  async run(blocks: AsyncIterable<ReadBlock>): Promise<void> {
    for await (const block of blocks) await this.feed(block);
  }

  async feed({ events, again, ...block }: ReadBlock): Promise<void> {
    this.pipeline ??= await this.begin(block.start);
    await this.pipeline.advanceTo(block.now);
    // What was read as prevented and was not: an action ended after it was read.
    const stands = again === undefined || isAsExpected(events, this.pipeline.gateway.effect);
    const { rejected, arrivals } = await this.pipeline.keep(stands ? events : await again());
    addArrivals(this.arrivals, arrivals);
    this.first.push(...rejected.slice(0, SHOWN - this.first.length));
    this.onRefused(rejected);
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
    if (!Number.isNaN(this.to)) await this.pipeline?.advanceTo(this.to + 2 * 3_600_000);
  }
}
