import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { DAY, dayLabel } from '../../../shared/domain/time';
import type { ObjectStore } from '../../../shared/ports';
import type { LedgerStore } from '../../../shared/stores/cases/ledger-store';

const Head = z.object({ chain: z.string(), sequence: z.int(), hash: z.string() });
export type Head = z.infer<typeof Head>;

/**
 * How far the whole ledger had come when a UTC day was closed: the newest entry of every chain (its sequence is how many it has), and
 * the hash of the anchor before. Anchors of before this form have heads of the day's chains only, and no `previous`.
 */
const Anchor = z.object({
  day: z.string(),
  /** SHA-256 of the bytes of the anchor of the day before, hex; null for the first. */
  previous: z.string().nullable().optional(),
  heads: z.array(Head),
});
export type Anchor = z.infer<typeof Anchor>;

const PREFIX = 'ledger/';
const anchorKey = (label: string): string => `${PREFIX}${label}.json.gz`;
const dayIn = (key: string): number => Date.parse(`${key.slice(PREFIX.length, -'.json.gz'.length)}T00:00:00Z`);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type LedgerStores = { ledger: LedgerStore };

/**
 * Closes a UTC day: writes down, outside the table, how far every chain had come. A chain that is cut off at its end is still a whole
 * chain; only the anchor shows that something is missing. Doing it twice is doing it once: the first stands.
 */
export async function anchorDay(day: number, anchors: ObjectStore, { ledger }: LedgerStores): Promise<{ chains: number }> {
  const before = await readAnchor(day - DAY, anchors);
  const heads = new Map(before?.kind === 'anchor' ? before.anchor.heads.map((head) => [head.chain, head]) : []);
  for (const chain of await ledger.chainsOf(day)) {
    const newest = await ledger.newest(chain);
    if (newest) heads.set(chain, newest);
  }
  const anchor: Anchor = {
    day: dayLabel(day),
    previous: before?.kind === 'anchor' ? before.hash : null,
    heads: [...heads.values()].sort((one, other) => (one.chain < other.chain ? -1 : 1)),
  };
  const bytes = gzipSync(JSON.stringify(anchor));
  const { kind } = await anchors.put(anchorKey(anchor.day), bytes, { ifAbsent: true });
  const stands = kind === 'written' ? bytes : await anchors.get(anchorKey(anchor.day));
  if (stands) await ledger.noteAnchor(day, sha256(stands));
  return { chains: heads.size };
}

/** Closes every day up to `yesterday` that is not closed yet: a day that an outage left out is made good. */
export async function anchorDays(yesterday: number, anchors: ObjectStore, stores: LedgerStores): Promise<{ days: number; chains: number }> {
  const days = await anchoredDays(anchors);
  const last = days.at(-1);
  let closed = { days: 0, chains: 0 };
  for (let day = last === undefined ? yesterday : last + DAY; day <= yesterday; day += DAY)
    closed = { days: closed.days + 1, ...(await anchorDay(day, anchors, stores)) };
  return closed;
}

/** Days of which there is an anchor, oldest first. */
export async function anchoredDays(anchors: ObjectStore): Promise<number[]> {
  const days: number[] = [];
  for await (const key of anchors.list(PREFIX)) if (!Number.isNaN(dayIn(key))) days.push(dayIn(key));
  return days.sort((one, other) => one - other);
}

export async function readAnchor(
  day: number,
  anchors: ObjectStore,
): Promise<{ kind: 'anchor'; anchor: Anchor; hash: string } | { kind: 'unreadable' } | undefined> {
  const bytes = await anchors.get(anchorKey(dayLabel(day)));
  if (!bytes) return undefined;
  try {
    return { kind: 'anchor', anchor: Anchor.parse(JSON.parse(gunzipSync(bytes).toString())), hash: sha256(bytes) };
  } catch {
    return { kind: 'unreadable' };
  }
}
