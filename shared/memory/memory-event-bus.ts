import type { EventBus, OutgoingEvent } from '../ports';

/** The EventBus port as a list, in the order of publishing. */
export class MemoryEventBus implements EventBus {
  readonly published: OutgoingEvent[] = [];

  async publish(events: readonly OutgoingEvent[]): Promise<void> {
    this.published.push(...events);
  }
}
