import { DAY } from '../../../shared/domain/time';

/** How many accounts were born on each day. */
export class SignupsPerDay {
  private readonly days = new Map<number, number>();

  /** An account turned out to be born at another time (ms; NaN: it was not counted before). */
  move(from: number, to: number): void {
    if (from === to) return;
    if (!Number.isNaN(from)) this.add(from, -1);
    this.add(to, 1);
  }

  /** As they were counted elsewhere. */
  replace(days: ReadonlyMap<number, number>): void {
    this.days.clear();
    for (const [day, count] of days) this.days.set(day, count);
  }

  /** `day`: days since the epoch. */
  on(day: number): number {
    return this.days.get(day) ?? 0;
  }

  private add(at: number, by: number): void {
    const day = Math.floor(at / DAY);
    this.days.set(day, this.on(day) + by);
  }
}
