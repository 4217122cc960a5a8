import { type called, doTask } from '../../functions/detection/tasks/called-task';
import type { ObjectStore } from '../../shared/ports';
import { PRICES } from '../cost/prices';

/** GB of memory of a function that does a task (infra/detection.ts); and of Express, which charges 64 MB for each second that a child takes. */
const TASK_GB = 3_008 / 1024;
const EXPRESS = { request: 1e-6, gbSecond: 0.00001667, gb: 64 / 1024 };
/** A standard execution: it starts, maps, ends. */
const TRANSITION = 0.000025;
const TRANSITIONS = 3;
/** As in docs/cost.md: seconds that a request of S3 takes, one after the other. */
const WAIT = 0.025;

/**
 * Tasks as functions would do them, here one after the other: each begins with nothing and reads all it needs. Counted: requests, bytes, CPU
 * seconds; computed from them: dollars, as if a vCPU were as fast as this one.
 */
export class AsFunctions {
  private readonly count = { tasks: 0, steps: 0, puts: 0, gets: 0, moved: 0, longest: 0, cpu: 0 };
  private waits = 0;
  private readonly bySteps = new Map<string, { cpu: number; puts: number }>();

  constructor(private readonly spill: ObjectStore) {}

  /** What tasks, and who has them done, read and write. */
  readonly store: ObjectStore = {
    put: async (key, bytes, options) => {
      this.count.puts++;
      this.count.moved += bytes.length;
      return this.spill.put(key, bytes, options);
    },
    list: (prefix) => this.spill.list(prefix),
    get: async (key, range) => {
      const bytes = await this.spill.get(key, range);
      this.count.gets++;
      this.count.moved += bytes?.length ?? 0;
      return bytes;
    },
    delete: (key) => this.spill.delete(key),
  };

  readonly carryOut: Parameters<typeof called>[0] = async (items) => {
    const { count } = this;
    count.steps++;
    // The list itself is written and read.
    count.puts++;
    count.gets++;
    for (const item of items) {
      const before = process.cpuUsage();
      const requests = count.puts + count.gets;
      const { puts } = count;
      await doTask(item, this.store);
      const { user, system } = process.cpuUsage(before);
      const cpu = (user + system) / 1e6;
      this.waits += (count.puts + count.gets - requests) * WAIT;
      count.tasks++;
      count.cpu += cpu;
      count.longest = Math.max(count.longest, cpu);
      const step = this.bySteps.get(item.step) ?? { cpu: 0, puts: 0 };
      step.cpu += cpu;
      step.puts += count.puts - puts;
      this.bySteps.set(item.step, step);
    }
  };

  /** In words. */
  get counted(): string {
    const { tasks, steps, puts, gets, moved, longest, cpu } = this.count;
    const seconds = cpu + this.waits;
    const dollars =
      seconds * TASK_GB * PRICES.lambdaGbSecond.usd +
      tasks * (PRICES.lambdaRequest.usd + EXPRESS.request) +
      seconds * EXPRESS.gb * EXPRESS.gbSecond +
      steps * TRANSITIONS * TRANSITION +
      puts * PRICES.s3Put.usd +
      gets * PRICES.s3Get.usd;
    const each = [...this.bySteps].map(([step, one]) => `${step} ${one.cpu.toFixed(1)} s and ${one.puts} PUT`).join(', ');
    return `${tasks} tasks, ${cpu.toFixed(1)} CPU s in them, the longest ${longest.toFixed(2)}; ${puts} PUT, ${gets} GET, ${(moved / 2 ** 30).toFixed(1)} GiB; $${dollars.toFixed(4)} a run; by step: ${each}`;
  }
}
