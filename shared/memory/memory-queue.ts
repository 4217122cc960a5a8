import type { Clock, Message, Queue } from '../ports';

type Held = Message & { visibleAt: number; deliveries: number };

/** SQS takes at most this many bytes a message; so does the twin, so that a message too large is found on one machine. */
const MAXIMUM_BYTES = 1_048_576;

/**
 * The Queue port in memory, with the reading side that the event source mapping has on AWS: a message that was taken and not
 * deleted comes back after `visibilitySeconds`, and after `maxReceives` deliveries it moves to `deadLetters`.
 */
export class MemoryQueue implements Queue {
  readonly deadLetters: Message[] = [];
  private readonly held = new Map<string, Held>();
  private sent = 0;

  constructor(
    private readonly clock: Clock,
    private readonly options: { visibilitySeconds?: number; maxReceives?: number } = {},
  ) {}

  async send(bodies: readonly string[], options: { delaySeconds?: number } = {}): Promise<void> {
    for (const body of bodies) {
      const bytes = Buffer.byteLength(body);
      if (bytes > MAXIMUM_BYTES) throw new Error(`an entry of ${bytes} bytes exceeds the limit of ${MAXIMUM_BYTES}`);
    }
    const visibleAt = this.clock.now() + (options.delaySeconds ?? 0) * 1000;
    for (const body of bodies) {
      const id = `m-${this.sent++}`;
      this.held.set(id, { id, body, visibleAt, deliveries: 0 });
    }
  }

  /** Up to `limit` visible messages, oldest first, hidden from others until deleted or their visibility ends. */
  take(limit = 10): Message[] {
    const now = this.clock.now();
    const taken: Message[] = [];
    for (const message of this.held.values()) {
      if (taken.length === limit) break;
      if (message.visibleAt > now) continue;
      if (message.deliveries >= (this.options.maxReceives ?? Number.POSITIVE_INFINITY)) {
        this.held.delete(message.id);
        this.deadLetters.push({ id: message.id, body: message.body });
        continue;
      }
      message.deliveries++;
      message.visibleAt = now + (this.options.visibilitySeconds ?? 30) * 1000;
      taken.push({ id: message.id, body: message.body });
    }
    return taken;
  }

  delete(id: string): void {
    this.held.delete(id);
  }

  get waiting(): number {
    return this.held.size;
  }
}
