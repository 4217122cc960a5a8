import type { Queue } from '../../shared/ports';

/** A queue with its reading side: `receive` answers the bodies that are visible now; `pass` lets seconds go by. */
export type QueueHarness = { queue: Queue; receive(): Promise<string[]>; pass(seconds: number): Promise<void> };

/** What every Queue must do. SQS promises neither order nor once, so neither is asked. */
export function queueContract(engine: string, make: () => Promise<QueueHarness>): void {
  describe(`Queue on ${engine}`, () => {
    let harness: QueueHarness;
    beforeAll(async () => {
      harness = await make();
    });
    beforeEach(() => harness.receive());
    const everything = async () => (await harness.receive()).sort();

    test('what was sent is received, more than one request carries too', async () => {
      const bodies = Array.from({ length: 25 }, (_, index) => `{"n":${index}}`);
      await harness.queue.send(bodies);
      expect(await everything()).toEqual([...bodies].sort());
    });

    test('text of every kind arrives as it was', async () => {
      const body = JSON.stringify({ text: 'ü € <&> "quoted"\n' });
      await harness.queue.send([body]);
      expect(await everything()).toEqual([body]);
    });

    test('large bodies are split over requests', async () => {
      const bodies = ['a', 'b', 'c'].map((letter) => letter.repeat(400_000));
      await harness.queue.send(bodies);
      expect(await everything()).toEqual(bodies);
    });

    test('sending nothing sends nothing', async () => {
      await harness.queue.send([]);
      expect(await everything()).toEqual([]);
    });

    test('a delayed message is not there before its time', async () => {
      await harness.queue.send(['later'], { delaySeconds: 5 });
      expect(await everything()).toEqual([]);
      await harness.pass(5.5);
      expect(await everything()).toEqual(['later']);
    });

    test('a body beyond a mebibyte throws', async () => {
      await expect(harness.queue.send(['x'.repeat(1_048_577)])).rejects.toThrow(/exceed/);
      expect(await everything()).toEqual([]);
    });
  });
}
