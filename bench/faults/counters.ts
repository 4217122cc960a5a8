import type { Message } from '../../functions/ingest/read-messages';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import type { KeyedHasher } from '../../shared/identity/keyed-hash';
import type { Clock } from '../../shared/ports';
import { placeOf } from './arrivals';
import { type Faults, faultily, Outage } from './faulty';
import type { System } from './system';

/** Rows of at most 1 KB, as a counter table keeps them: one unit a write, two in a transaction, whether the condition held or not. */
class Rows {
  readonly counts = new Map<string, number>();
  readonly markers = new Map<string, { until: number; done: boolean }>();
  units = 0;

  constructor(
    private readonly faults: Faults,
    private readonly clock: Clock,
  ) {}

  private write<T>(units: number, act: () => T): Promise<T> {
    return faultily(this.faults, 'table', async () => {
      this.units += units;
      return act();
    });
  }
  private added(row: string): void {
    this.counts.set(row, (this.counts.get(row) ?? 0) + 1);
  }
  private marked(id: string, until: number, done: boolean): boolean {
    const held = this.markers.get(id);
    if (held && held.until > this.clock.now()) return false;
    this.markers.set(id, { until, done });
    return true;
  }

  add(row: string): Promise<void> {
    return this.write(1, () => this.added(row));
  }
  mark(id: string, until: number, done: boolean): Promise<boolean> {
    return this.write(1, () => this.marked(id, until, done));
  }
  complete(id: string, until: number): Promise<void> {
    return this.write(1, () => void this.markers.set(id, { until, done: true }));
  }
  release(id: string): Promise<void> {
    return this.write(1, () => void this.markers.delete(id));
  }
  markAndAdd(id: string, row: string, until: number): Promise<void> {
    return this.write(4, () => {
      if (this.marked(id, until, true)) this.added(row);
    });
  }
}

type Counting = (event: { id: string; row: string }, rows: Rows, clock: Clock) => Promise<void>;

/** As long as a queue and its dead letters can hold a message. */
const MARKER_KEPT = 14 * DAY;

/** Adds event by event; what it did before a crash stays done. */
export const naive: Counting = ({ row }, rows) => rows.add(row);

/** A marker put if absent, then the count: two requests. */
export const marker: Counting = async ({ id, row }, rows, clock) => {
  if (await rows.mark(id, clock.now() + MARKER_KEPT, true)) await rows.add(row);
};

/** The same as one transaction (TransactWriteItems). Four units whether it happens or is cancelled. */
export const transaction: Counting = ({ id, row }, rows, clock) => rows.markAndAdd(id, row, clock.now() + MARKER_KEPT);

/**
 * As the idempotency utility of Powertools for AWS Lambda does it with its defaults: a record in progress (until the function's time
 * is over) if there is none, the effect, the record complete for an hour; an error of the effect deletes the record, a crash cannot.
 */
export const lockEffectComplete: Counting = async ({ id, row }, rows, clock) => {
  if (!(await rows.mark(id, clock.now() + MINUTE, false))) {
    if (rows.markers.get(id)?.done) return;
    throw new Outage('already in progress');
  }
  try {
    await rows.add(row);
  } catch (error) {
    if (error instanceof Outage) await rows.release(id);
    throw error;
  }
  await rows.complete(id, clock.now() + HOUR);
};

/** A consumer that counts each event of each message; a message whose event failed comes again as a whole. */
export function counterTable(count: Counting, { faults, clock, hasher }: { faults: Faults; clock: Clock; hasher: KeyedHasher }): System {
  const rows = new Rows(faults, clock);
  return {
    async take(messages: readonly Message[]) {
      const failed: Message[] = [];
      for (const message of messages) {
        try {
          for (const line of message.body.split('\n')) await count(placeOf(line, hasher), rows, clock);
        } catch (error) {
          if (!(error instanceof Outage)) throw error;
          failed.push(message);
        }
      }
      return failed;
    },
    async work() {},
    counts: async () => rows.counts,
    units: () => rows.units,
  };
}
