import { createHash } from 'node:crypto';
import { MINUTE } from '../domain/time';
import type { Clock, Table } from '../ports';

export type RateAnswer = { kind: 'within' } | { kind: 'exceeded'; retryAfterSeconds: number };

/** Requests a minute for one caller, counted in the table so that every function instance counts the same (one write unit a request). */
export class RateLimiter {
  constructor(
    private readonly table: Table,
    private readonly clock: Clock,
  ) {}

  /** `by`: how much of it is asked for at once; all of it is given, or nothing. `caller` is hashed: an address of a person who appeals is not stored. */
  async take(caller: string, perMinute: number, by = 1): Promise<RateAnswer> {
    const now = this.clock.now();
    const window = now - (now % MINUTE);
    const hash = createHash('sha256').update(caller).digest('base64url').slice(0, 22);
    const expires = Math.floor((window + 5 * MINUTE) / 1000);
    const taken = await this.table.add(`RATE#${hash}`, String(window), 'taken', by, { atMost: perMinute, expires });
    if (taken.kind === 'added') return { kind: 'within' };
    return { kind: 'exceeded', retryAfterSeconds: Math.ceil((window + MINUTE - now) / 1000) };
  }
}
