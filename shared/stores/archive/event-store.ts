import { z } from 'zod';
import { hourLabel } from '../../domain/time';
import { distinctEvents, type Place } from '../../formats/distinct-events';
import { readSegment, type Segment, timeOf } from '../../formats/segment';
import { segmentOf } from '../../formats/segment-of';
import { eventId } from '../../formats/shown-event';
import type { AccountKey } from '../../identity/ids';
import { inBatches } from '../../in-batches';
import type { ObjectStore, Table } from '../../ports';

const AT_ONCE = 16;
const Plan = z.object({
  entries: z.array(
    z.object({
      key: z.string(),
      places: z.array(z.object({ segment: z.int(), start: z.int(), end: z.int() })),
    }),
  ),
});
/** How many segments a chunk was split into is not said: it is one of these, and of each an account is in one. */
const SEGMENT_COUNTS = [1, 2, 4, 8, 16, 32, 64];

/** `keys`: the chunk of the archive that each segment stands in; `chunks`: parts of chunks that were read. */
export type HourEvents = { version: number; places: Place[]; keys: ReadonlyMap<Segment, string>; chunks: number };

/** Events of accounts as they were counted: from the very chunks that were folded, duplicates dropped by the same rule. */
export class EventStore {
  constructor(private readonly stores: { archive: Pick<ObjectStore, 'get'>; features: Pick<Table, 'get'> }) {}

  /** The version of an hour's sealed list of chunks; undefined: nothing of the hour was counted, or it is long gone. */
  async version(hour: number): Promise<number | undefined> {
    const row = await this.stores.features.get(`F#${hourLabel(hour)}`, 'PLAN');
    return row && Number(row.version);
  }

  /** In order of time. Throws where a sealed chunk is missing. */
  async eventsOf(accounts: ReadonlySet<AccountKey>, hour: number): Promise<HourEvents> {
    const { archive, features } = this.stores;
    const row = await features.get(`F#${hourLabel(hour)}`, 'PLAN');
    const bytes = row && (await archive.get(String(row.plan)));
    if (!bytes) throw new Error(`the sealed plan of ${hourLabel(hour)} is missing from the archive`);
    const mine = new Set([...accounts].flatMap((account) => SEGMENT_COUNTS.map((count) => segmentOf(account, count))));
    const wanted = Plan.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).entries.flatMap(({ key, places }) =>
      places.filter(({ segment }) => mine.has(segment)).map((place) => ({ key, ...place })),
    );
    const keys = new Map<Segment, string>();
    await inBatches(wanted, AT_ONCE, async ({ key, start, end }) => {
      const frame = await archive.get(key, { start, end });
      if (!frame) throw new Error(`the chunk ${key} is sealed and missing from the archive`);
      const segment = readSegment(frame);
      if (segment.dictionaries.accounts.some((account) => accounts.has(account))) keys.set(segment, key);
    });
    // In the order of the chunks, whichever arrived first: which of two equal events stands decides which chunk is named.
    const segments = [...keys.keys()].sort((one, other) => ((keys.get(one) ?? '') < (keys.get(other) ?? '') ? -1 : 1));
    const places = distinctEvents(segments)
      .places.filter((place) => {
        const account = accountOf(place);
        return account !== undefined && accounts.has(account);
      })
      .sort((one, other) => timeOf(one.segment, one.row) - timeOf(other.segment, other.row) || (eventId(one) < eventId(other) ? -1 : 1));
    return { version: Number(row.version), places, keys, chunks: wanted.length };
  }
}

export const accountOf = ({ segment, row }: Place): AccountKey | undefined =>
  segment.dictionaries.accounts[segment.columns.account[row] ?? -1];
