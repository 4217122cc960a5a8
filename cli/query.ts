import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { ACCOUNT_FILES } from '../shared/formats/account-columns';
import { refuse } from './command-line';

/**
 * npm run query -- "select …" [--archive FOLDER] [--json]
 * Exit code 0 with an answer, 2 for unusable arguments, a folder without an archive or SQL that cannot be run.
 */
export const USAGE = `usage: npm run query -- "select …" [--archive replay-report/archive] [--json]

Asks the archive in SQL (DuckDB). A replay leaves one with --keep: npm run replay -- FILE… --keep
Tables: accounts (as they stand), accounts_by_hour (as they stood), campaigns, members, indicators, links. docs/query.md has examples.`;

/** Views over the files of an archive. What is not there is an empty table with the same columns where they are known. */
export function viewsOf(folder: string): string[] {
  const quoted = (path: string): string => `'${join(folder, path).replaceAll("'", "''")}'`;
  const has = (path: string): boolean => existsSync(join(folder, path));
  const views: string[] = [];
  if (has(ACCOUNT_FILES))
    views.push(
      `CREATE VIEW accounts_by_hour AS SELECT * EXCLUDE (profile, filename) FROM (
         SELECT * FROM read_parquet(${quoted(`${ACCOUNT_FILES}**/*.parquet`)}, hive_partitioning = true, filename = true)
       ) QUALIFY row_number() OVER (PARTITION BY account, day, hour ORDER BY filename DESC) = 1`,
      `CREATE VIEW accounts AS SELECT * EXCLUDE (day, hour) FROM accounts_by_hour
         WHERE (day, hour) = (SELECT (day, hour) FROM accounts_by_hour ORDER BY day DESC, hour DESC LIMIT 1)`,
    );
  if (has('campaigns'))
    views.push(
      `CREATE VIEW every_version AS SELECT * FROM read_json(${quoted('campaigns/*/*.json.gz')}, union_by_name = true, maximum_object_size = 268435456)`,
      'CREATE VIEW campaigns AS SELECT * FROM every_version QUALIFY row_number() OVER (PARTITION BY id ORDER BY version DESC) = 1',
      'CREATE VIEW members AS SELECT id AS campaign, classification, unnest(members, recursive := true) FROM campaigns',
      'CREATE VIEW indicators AS SELECT id AS campaign, unnest(indicators, recursive := true) FROM campaigns',
    );
  if (has('links'))
    views.push(
      `CREATE VIEW links AS SELECT regexp_extract(filename, 'links/([^/]+)/', 1) AS campaign, unnest(links, recursive := true)
         FROM read_json(${quoted('links/*/*.json.gz')}, filename = true, maximum_object_size = 268435456)`,
    );
  return views;
}

export type Answer = { columns: string[]; rows: string[][] };

/** One query, on a database of its own that can write nothing and reads these files only. */
export async function ask(sql: string, folder: string): Promise<Answer> {
  const instance = await DuckDBInstance.create(':memory:');
  const db = await instance.connect();
  try {
    for (const view of viewsOf(folder)) await db.run(view);
    await db.run(
      `SET allowed_directories = ['${folder.replaceAll("'", "''")}/']; SET enable_external_access = false; SET lock_configuration = true`,
    );
    const answer = await db.runAndReadAll(sql);
    return { columns: answer.columnNames(), rows: answer.getRowsJson().map((row) => row.map(shown)) };
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}

const shown = (value: unknown): string => (value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** Columns as wide as they need to be. */
export function printed({ columns, rows }: Answer): string {
  const widths = columns.map((name, i) => Math.min(60, Math.max(name.length, ...rows.map((row) => row[i]!.length))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.slice(0, 60).padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), `${rows.length} rows`].join('\n');
}

async function main(): Promise<void> {
  let given: { values: { archive: string; json?: boolean; help?: boolean }; positionals: string[] };
  try {
    const options = {
      archive: { type: 'string', default: 'replay-report/archive' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    } as const;
    given = parseArgs({ allowPositionals: true, options });
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
  if (given.values.help) return console.log(USAGE);
  const [sql, ...more] = given.positionals;
  if (sql === undefined || more.length > 0) return refuse(`give one query, in quotes\n\n${USAGE}`);
  const folder = resolve(process.env.INIT_CWD ?? '.', given.values.archive);
  if (!existsSync(folder)) return refuse(`--archive ${given.values.archive}: there is no such folder. A replay leaves one with --keep.`);
  try {
    const answer = await ask(sql, folder);
    console.log(
      given.values.json
        ? JSON.stringify(answer.rows.map((row) => Object.fromEntries(row.map((cell, i) => [answer.columns[i], cell]))))
        : printed(answer),
    );
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error));
  }
}

if (require.main === module) void main();
