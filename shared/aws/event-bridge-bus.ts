import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBus, OutgoingEvent } from '../ports';
import { batchesOf } from './batches';

/** EventBridge: ten entries and 1 MiB a request. */
const BATCH = { count: 10, bytes: 1_048_576 };
export const EVENT_SOURCE = 'lockstep';

/** The EventBus port on EventBridge. The receiver's idempotency key is `detail.id`; throws when any event was not taken. */
export class EventBridgeBus implements EventBus {
  constructor(
    private readonly client: EventBridgeClient,
    private readonly busName: string,
  ) {}

  async publish(events: readonly OutgoingEvent[]): Promise<void> {
    const entries = events.map(({ id, type, time, detail }) => ({
      EventBusName: this.busName,
      Source: EVENT_SOURCE,
      DetailType: type,
      Time: new Date(time),
      Detail: JSON.stringify({ id, ...detail }),
    }));
    for (const Entries of batchesOf(entries, (entry) => Buffer.byteLength(entry.Detail) + 256, BATCH)) {
      const { FailedEntryCount, Entries: taken } = await this.client.send(new PutEventsCommand({ Entries }));
      if (FailedEntryCount) {
        throw new Error(
          `${FailedEntryCount} of ${Entries.length} events were not taken: ${taken?.find((entry) => entry.ErrorCode)?.ErrorCode}`,
        );
      }
    }
  }
}
