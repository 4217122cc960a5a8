import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, EventBlocks } from '../../cli/replay/event-blocks';
import { readBlock } from '../../cli/replay/read-blocks';
import { FileReplay } from '../../cli/replay/replay-files';
import { reportOf } from '../../cli/replay/report';
import type { DetectionPorts, DetectionRun } from '../../functions/detection/detect';
import { valuesIn } from '../../functions/ingest/records/json-values';
import { Pipeline } from '../../local/pipeline';
import { Policy } from '../../shared/domain/policy/policy';
import { HOUR } from '../../shared/domain/time';
import type { System } from './evaluate';

export type ReplayOptions = {
  detectEveryHours?: number;
  /** A policy file; the recommended policy otherwise. */
  policy?: string;
  onHour?: (at: number) => void;
  /** Told of every detection run. */
  onRun?: (pipeline: Pipeline, run: DetectionRun) => void;
  /** Is shown what was found out about each network of every detection run. */
  record?: (pipeline: Pipeline, ...found: Parameters<NonNullable<DetectionPorts['record']>>) => void;
  /** Is shown the pipeline before the first event. */
  begin?: (pipeline: Pipeline) => void;
  /** Looks into the pipeline once all is done: for figures that the report does not carry. */
  inspect?: (pipeline: Pipeline) => Promise<void>;
};

export const RECOMMENDED = join(process.env.LOCKSTEP_ROOT ?? join(__dirname, '../..'), 'policies/recommended.json');
/** Identifiers of simulated and public data only: this key protects nobody and says so. */
const SECRET = 'evaluation-only-not-a-secret-0123456789abcdef';

/**
 * The product as `npm run replay` runs it, fed in this process: what the pipeline has contained by an hour's end is known to the
 * world before its next hour is made, so that operators can answer.
 */
export const replaySystem =
  ({ detectEveryHours = 1, policy = RECOMMENDED, onHour, onRun, record, begin, inspect }: ReplayOptions): System =>
  async (source) => {
    const parsed = Policy.parse(JSON.parse(readFileSync(policy, 'utf8')));
    const began = process.hrtime.bigint();
    let peak = 0;
    const pipeline: Pipeline = new Pipeline({
      policy: parsed,
      secret: SECRET,
      start: source.start,
      detectEvery: detectEveryHours * HOUR,
      ...(record ? { record: (...found) => record(pipeline, ...found) } : {}),
      onRun: (run) => onRun?.(pipeline, run),
    });
    await pipeline.arm('evaluation');
    begin?.(pipeline);
    const replay = new FileReplay(() => pipeline);
    const contained = (id: string): boolean =>
      pipeline.gateway.effect(pipeline.hasher.account(id).key)?.(pipeline.clock.now()) !== undefined;
    const blocks = new EventBlocks(detectEveryHours * HOUR);
    const feed = async (completed: readonly Block[]): Promise<void> => {
      for (const block of completed) await replay.feed(readBlock(block, pipeline.hasher, pipeline.gateway.effect));
    };
    blocks.open(source.name);
    for await (const lines of source.lines({ contained })) {
      await feed(blocks.take(valuesIn(lines.join('\n'))));
      peak = Math.max(peak, process.memoryUsage.rss());
      onHour?.(replay.to);
    }
    await feed([...blocks.close(), ...blocks.end()]);
    await replay.finish();
    await inspect?.(pipeline);
    const { read, from, to } = replay;
    if (read === 0) throw new Error(`${source.name} has no events`);
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    return reportOf(pipeline, { read, from, to, seconds, peakMemoryMiB: Math.round(peak / 2 ** 20) });
  };
