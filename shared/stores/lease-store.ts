import type { Clock, Table } from '../ports';

const LEASES = 'LEASE';

export type Lease = { kind: 'taken'; owner: string } | { kind: 'held'; until: number };

/**
 * One worker at a time: a row that is there only while somebody holds it, and that ends by itself when its holder died. It spares work
 * and budget that two would do at once; what must never happen twice is guarded by the ledger's conditional put, which a holder that
 * was frozen past its time still loses.
 */
export class LeaseStore {
  constructor(
    private readonly table: Table,
    private readonly clock: Clock,
  ) {}

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
  }
}
