import { createHash } from 'node:crypto';
import { DAY } from '../../shared/domain/time';
import { readFoldOutput, writeFoldOutput } from '../../shared/formats/fold-output';
import { frameOf, readSegment } from '../../shared/formats/segment';
import { segmentOf } from '../../shared/formats/segment-of';
import { isEmpty, withoutAccounts } from '../../shared/formats/without-accounts';
import type { AccountKey } from '../../shared/identity/ids';
import { inBatches } from '../../shared/in-batches';
import type { ObjectStore, Stores } from '../../shared/ports';
import { ErasureStore } from '../../shared/stores/archive/erasure-store';
import { HourStore } from '../../shared/stores/archive/hour-store';
import { type ManifestEntry, manifestOf, markedHours, type Place, replaceInManifest } from '../../shared/stores/archive/manifest-store';
import type { SealedPlan } from './plan';

/** Reads at a time: small ones, each a round trip. */
const AT_ONCE = 16;
/** A chunk that nothing lists after so long never will be: whoever wrote it died, and its messages came again. */
const UNLISTED_AFTER = 2 * DAY;
/** Segments that a chunk may be split into. */
const SPLITS = [1, 2, 4, 8, 16, 32, 64];

type Ports = Pick<Stores, 'archive' | 'features'>;
type Source = { hour: number; entries: readonly ManifestEntry[]; plan?: string };
export type ErasedFeatures = { chunks: number; folds: number; pages: number; unlisted: number };

/**
 * Takes one account out of the archive of events and of everything that was folded from it. A chunk with its events is replaced by one
 * without them, under a name of its own, and whatever lists the old one lists the new one from then on; fold outputs lose its row, which
 * is what folding the new chunks again would give. May be repeated, and killed anywhere: the next call ends it. `noted` in the erasure
 * store first, so that a fold that runs meanwhile leaves it out, too.
 */
export async function eraseFromFeatures(account: AccountKey, ports: Ports, now: number): Promise<ErasedFeatures> {
  const store = new ErasureStore(ports.features);
  const chunks = await replaceChunks(account, ports, store);
  const { folds, pages } = await eraseFolds(account, ports);
  const unlisted = await removeUnlisted(ports, store, now);
  return { chunks, folds, pages, unlisted };
}

/** Every list of chunks there is: of hours as they stand, and as they were sealed. */
async function* sources({ archive, features }: Ports): AsyncIterable<Source> {
  for (const { hour } of await markedHours(features, 0)) yield { hour, entries: await manifestOf(features, hour) };
  for await (const plan of archive.list('plans/')) {
    const bytes = await archive.get(plan);
    if (!bytes) continue;
    const { hour, entries }: SealedPlan = JSON.parse(Buffer.from(bytes).toString('utf8'));
    yield { hour, entries, plan };
  }
}

async function replaceChunks(account: AccountKey, ports: Ports, store: ErasureStore): Promise<number> {
  const affected = await chunksWith(account, ports);
  const placesOf = new Map<string, Map<number, Place[]>>();
  for await (const { hour, entries } of sources(ports)) {
    for (const { key, places } of entries) {
      if (!affected.has(key)) continue;
      const known = placesOf.get(key) ?? new Map<number, Place[]>();
      placesOf.set(key, known.set(hour, places));
    }
  }
  const replacements = new Map<string, Replacement>();
  for (const [key, places] of placesOf) {
    const bytes = await ports.archive.get(key);
    if (!bytes) continue;
    const replacement = replacementOf(account, key, bytes, places);
    await store.replacing(key);
    if (replacement.bytes.length > 0) await ports.archive.put(replacement.key, replacement.bytes);
    replacements.set(key, replacement);
  }
  if (replacements.size > 0) await relist(replacements, ports);
  return replacements.size;
}

/** Keys of chunks that name the account in one of the segments that it can be in. */
async function chunksWith(account: AccountKey, ports: Ports): Promise<Set<string>> {
  const segments = new Set(SPLITS.map((split) => segmentOf(account, split)));
  const affected = new Set<string>();
  const read = new Set<string>();
  for await (const { entries } of sources(ports)) {
    const frames = entries.flatMap(({ key, places }) =>
      places.filter(({ segment, start }) => segments.has(segment) && !read.has(`${key} ${start}`)).map((place) => ({ key, ...place })),
    );
    await inBatches(frames, AT_ONCE, async ({ key, start, end }) => {
      read.add(`${key} ${start}`);
      const frame = affected.has(key) ? undefined : await ports.archive.get(key, { start, end });
      if (frame && readSegment(frame).dictionaries.accounts.includes(account)) affected.add(key);
    });
  }
  return affected;
}

type Replacement = { key: string; bytes: Uint8Array; places: Map<number, Place[]> };

/** The same bytes without the account; its places by hour. No bytes: nothing is left. */
function replacementOf(account: AccountKey, key: string, bytes: Uint8Array, before: ReadonlyMap<number, readonly Place[]>): Replacement {
  const frames: Uint8Array[] = [];
  const places = new Map<number, Place[]>([...before.keys()].map((hour) => [hour, []]));
  let at = 0;
  const all = [...before].flatMap(([hour, list]) => list.map((place) => ({ hour, place })));
  for (const { hour, place } of all.sort((one, other) => one.place.start - other.place.start)) {
    const frame = bytes.subarray(place.start, place.end);
    const segment = readSegment(frame);
    const left = withoutAccounts(segment, (one) => (one === account ? Number.POSITIVE_INFINITY : undefined));
    if (left !== segment && isEmpty(left)) continue;
    const written = left === segment ? frame : frameOf(left);
    frames.push(written);
    places.get(hour)?.push({ segment: place.segment, start: at, end: at + written.length, rows: left.rows });
    at += written.length;
  }
  const made = Buffer.concat(frames);
  const digest = createHash('sha256').update(made).digest('hex').slice(0, 32);
  return { key: `${key.slice(0, key.lastIndexOf('/') + 1)}${digest}`, bytes: made, places };
}

/** Whatever lists a replaced chunk lists the other instead: first what was sealed, which folds read, then the lists that are sealed next. */
async function relist(replacements: ReadonlyMap<string, Replacement>, ports: Ports): Promise<void> {
  const isReplaced = ({ key }: ManifestEntry): boolean => replacements.has(key);
  const listed: Source[] = [];
  for await (const source of sources(ports)) {
    if (!source.entries.some(isReplaced)) continue;
    if (source.plan === undefined) listed.push({ hour: source.hour, entries: source.entries.filter(isReplaced) });
    else await replaceInPlan(source.plan, replacements, ports.archive);
  }
  for (const { hour, entries } of listed) {
    for (const { chunk, key } of entries) {
      const next = entryOf(replacements.get(key), hour);
      await replaceInManifest(ports.features, hour, chunk, next);
    }
  }
}

async function replaceInPlan(key: string, replacements: ReadonlyMap<string, Replacement>, archive: ObjectStore): Promise<void> {
  const bytes = await archive.get(key);
  if (!bytes) return;
  const plan: SealedPlan = JSON.parse(Buffer.from(bytes).toString('utf8'));
  const entries = plan.entries.flatMap((entry) =>
    replacements.has(entry.key) ? (entryOf(replacements.get(entry.key), plan.hour) ?? []) : entry,
  );
  await archive.put(key, Buffer.from(JSON.stringify({ ...plan, entries } satisfies SealedPlan)));
}

/** Nothing when the chunk has nothing of that hour any more. */
function entryOf(replacement: Replacement | undefined, hour: number): ManifestEntry | undefined {
  const places = replacement?.places.get(hour) ?? [];
  if (!replacement || places.length === 0) return undefined;
  return { chunk: replacement.key.slice(replacement.key.lastIndexOf('/') + 1), key: replacement.key, places };
}

async function eraseFolds(account: AccountKey, { archive, features }: Ports): Promise<{ folds: number; pages: number }> {
  const hours = new HourStore({ archive, features });
  const erased = { folds: 0, pages: 0 };
  for await (const key of archive.list('folds/')) {
    const [, label, shard, shards] = /^folds\/([^/]+)\/[^/]+\/(\d+)-of-(\d+)$/.exec(key) ?? [];
    if (label === undefined || segmentOf(account, Number(shards)) !== Number(shard)) continue;
    const row = await features.get(`F#${label}`, `S#${shard}`);
    const isStanding = row?.output === key;
    // The page first: once the output is without the account, nothing leads here again.
    const hour = Date.parse(`${label}:00:00Z`);
    if (isStanding && (await hours.erasePage(account, { hour, shard: Number(shard), shards: Number(shards) }, row?.pages))) erased.pages++;
    const bytes = await archive.get(key);
    if (!bytes) continue;
    const output = readFoldOutput(bytes);
    const rows = output.rows.filter((one) => one.account !== account);
    if (rows.length === output.rows.length) continue;
    const written = writeFoldOutput({ ...output, rows });
    await archive.put(key, written);
    erased.folds++;
    if (!isStanding) continue;
    const digest = createHash('sha256').update(written).digest('hex').slice(0, 24);
    await features.put({ ...row, digest, accounts: rows.length }, { kind: 'equals', attribute: 'output', value: key });
  }
  return erased;
}

/** Chunks that were replaced, and chunks of a writer that died before it listed them: nobody reads either, and nobody can say what is in them. */
async function removeUnlisted({ archive, features }: Ports, store: ErasureStore, now: number): Promise<number> {
  const listed = new Set<string>();
  for await (const { entries } of sources({ archive, features })) for (const { key } of entries) listed.add(key);
  for (const key of await store.replaced()) {
    if (!listed.has(key)) await archive.delete(key);
    await store.gone(key);
  }
  let removed = 0;
  for await (const key of archive.list('chunks/')) {
    const [, day, hour] = key.split('/');
    if (listed.has(key) || !(Date.parse(`${day}T${hour}:00:00Z`) < now - UNLISTED_AFTER)) continue;
    await archive.delete(key);
    removed++;
  }
  return removed;
}
