import { fold } from '../../../functions/features/fold';
import { plan } from '../../../functions/features/plan';
import { ingest } from '../../../functions/ingest/ingest';
import { hourLabel } from '../../../shared/domain/time';
import type { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../../shared/memory/memory-object-store';
import { MemoryTable } from '../../../shared/memory/memory-table';
import type { Stores } from '../../../shared/ports';
import { markedHours } from '../../../shared/stores/archive/manifest-store';

export const SHARDS = 2;
export const SEGMENTS = 4;

/** Folds of the same events, taken at once and without a fault, against those that came about. */
export async function compare(stores: Stores, lines: readonly string[], { hasher, now }: { hasher: KeyedHasher; now: number }) {
  const clock = { now: () => now };
  const reference = { archive: new MemoryObjectStore(), features: new MemoryTable(clock) };
  for (let at = 0; at < lines.length; at += 20_000)
    await ingest([{ id: `r${at}`, body: lines.slice(at, at + 20_000).join('\n') }], { ...reference, clock, hasher, segments: SEGMENTS });
  const ports = { ...reference, clock, shards: SHARDS, rows: 'none' as const };
  for (let tasks = await plan(ports); tasks.length > 0; tasks = await plan(ports)) for (const task of tasks) await fold(task, ports);
  const different: string[] = [];
  let counted = 0;
  const hours = await markedHours(reference.features, 0);
  for (const { hour } of hours) {
    for (let shard = 0; shard < SHARDS; shard++) {
      const [is, must] = await Promise.all(
        [stores.features, reference.features].map((one) => one.get(`F#${hourLabel(hour)}`, `S#${shard}`)),
      );
      counted += Number(is?.events ?? 0) + Number(is?.facts ?? 0);
      if (is?.digest !== must?.digest) different.push(`${hourLabel(hour)} shard ${shard}: ${is?.events} events instead of ${must?.events}`);
    }
  }
  return { different, counted, hours: hours.length };
}
