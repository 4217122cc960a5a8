import { z } from 'zod';
import { type Arrivals, addArrivals } from '../../domain/arrival';
import { checked } from '../../domain/checked';
import { DAY, dayLabel, dayOf, hourLabel, hourOf } from '../../domain/time';
import type { Table } from '../../ports';

const Count = z.number();
const Stored = z.object({
  arrivals: z.record(
    z.string(),
    z.object({
      accepted: Count,
      refused: z.record(z.string(), Count),
      usage: Count,
      accounts: Count,
      latest: Count,
      fields: z.record(z.string(), Count),
    }),
  ),
});

/** Days that what arrived can be asked about. */
export const ARRIVALS_KEPT_DAYS = 8;

/** One row a batch, under the digest of the batch: delivered again, it is the same row and counts once (but over midnight). */
export async function noteArrivals(
  table: Table,
  { arrivals, digest, now }: { arrivals: Arrivals; digest: string; now: number },
): Promise<void> {
  await table.put({
    pk: `SOURCES#${dayLabel(dayOf(now))}`,
    sk: digest,
    hour: hourLabel(hourOf(now)),
    ...checked(Stored, { arrivals }, 'what arrived'),
    expires: Math.floor((now + ARRIVALS_KEPT_DAYS * DAY) / 1000),
  });
}

/** What arrived on the day of `at` (ms, UTC) and the `days - 1` before. */
export async function arrivalsOf(table: Table, at: number, days: number): Promise<Arrivals> {
  const sum: Arrivals = {};
  for (let day = 0; day < days; day++) {
    const pk = `SOURCES#${dayLabel(dayOf(at) - day * DAY)}`;
    for (let after: string | undefined; ; ) {
      const { items, next } = await table.query({ pk, ...(after === undefined ? {} : { after }) });
      for (const item of items) addArrivals(sum, Stored.parse(item).arrivals);
      if (next === undefined) break;
      after = next;
    }
  }
  return sum;
}
