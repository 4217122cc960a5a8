import type { Segments } from '../../functions/detection/screen/holders/census';
import { type ScreenCut, type Screened, type ScreenPolicy, screen } from '../../functions/detection/screen/screen';
import type { BoardStore } from '../../functions/detection/screen/tasks/board';
import { called, doTask, prefixOf } from '../../functions/detection/tasks/called-task';
import { PRICES } from '../cost/prices';

/** GB of memory of a function that does a task (infra/detection.ts); and of Express, which charges 64 MB for each second that a child takes. */
const TASK_GB = 3_008 / 1024;
const EXPRESS = { request: 1e-6, gbSecond: 0.00001667, gb: 64 / 1024 };
/** A standard execution: it starts, maps, ends. */
const TRANSITION = 0.000025;
const TRANSITIONS = 3;
/** As in docs/cost.md: seconds that a request of S3 takes, one after the other. */
const WAIT = 0.025;

export type AsFunctions = {
  result: Screened;
  tasks: number;
  puts: number;
  gets: number;
  moved: number;
  /** CPU seconds of the longest task, of all of them, and what a run costs at list prices. */
  longest: number;
  cpu: number;
  dollars: number;
};

/**
 * The screen as functions would do it, here one after the other: each task begins with nothing and reads all it needs. Counted: requests,
 * bytes, CPU seconds; computed from them: dollars, as if a vCPU were as fast as this one.
 */
export async function asFunctions(
  segments: Segments,
  now: number,
  policy: ScreenPolicy,
  cut: ScreenCut,
  spill: BoardStore,
): Promise<AsFunctions> {
  const count = { tasks: 0, steps: 0, puts: 0, gets: 0, moved: 0, longest: 0, cpu: 0 };
  const store: BoardStore = {
    async put(key, bytes) {
      count.puts++;
      count.moved += bytes.length;
      return spill.put(key, bytes);
    },
    async get(key) {
      const bytes = await spill.get(key);
      count.gets++;
      count.moved += bytes?.length ?? 0;
      return bytes;
    },
    delete: (key) => spill.delete(key),
  };
  let waits = 0;
  const carryOut: Parameters<typeof called>[0] = async (items) => {
    count.steps++;
    // The list itself is written and read.
    count.puts++;
    count.gets++;
    for (const item of items) {
      const before = process.cpuUsage();
      const requests = count.puts + count.gets;
      await doTask(item, store);
      const { user, system } = process.cpuUsage(before);
      const cpu = (user + system) / 1e6;
      waits += (count.puts + count.gets - requests) * WAIT;
      count.tasks++;
      count.cpu += cpu;
      count.longest = Math.max(count.longest, cpu);
    }
  };
  const prefix = prefixOf('run-bench');
  const result = await screen(segments, new Set(), now, policy, cut, store, { prefix, elsewhere: called(carryOut, prefix) });
  const seconds = count.cpu + waits;
  const dollars =
    seconds * TASK_GB * PRICES.lambdaGbSecond.usd +
    count.tasks * (PRICES.lambdaRequest.usd + EXPRESS.request) +
    seconds * EXPRESS.gb * EXPRESS.gbSecond +
    count.steps * TRANSITIONS * TRANSITION +
    count.puts * PRICES.s3Put.usd +
    count.gets * PRICES.s3Get.usd;
  return { result, ...count, dollars };
}
