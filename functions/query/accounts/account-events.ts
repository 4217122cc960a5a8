import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Status } from '../../../shared/contract/event';
import { HOUR, hourLabel, hourOf, iso } from '../../../shared/domain/time';
import { distinctEvents, type Place } from '../../../shared/formats/distinct-events';
import { ABSENT, readSegment, type Segment, statusOf, timeOf } from '../../../shared/formats/segment';
import { segmentOf } from '../../../shared/formats/segment-of';
import { type AccountKey, hash64 } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import { HourStore } from '../../../shared/stores/archive/hour-store';
import type { QueryPorts } from '../query-ports';

/** What the archive holds of one request: figures and keyed hashes, no content. */
export type EventShown = {
  /** The event's identity, a keyed hash. */
  id: string;
  at: string;
  model: string;
  status: Status;
  inputTokens: number;
  outputTokens: number;
  durationMs: number;
  channel: string | null;
  task: string | null;
  language: string | null;
  tools: number;
  elicitsReasoning: number | null;
  grading: number | null;
  address: string | null;
  prefix: string | null;
  client: string | null;
  apiKey: string | null;
  systemPrompt: string | null;
  promptTemplate: string | null;
};
/** The chunk of the archive that events of the page stand in: its name ends in the digest of what was received. */
export type ChunkRead = { key: string; events: number };
export type EventPage = {
  items: EventShown[];
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
const AT_ONCE = 16;

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
    const found = await eventsOf(account, hour, stores);
    chunks += found.chunks;
    const shown = start?.hour === hour ? start.shown : 0;
    const inRange = found.places.filter((place) => timeOf(place.segment, place.row) >= from && timeOf(place.segment, place.row) < to);
    const taken = inRange.slice(shown, shown + limit - page.items.length);
    for (const place of taken) {
      page.items.push(shownOf(place));
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
export const pageDigest = (before: string, items: readonly EventShown[]): string =>
  createHash('sha256')
    .update([before, ...items.map((item) => JSON.stringify(item))].map((line) => `${line}\n`).join(''))
    .digest('hex');

const Plan = z.object({
  entries: z.array(
    z.object({
      key: z.string(),
      places: z.array(z.object({ segment: z.int(), start: z.int(), end: z.int() })),
    }),
  ),
});
/** How many segments a chunk was split into is not said: it is one of these, and of each the account is in one. */
const SEGMENT_COUNTS = [1, 2, 4, 8, 16, 32, 64];

async function eventsOf(account: AccountKey, hour: number, { archive, features }: QueryPorts['stores']) {
  const row = await features.get(`F#${hourLabel(hour)}`, 'PLAN');
  const bytes = row && (await archive.get(String(row.plan)));
  if (!bytes) throw new Error(`the sealed plan of ${hourLabel(hour)} is missing from the archive`);
  const mine = new Set(SEGMENT_COUNTS.map((count) => segmentOf(account, count)));
  const wanted = Plan.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))).entries.flatMap(({ key, places }) =>
    places.filter(({ segment }) => mine.has(segment)).map((place) => ({ key, ...place })),
  );
  const keys = new Map<Segment, string>();
  await inBatches(wanted, AT_ONCE, async ({ key, start, end }) => {
    const frame = await archive.get(key, { start, end });
    if (!frame) throw new Error(`the chunk ${key} is sealed and missing from the archive`);
    const segment = readSegment(frame);
    if (segment.dictionaries.accounts.includes(account)) keys.set(segment, key);
  });
  // In the order of the chunks, whichever arrived first: which of two equal events stands decides which chunk is named.
  const segments = [...keys.keys()].sort((one, other) => ((keys.get(one) ?? '') < (keys.get(other) ?? '') ? -1 : 1));
  const places = distinctEvents(segments)
    .places.filter(({ segment, row }) => segment.dictionaries.accounts[segment.columns.account[row] ?? -1] === account)
    .sort((one, other) => timeOf(one.segment, one.row) - timeOf(other.segment, other.row) || (idOf(one) < idOf(other) ? -1 : 1));
  return { places, keys, chunks: wanted.length };
}

const hex = (value: number | undefined, digits: number): string => (value ?? 0).toString(16).padStart(digits, '0');
const idOf = ({ segment, row }: Place): string => hex(segment.columns.idHigh[row], 8) + hex(segment.columns.idLow[row], 8);
/** 0 stands for what was not given. */
const hashOf = (value: number | undefined): string | null => (value ? hash64(hex(value, 13)) : null);
const unitOf = (byte: number | undefined): number | null =>
  byte === undefined || byte === ABSENT ? null : Math.round((byte / 254) * 100) / 100;

function shownOf(place: Place): EventShown {
  const { segment, row } = place;
  const { columns: c, dictionaries: d } = segment;
  const word = (words: readonly string[], index: number | undefined): string | null => words[index ?? 0] || null;
  return {
    id: idOf(place),
    at: iso(timeOf(segment, row)),
    model: d.models[c.model[row] ?? 0] ?? '',
    status: statusOf(c.status[row] ?? 0),
    inputTokens: c.input[row] ?? 0,
    outputTokens: c.output[row] ?? 0,
    durationMs: c.duration[row] ?? 0,
    channel: word(d.channels, c.channel[row]),
    task: word(d.tasks, c.task[row]),
    language: word(d.languages, c.language[row]),
    tools: c.tools[row] ?? 0,
    elicitsReasoning: unitOf(c.elicits[row]),
    grading: unitOf(c.grading[row]),
    address: hashOf(c.ip[row]),
    prefix: hashOf(c.prefix[row]),
    client: hashOf(c.client[row]),
    apiKey: hashOf(c.key[row]),
    systemPrompt: hashOf(c.system[row]),
    promptTemplate: hashOf(c.template[row]),
  };
}
