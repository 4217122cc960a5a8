import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DAY, dayLabel, dayOf, HOUR } from '../../shared/domain/time';
import type { ObjectStore } from '../../shared/ports';
import type { Refused } from './read-messages';

/**
 * What is kept of a refused record, a line of NDJSON in `refused/<day>/<producer>/<reason>/<digest>-<count>.ndjson`
 * (`early/<ms>/<producer>/…` for what is taken when its time comes). It holds what the sender sent, raw identifiers and prompts too.
 */
export const RefusedRecord = z.object({
  producer: z.string(),
  reason: z.string(),
  field: z.string().optional(),
  because: z.string(),
  remedy: z.string(),
  /** Message or file, and the line in it. */
  place: z.string(),
  record: z.unknown(),
});
export type RefusedRecord = z.infer<typeof RefusedRecord>;

export const refusedRecord = ({ producer, code, field, because, fix, message, line, record }: Refused): RefusedRecord => ({
  producer,
  reason: code,
  ...(field === undefined ? {} : { field }),
  because,
  remedy: fix,
  place: `${message}:${line}`,
  record,
});

export const REFUSED = 'refused/';
export const EARLY = 'early/';
/** What was late and somebody sent again all the same (redrive.ts): `again/<digest>-<count>.ndjson`. */
export const AGAIN = 'again/';
/** What is further ahead is the fault of a clock and wants repair: the bucket keeps nothing much longer (`refusedDays` of a stage, 7 at least). */
export const WAITS_AT_MOST = 6 * DAY;

/** Writes refused records, an object for each producer and reason. The key is the digest: the same messages again write the same objects. */
export async function keepRefused(rejected: readonly Refused[], now: number, store: ObjectStore): Promise<void> {
  const groups = new Map<string, Refused[]>();
  for (const one of rejected) {
    const folder = folderOf(one, now);
    const group = groups.get(folder);
    if (group) group.push(one);
    else groups.set(folder, [one]);
  }
  for (const [folder, group] of groups) {
    const bytes = Buffer.from(`${group.map((one) => JSON.stringify(refusedRecord(one))).join('\n')}\n`, 'utf8');
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    await store.put(`${folder}/${digest}-${group.length}.ndjson`, bytes);
  }
}

/** What the name of an object says of the records in it. */
export function placeOf(key: string): { day: string; producer: string; reason: string; count: number } | undefined {
  const [, due, waiting = 'unknown', waitingCount] = /^early\/(\d+)\/(?:([^/]+)\/)?[0-9a-f]+-(\d+)\.ndjson$/.exec(key) ?? [];
  if (due !== undefined) return { day: dayLabel(dayOf(Number(due))), producer: waiting, reason: 'early', count: Number(waitingCount) };
  const [, day, producer, reason, count] = /^refused\/([^/]+)\/([^/]+)\/([^/]+)\/[0-9a-f]+-(\d+)\.ndjson$/.exec(key) ?? [];
  return day === undefined || producer === undefined || reason === undefined ? undefined : { day, producer, reason, count: Number(count) };
}

/** `early/<ms of the hour after>`: from then on the event is not ahead any more. A day is that of the refusal, or when it is due. */
function folderOf({ producer, code, at }: Refused, now: number): string {
  if (code === 'early' && at !== undefined && at - now < WAITS_AT_MOST)
    return `${EARLY}${String(Math.floor(at / HOUR) * HOUR + HOUR).padStart(15, '0')}/${producer}`;
  return `${REFUSED}${dayLabel(dayOf(now))}/${producer}/${code}`;
}
