import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DAY, dayLabel, dayOf, HOUR, hourLabel, iso } from '../../shared/domain/time';
import type { Clock, Item, ObjectStore, Table } from '../../shared/ports';
import { hoursToPlan, type ManifestEntry, manifestOf, TO_FOLD_AGAIN } from '../../shared/stores/archive/manifest-store';

export type PlanPorts = {
  archive: ObjectStore;
  features: Table;
  clock: Clock;
  shards: number;
  /** ms after its end that an hour is first sealed; 0 when absent. */
  settle?: number;
  /** ms after it was sealed that an hour is sealed again for late events; 0 when absent. */
  foldAgainAfter?: number;
  /** How long chunks are kept, days; for good when absent. An hour that late events came for may list some that have expired. */
  archiveDays?: number;
};
/** One unit of folding: the segments `segment % shards === shard` of an hour, over the sealed list of chunks at `plan`. */
export const FoldTask = z.object({ hour: z.int(), version: z.int(), shard: z.int(), shards: z.int(), plan: z.string() });
export type FoldTask = z.infer<typeof FoldTask>;
export type SealedPlan = { hour: number; version: number; shards: number; entries: ManifestEntry[] };

/**
 * Seals the list of chunks of every hour that changed as its next version, and answers what is left to fold.
 * Manifest lists only grow, so a later version holds a superset of the events of an earlier one.
 */
export async function plan(ports: PlanPorts, limit = 200): Promise<FoldTask[]> {
  const { features, clock } = ports;
  const tasks: FoldTask[] = [];
  for (const { hour, marks } of await hoursToPlan(features, clock.now())) {
    // The open hour is folded once it has closed: detection reads closed hours only.
    if (hour + HOUR + (ports.settle ?? 0) > clock.now()) continue;
    if (tasks.length >= limit) break;
    tasks.push(...(await planHour(hour, marks, ports)));
  }
  return tasks;
}

async function planHour(hour: number, marks: number, ports: PlanPorts): Promise<FoldTask[]> {
  const { archive, features, clock, shards } = ports;
  const pk = `F#${hourLabel(hour)}`;
  const current = await features.get(pk, 'PLAN');
  const version = Number(current?.version ?? 0);
  if (current && Number(current.marks) === marks) {
    if (current.folded === version) return [];
    const left = await unfinished(hour, version, String(current.plan), Number(current.shards), pk, features);
    if (left.length === 0) await features.put({ ...current, folded: version }, { kind: 'equals', attribute: 'version', value: version });
    return left;
  }
  if (current && isResting(current, ports)) return unfinished(hour, version, String(current.plan), Number(current.shards), pk, features);
  // The mark was read before the list: a chunk listed since then raises the mark again, and the next plan sees it.
  const entries = (await manifestOf(features, hour)).filter((entry) => isKept(entry, ports));
  const digest = createHash('sha256')
    .update(JSON.stringify(entries.map((entry) => entry.chunk)))
    .digest('hex')
    .slice(0, 24);
  const same = current?.digest === digest;
  const next = same ? version : version + 1;
  const key = same ? String(current?.plan) : `plans/${hourLabel(hour)}/${String(next).padStart(6, '0')}-${digest}.json`;
  if (!same) await archive.put(key, Buffer.from(JSON.stringify({ hour, version: next, shards, entries } satisfies SealedPlan)));
  const row = {
    pk,
    sk: 'PLAN',
    version: next,
    digest,
    marks,
    plan: key,
    shards: same ? Number(current?.shards) : shards,
    folded: same ? Number(current?.folded ?? 0) : 0,
    at: iso(clock.now()),
    expires: Math.floor((clock.now() + 45 * DAY) / 1000),
  };
  const outcome = await features.put(row, current ? { kind: 'equals', attribute: 'version', value: version } : { kind: 'absent' });
  // Refused: another planner sealed a version meanwhile; its tasks are as good.
  return outcome.kind === 'refused' ? [] : unfinished(hour, next, key, row.shards, pk, features);
}

/** Chunks lie under the day they were written: `chunks/<day>/…`. S3 removes them after the day on which they are `archiveDays` old. */
const isKept = ({ key }: ManifestEntry, { clock, archiveDays = Number.POSITIVE_INFINITY }: PlanPorts): boolean =>
  !Number.isFinite(archiveDays) || key.slice('chunks/'.length) >= dayLabel(dayOf(clock.now() - archiveDays * DAY));

/** Sealed lately. Who marks an hour to be folded again by other code (refold.ts) does not wait. */
function isResting({ at, digest }: Item, { clock, foldAgainAfter = 0 }: PlanPorts): boolean {
  return digest !== TO_FOLD_AGAIN && clock.now() < Date.parse(String(at)) + foldAgainAfter;
}

async function unfinished(hour: number, version: number, key: string, shards: number, pk: string, features: Table): Promise<FoldTask[]> {
  const { items } = await features.query({ pk, prefix: 'S#' });
  const done = new Set(items.filter((item) => Number(item.version) >= version).map((item) => Number(item.shard)));
  return Array.from({ length: shards }, (_, shard) => ({ hour, version, shard, shards, plan: key })).filter(
    (task) => !done.has(task.shard),
  );
}
