import { DAY, dayOf, SECOND } from '../../../shared/domain/time';
import type { Enforcement } from '../enforcement';

type Recorded = Awaited<ReturnType<Enforcement['ledger']['feedUntil']>>['entries'][number];
const PAGE = 200;
/** Where several processes write. */
export const ENTRIES_SETTLE_AFTER = 60 * SECOND;

/**
 * Reads the ledger on from where this reader stopped, in order, a page at a time; each entry at least once: a crash reads the page again.
 * Entries count once they are `settled` ms old: by then every pointer of the feed before them is in place.
 */
export async function followLedger(
  reader: { pk: string; settled: number },
  take: (entries: Recorded[]) => Promise<void>,
  deps: Pick<Enforcement, 'table' | 'ledger' | 'clock'>,
): Promise<number> {
  const place = { pk: reader.pk, sk: 'CURSOR' };
  const until = new Date(deps.clock.now() - reader.settled).toISOString();
  const cursor = await deps.table.get(place.pk, place.sk);
  let day = Number(cursor?.day ?? dayOf(deps.clock.now()) - DAY);
  let after = cursor?.after === undefined ? undefined : String(cursor.after);
  let read = 0;
  for (;;) {
    const page = await deps.ledger.feedUntil(day, { limit: PAGE, until, ...(after === undefined ? {} : { after }) });
    if (page.entries.length > 0) await take(page.entries);
    read += page.entries.length;
    if (page.last !== undefined) after = page.last;
    const dayIsOver = page.last === undefined && new Date(day + DAY).toISOString() <= until;
    if (dayIsOver) {
      day += DAY;
      after = undefined;
    }
    if (page.last !== undefined || dayIsOver || !cursor) await deps.table.put({ ...place, day, ...(after === undefined ? {} : { after }) });
    if (page.last === undefined && !dayIsOver) return read;
  }
}
