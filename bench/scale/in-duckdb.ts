import { closeSync, openSync, writeSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { UnionFind } from '../../functions/detection/networks/networks';
import type { Census, Segments } from '../../functions/detection/screen/holders/census';
import { NOT_REFERENCE, ordinalsOf, standingsIn } from '../../functions/detection/screen/holders/census';
import type { ScreenPolicy } from '../../functions/detection/screen/screen';
import { FAMILY_CAP, TRAIT_NAMES, TRAIT_TYPES } from '../../functions/detection/traits/traits';
import { proposing } from './population';

/** Writes what DuckDB is to read: who holds what, of the traits that may propose a pair. Not counted in its time. */
export async function writeRecords(segments: Segments, census: Census, file: string): Promise<void> {
  const out = openSync(file, 'w');
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const ordinals = ordinalsOf(columns, census);
    const standings = standingsIn(columns, census);
    let lines = '';
    columns.fine.forEach((_, at) => {
      const vouches = standings[at] === NOT_REFERENCE ? 0 : 1;
      for (let i = columns.starts[at]!; i < columns.starts[at + 1]!; i++)
        if (proposing[columns.types[i]!]) lines += `${ordinals[at]},${columns.types[i]},${columns.hashes[i]},${vouches}\n`;
      if (lines.length > 1 << 20) {
        writeSync(out, lines);
        lines = '';
      }
    });
    writeSync(out, lines);
  }
  closeSync(out);
}

/** The same weights, the same three neighbours, sums by family and threshold, in SQL on one thread; disjoint sets here. */
export async function inDuckDb(
  file: string,
  { size, referenceSize }: Pick<Census, 'size' | 'referenceSize'>,
  policy: ScreenPolicy,
): Promise<{ links: number; inGroups: (which: number) => boolean; loading: number; cpuBefore: NodeJS.CpuUsage }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '3GB', preserve_insertion_order: 'false' });
  const db = await instance.connect();
  const began = performance.now();
  await db.run(`CREATE TABLE records AS SELECT * FROM read_csv('${file}', header = false,
    columns = {'who': 'UINTEGER', 'type': 'UTINYINT', 'hash': 'UBIGINT', 'vouches': 'UTINYINT'})`);
  const values = TRAIT_NAMES.map(
    (name, type) => `(${type}, '${TRAIT_TYPES[name].family}', ${TRAIT_TYPES[name].cap}, ${TRAIT_TYPES[name].prior})`,
  );
  await db.run(`CREATE TABLE kinds AS SELECT * FROM (VALUES ${values.join()}) AS t(type, family, cap, prior)`);
  const loading = (performance.now() - began) / 1000;
  const cpuBefore = process.cpuUsage();
  await db.run(`CREATE TABLE weighed AS
    SELECT h.type, h.hash, k.family, least(k.cap, ln(0.8 / ((v + k.prior) / ${referenceSize + 1})) - ln(1 + v)) AS weight
    FROM (SELECT type, hash, count(*) AS n, sum(vouches) AS v FROM records GROUP BY type, hash HAVING count(*) > 1) h JOIN kinds k USING (type)
    WHERE (v + k.prior) / ${referenceSize + 1} <= ${policy.hubShare} AND ln(0.8 / ((v + k.prior) / ${referenceSize + 1})) - ln(1 + v) > 0`);
  await db.run('CREATE TABLE held AS SELECT who, type, hash, family, weight FROM records JOIN weighed USING (type, hash)');
  await db.run(`CREATE TABLE pairs AS SELECT DISTINCT who AS a, unnest([one, two, three]) AS b FROM (
      SELECT who, lead(who, 1) OVER w AS one, lead(who, 2) OVER w AS two, lead(who, 3) OVER w AS three
      FROM held WHERE weight >= 1.5 WINDOW w AS (PARTITION BY type, hash ORDER BY who))`);
  await db.run('DELETE FROM pairs WHERE b IS NULL');
  const caps = Object.entries(FAMILY_CAP).map(([family, cap]) => `WHEN '${family}' THEN ${cap}`);
  const rows = await db.runAndReadAll(`SELECT a, b FROM (
      SELECT a, b, x.family AS family, least(sum(x.weight), CASE x.family ${caps.join(' ')} END) AS nats
      FROM pairs JOIN held x ON x.who = a JOIN held y ON y.who = b AND y.type = x.type AND y.hash = x.hash AND y.family = x.family
      GROUP BY a, b, x.family)
    GROUP BY a, b HAVING sum(nats) >= ${policy.linkThreshold} AND count(*) FILTER (nats >= 1.5) >= 2`);
  const sets = new UnionFind(size);
  const [from, to] = [rows.getColumns()[0] ?? [], rows.getColumns()[1] ?? []];
  from.forEach((a, i) => {
    sets.union(Number(a), Number(to[i]));
  });
  const counts = new Int32Array(size);
  for (let i = 0; i < size; i++) counts[sets.find(i)]!++;
  return { links: from.length, inGroups: (which) => counts[sets.find(which)]! >= policy.minimumNetwork, loading, cpuBefore };
}
