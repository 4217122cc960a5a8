import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { EMULATED } from '../../local/engines/engine';
import { startJsonEndpoint } from '../../local/engines/json-endpoint';
import { EventBridgeBus } from '../../shared/aws/event-bridge-bus';
import { MemoryEventBus } from '../../shared/memory/memory-event-bus';
import type { EventBus, OutgoingEvent } from '../../shared/ports';

const Entry = z.object({ EventBusName: z.string(), Source: z.string(), DetailType: z.string(), Time: z.number(), Detail: z.string() });
const PutEvents = z.object({ Entries: z.array(Entry).min(1).max(10) });
const Detail = z.looseObject({ id: z.string() });

const events = (count: number): OutgoingEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `e-${index}`,
    type: 'lockstep.action',
    time: 1_780_000_000_000 + index * 1000,
    detail: { index, text: 'ü' },
  }));

/** A bus as PutEvents is documented; `refuse` names the ids that it does not take. */
async function overTheWire(refuse: ReadonlySet<string> = new Set()) {
  const received: OutgoingEvent[] = [];
  const engine = await startJsonEndpoint((operation, request) => {
    if (operation !== 'PutEvents') return { status: 400, body: { __type: 'UnknownOperationException' } };
    const taken = PutEvents.parse(request).Entries.map((entry) => {
      const { id, ...detail } = Detail.parse(JSON.parse(entry.Detail));
      if (refuse.has(id)) return { ErrorCode: 'ThrottlingException' };
      received.push({
        id,
        type: entry.DetailType,
        time: entry.Time * 1000,
        detail: z.record(z.string(), z.union([z.string(), z.number()])).parse(detail),
      });
      return { EventId: id };
    });
    return { body: { FailedEntryCount: taken.filter((entry) => 'ErrorCode' in entry).length, Entries: taken } };
  });
  const client = new EventBridgeClient({ ...EMULATED, endpoint: engine.endpoint, maxAttempts: 1 });
  return { bus: new EventBridgeBus(client, 'lockstep'), received, stop: () => engine.stop() };
}

const inMemory = async () => {
  const bus = new MemoryEventBus();
  return { bus, received: bus.published, stop: async () => undefined };
};

describe.each([
  ['memory', inMemory],
  ['EventBridge', overTheWire],
])('EventBus on %s', (_, make: () => Promise<{ bus: EventBus; received: OutgoingEvent[]; stop(): Promise<unknown> }>) => {
  test.each([[0], [1], [25]])('takes %i events, each once, with all they say', async (count) => {
    const { bus, received, stop } = await make();
    await bus.publish(events(count));
    expect(received).toEqual(events(count));
    await stop();
  });
});

test('an event that was not taken throws: whoever publishes tries again', async () => {
  const { bus, stop } = await overTheWire(new Set(['e-3']));
  await expect(bus.publish(events(5))).rejects.toThrow('1 of 5 events were not taken: ThrottlingException');
  await stop();
});
