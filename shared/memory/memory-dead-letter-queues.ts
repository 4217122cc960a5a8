import type { DeadLetterCount, DeadLetterQueues } from '../ports';

/** The DeadLetterQueues port as counters: nothing dies on one machine unless somebody says so. */
export class MemoryDeadLetterQueues implements DeadLetterQueues {
  readonly waiting = new Map<string, number>();

  async count(): Promise<DeadLetterCount[]> {
    return [...this.waiting].map(([queue, messages]) => ({ queue, messages, url: `https://sqs.invalid/0/${queue.replaceAll('/', '-')}` }));
  }
}
