import type { OutgoingText, Topic } from '../ports';

/** The Topic port as a list, in the order of publishing. */
export class MemoryTopic implements Topic {
  readonly published: OutgoingText[] = [];

  async publish(text: OutgoingText): Promise<void> {
    this.published.push(text);
  }
}
