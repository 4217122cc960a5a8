import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Rows of a gzipped comma-separated file by column name. The files here quote nothing; some end their lines with CR LF. */
export const readCsv = (path: string): ((column: string) => string)[] => {
  const [head = '', ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trim().split(/\r?\n/);
  const columns = new Map(head.split(',').map((name, i) => [name, i]));
  return lines.map((line) => {
    const cells = line.split(',');
    return (column) => {
      const at = columns.get(column);
      if (at === undefined) throw new Error(`${path} has no column "${column}"; it has ${[...columns.keys()].join(', ')}`);
      return cells[at] ?? '';
    };
  });
};
export type Row = ReturnType<typeof readCsv>[number];
