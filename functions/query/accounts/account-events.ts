import { createHash } from 'node:crypto';
import { z } from 'zod';
import { HOUR, hourOf, iso } from '../../../shared/domain/time';
import { timeOf } from '../../../shared/formats/segment';
import { type ShownEvent, shownEvent } from '../../../shared/formats/shown-event';
import type { AccountKey } from '../../../shared/identity/ids';
import { EventStore } from '../../../shared/stores/archive/event-store';
import { HourStore } from '../../../shared/stores/archive/hour-store';
import type { QueryPorts } from '../query-ports';

/** The chunk of the archive that events of the page stand in: its name ends in the digest of what was received. */
export type ChunkRead = { key: string; events: number };
export type EventPage = {
  items: ShownEvent[];
  chunks: ChunkRead[];
  notFolded: string[];
  /** SHA-256 over the digest of the page before and the items, see `pageDigest`. */
  digest: string;
  next?: string;
};

/** Where a page went on from: the hour, how many of its events were shown, and the digest of the page before. */
const GoneOn = z.object({ hour: z.number(), shown: z.int(), digest: z.string() });

/** One page reads at most so many hours and so many chunks: each is a round trip, and an answer has half a minute. */
const MOST_HOURS_READ = 72;
const MOST_CHUNKS_READ = 1_500;

/**
 * Requests of one account in [from, to), newest hour first, oldest first within an hour: those that were counted, from the very chunks
 * that were folded, duplicates dropped by the same rule. Pages are chained by their digests, so that what was downloaded can be shown
 * to be whole.
 */
export async function accountEvents(
  account: AccountKey,
  { from, to, limit, after }: { from: number; to: number; limit: number; after?: string },
  { stores }: Pick<QueryPorts, 'stores'>,
): Promise<EventPage> {
  const start = after === undefined ? undefined : GoneOn.parse(JSON.parse(after));
  const page: EventPage = { items: [], chunks: [], notFolded: [], digest: start?.digest ?? '' };
  const hours = new HourStore(stores);
  const events = new EventStore(stores);
  let read = 0;
  let chunks = 0;
  let next: { hour: number; shown: number } | undefined;
  for (let hour = start?.hour ?? hourOf(to - 1); hour >= hourOf(from); hour -= HOUR) {
    if (page.items.length >= limit || read >= MOST_HOURS_READ || chunks >= MOST_CHUNKS_READ) {
      next = { hour, shown: 0 };
      break;
    }
    read++;
    // What was counted says whether there is anything to look for: most hours are silent, and have many chunks.
    const { kind } = await hours.get(account, hour);
    if (kind === 'not-folded') page.notFolded.push(iso(hour));
    if (kind !== 'features') continue;
    const found = await events.eventsOf(new Set([account]), hour);
    chunks += found.chunks;
    const shown = start?.hour === hour ? start.shown : 0;
    const inRange = found.places.filter((place) => timeOf(place.segment, place.row) >= from && timeOf(place.segment, place.row) < to);
    const taken = inRange.slice(shown, shown + limit - page.items.length);
    for (const place of taken) {
      page.items.push(shownEvent(place));
      const key = found.keys.get(place.segment) ?? '';
      const known = page.chunks.find((chunk) => chunk.key === key);
      if (known) known.events++;
      else page.chunks.push({ key, events: 1 });
    }
    if (shown + taken.length < inRange.length) {
      next = { hour, shown: shown + taken.length };
      break;
    }
  }
  page.digest = pageDigest(page.digest, page.items);
  return { ...page, ...(next ? { next: JSON.stringify({ ...next, digest: page.digest }) } : {}) };
}

/** Hex. The first page follows the empty text. Whoever holds the pages recomputes it: SHA-256 of the digest before, and of each item's JSON, a line each. */
export const pageDigest = (before: string, items: readonly ShownEvent[]): string =>
  createHash('sha256')
    .update([before, ...items.map((item) => JSON.stringify(item))].map((line) => `${line}\n`).join(''))
    .digest('hex');
