import type { Clock, Table } from '../ports';

<<<<<<< HEAD
const LEASES = 'LEASE';

export type Lease = { kind: 'taken'; owner: string } | { kind: 'held'; until: number };

/**
 * One worker at a time: a row that is there only while somebody holds it, and that ends by itself when its holder died. It spares work
 * and budget that two would do at once; what must never happen twice is guarded by the ledger's conditional put, which a holder that
 * was frozen past its time still loses.
=======
export type Lease = { kind: 'held'; release(): Promise<void> } | { kind: 'taken'; because: string };

/**
 * One writer at a time: schedules call at least once, and two calls may overlap. A row with the time until which it is held; who is
 * killed holds it until then. What is written under it is guarded by versions besides: a lease saves work, it proves nothing.
>>>>>>> 4f91011 (detection: state by account segment in the archive; any call in any process goes on where another stopped)
 */
export class LeaseStore {
  constructor(
    private readonly table: Table,
    private readonly clock: Clock,
  ) {}

<<<<<<< HEAD
  /** `owner`: unlike any other worker's. `ms`: longer than the work can take. */
  async take(name: string, owner: string, ms: number): Promise<Lease> {
    const expires = Math.ceil((this.clock.now() + ms) / 1000);
    const { kind } = await this.table.put({ pk: LEASES, sk: name, owner, expires }, { kind: 'absent' });
    return kind === 'written' ? { kind: 'taken', owner } : { kind: 'held', until: (await this.heldUntil(name)) ?? this.clock.now() };
  }

  /** When the lease that somebody holds ends at the latest; undefined: nobody holds it. */
  async heldUntil(name: string): Promise<number | undefined> {
    const row = await this.table.get(LEASES, name);
    return row?.expires === undefined ? undefined : row.expires * 1000;
  }

  /** Only the holder's own: who was too late gives back nothing. */
  async release(name: string, owner: string): Promise<void> {
    const gone = Math.floor(this.clock.now() / 1000);
    await this.table.put({ pk: LEASES, sk: name, owner, expires: gone }, { kind: 'equals', attribute: 'owner', value: owner });
=======
  /** `forMs`: longer than its holder may live. */
  async take(name: string, holder: string, forMs: number): Promise<Lease> {
    const now = this.clock.now();
    const row = { pk: 'LEASE', sk: name };
    const put = await this.table.put({ ...row, holder, until: now + forMs }, { kind: 'at-most', attribute: 'until', value: now });
    if (put.kind === 'refused') return { kind: 'taken', because: `another call holds ${name}` };
    return {
      kind: 'held',
      release: async () => {
        await this.table.put({ ...row, holder, until: 0 }, { kind: 'equals', attribute: 'holder', value: holder });
      },
    };
>>>>>>> 4f91011 (detection: state by account segment in the archive; any call in any process goes on where another stopped)
  }
}
