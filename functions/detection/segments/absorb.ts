import { createHash } from 'node:crypto';
import { type FoldOutput, readFoldOutput } from '../../../shared/formats/fold-output';
import { segmentOf } from '../../../shared/formats/segment-of';
import type { ObjectStore } from '../../../shared/ports';
import { readPackedAccounts } from '../profiles/account-file';
import { Population } from '../profiles/population';
import type { Damage, SegmentsGiven } from './segment-objects';

export type AbsorbedSegment =
  | { kind: 'absorbed'; population: Population; releases: [hour: number, output: number, at: number, model: string, since: number][] }
  | ({ kind: 'damaged' } & Damage);

/** One segment of a population: what a checkpoint has of it, and what was folded since, as one process would have absorbed it. */
export async function absorbSegment(
  segment: number,
  { count, base, hours, releases: known }: SegmentsGiven,
  store: Pick<ObjectStore, 'get'>,
): Promise<AbsorbedSegment> {
  const population = new Population();
  population.begin({ ...base, releases: known });
  const files = base.segments.length;
  for (const [file, { key, digest }] of base.segments.entries()) {
    if (!meet(file, files, segment, count)) continue;
    const bytes = await store.get(key);
    const isWhole = bytes && createHash('sha256').update(bytes).digest('hex').startsWith(digest);
    if (!isWhole) return { kind: 'damaged', key, isMissing: !bytes, isBase: true, hour: base.last };
    const accounts = await readPackedAccounts(bytes);
    population.restorePacked(files >= count ? accounts : accounts.filter(({ account }) => segmentOf(account, count) === segment));
  }
  // Packed after each hour, even where there was nobody to restore.
  population.rest();
  const releases: (AbsorbedSegment & { kind: 'absorbed' })['releases'] = [];
  for (const { hour, keys } of hours) {
    const outputs: FoldOutput[] = [];
    for (const [place, key] of keys.entries()) {
      const [, shard, shards] = /(\d+)-of-(\d+)$/.exec(key) ?? [];
      if (!meet(Number(shard), Number(shards), segment, count)) continue;
      const bytes = await store.get(key);
      const output = bytes && read(bytes);
      if (!output) return { kind: 'damaged', key, isMissing: !bytes, isBase: false, hour };
      output.releases.forEach(({ model, at }, which) => {
        releases.push([hour, place, which, model, at]);
      });
      outputs.push(output);
    }
    const rows = outputs.flatMap((output) => output.rows.filter(({ account }) => segmentOf(account, count) === segment));
    population.absorbOutput(hour, { rows, releases: [] });
  }
  return { kind: 'absorbed', population, releases };
}

/** Whether part `one` of `ones` has accounts that are in part `other` of `others`; both powers of two. */
function meet(one: number, ones: number, other: number, others: number): boolean {
  const both = Math.min(ones, others);
  return one % both === other % both;
}

function read(bytes: Uint8Array): FoldOutput | undefined {
  try {
    return readFoldOutput(bytes);
  } catch {
    return undefined;
  }
}
