import { DAY, hourLabel } from '../../domain/time';
import type { Item, Table } from '../../ports';

/**
 * The manifest: which chunks hold events of an hour, and where. Keyed by *event* hour, so that a redrive nine days
 * later finds its siblings. Rows (features table):
 *   M#<hour>  <chunk>   key, places [segment, start, end, rows]…     one per (chunk, hour)
 *   DIRTY     <hour>    chunks: how many were listed so far          one per hour; an upper bound is enough
 *   LATE      <hour>                                                 an hour before those that are planned anyway, marked lately
 */
export type Place = { segment: number; start: number; end: number; rows: number };
export type ManifestEntry = { chunk: string; key: string; places: Place[] };

const KEEP = 45 * DAY;
/** Marks of hours older than this are looked for one by one: without late events there are none, and a plan reads no more than two weeks. */
export const PLANNED = 15 * DAY;
const LATE_FOR = 7 * DAY;
/** Hours on the edge stand in both lists. */
const EDGE = DAY;
const expiry = (at: number): number => Math.floor((at + KEEP) / 1000);

/** Lists a chunk under one hour, then marks the hour. In this order: a crash between the two leaves the message unacknowledged. */
export async function addToManifest(
  table: Table,
  entry: { hour: number; chunk: string; key: string; places: readonly Place[]; now: number },
): Promise<void> {
  const { hour, chunk, key, places, now } = entry;
  await table.put({
    pk: `M#${hourLabel(hour)}`,
    sk: chunk,
    key,
    places: places.map((p) => [p.segment, p.start, p.end, p.rows]),
    expires: expiry(now),
  });
  await table.add('DIRTY', hourLabel(hour), 'chunks', 1, { expires: expiry(now) });
  if (hour < now - PLANNED + EDGE) await table.put({ pk: 'LATE', sk: hourLabel(hour), expires: Math.floor((now + LATE_FOR) / 1000) });
}

/** Lists another chunk under an hour in a chunk's place (or none), for as long as that would have been listed. The hour is not marked: what it holds for its folds is the same. */
export async function replaceInManifest(table: Table, hour: number, chunk: string, next: ManifestEntry | undefined): Promise<void> {
  const pk = `M#${hourLabel(hour)}`;
  const row = await table.get(pk, chunk);
  if (row && next) {
    const places = next.places.map((p) => [p.segment, p.start, p.end, p.rows]);
    await table.put({ ...row, sk: next.chunk, key: next.key, places });
  }
  if (chunk !== next?.chunk) await table.delete(pk, chunk);
}

/** Hours to plan at `now` (ms): those with chunks of the last two weeks, and older ones that late events came for. Oldest first. */
export async function hoursToPlan(table: Table, now: number): Promise<{ hour: number; marks: number }[]> {
  const recent = await markedHours(table, now - PLANNED);
  const late: { hour: number; marks: number }[] = [];
  let after: string | undefined;
  do {
    const page = await table.query({ pk: 'LATE', to: hourLabel(now - PLANNED), ...(after === undefined ? {} : { after }) });
    for (const { sk } of page.items) {
      const marks = Number((await table.get('DIRTY', sk))?.chunks);
      const hour = Date.parse(`${sk}:00:00Z`);
      if (marks > 0 && !recent.some((one) => one.hour === hour)) late.push({ hour, marks });
    }
    after = page.next;
  } while (after !== undefined);
  return [...late, ...recent];
}

/** Hours with chunks, with their mark, oldest first. */
export async function markedHours(table: Table, from: number): Promise<{ hour: number; marks: number }[]> {
  const marked: { hour: number; marks: number }[] = [];
  let after: string | undefined;
  do {
    const page = await table.query({ pk: 'DIRTY', from: hourLabel(from), ...(after === undefined ? {} : { after }) });
    for (const item of page.items) marked.push({ hour: Date.parse(`${item.sk}:00:00Z`), marks: Number(item.chunks) });
    after = page.next;
  } while (after !== undefined);
  return marked;
}

/** In place of a plan's digest: one that no list of chunks has, so the planner takes the list for changed. */
export const TO_FOLD_AGAIN = 'refold';

/** The row of a sealed plan (`F#<hour>`, `PLAN`) such that the next plan seals the hour again, over the same chunks: it is folded once more. */
export const foldedAgain = (plan: Item): Item => ({ ...plan, digest: TO_FOLD_AGAIN, marks: -1 });

/** Every chunk of an hour, in chunk order. Strongly consistent: never "newer than a cursor". */
export async function manifestOf(table: Table, hour: number): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  let after: string | undefined;
  do {
    const page = await table.query({ pk: `M#${hourLabel(hour)}`, ...(after === undefined ? {} : { after }) });
    for (const item of page.items) {
      const places = Array.isArray(item.places) ? item.places : [];
      entries.push({
        chunk: item.sk,
        key: String(item.key),
        places: places.map((place) => {
          const [segment, start, end, rows] = Array.isArray(place) ? place.map(Number) : [];
          return { segment: segment ?? 0, start: start ?? 0, end: end ?? 0, rows: rows ?? 0 };
        }),
      });
    }
    after = page.next;
  } while (after !== undefined);
  return entries;
}
