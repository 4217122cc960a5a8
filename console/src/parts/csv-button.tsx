import { useState } from 'react';
import { ProblemError } from '../api';
import { count } from '../format';
import { csvOf, saveCsv } from './csv';
import { toast } from './toasts';

type Cell = string | number | null;
type Page<Row> = { items: readonly Row[]; next?: string };

/**
 * A list as a spreadsheet. `page`: loads a page of it, so that the file holds the whole list as it is now and not only what was scrolled
 * to; every page is read through the API, and noted in the access log as the list itself is. Without it the list is `rows`.
 */
export function CsvButton<Row>({
  name,
  rows,
  columns,
  page,
}: {
  name: string;
  rows: readonly Row[];
  columns: readonly (readonly [head: string, cell: (row: Row) => Cell])[];
  page?: (cursor: string | undefined) => Promise<Page<Row>>;
}) {
  const [read, setRead] = useState<number>();
  const save = async (): Promise<void> => {
    try {
      const whole = page ? await wholeList(page, setRead) : rows;
      saveCsv(
        `${name}.csv`,
        csvOf(
          columns.map(([head]) => head),
          whole.map((row) => columns.map(([, cell]) => cell(row))),
        ),
      );
    } catch (error) {
      toast(`No file was saved: ${error instanceof ProblemError ? error.problem.detail : String(error)}`, 'danger');
    } finally {
      setRead(undefined);
    }
  };
  return (
    <button type="button" className="button tiny" disabled={rows.length === 0 || read !== undefined} onClick={() => void save()}>
      {read === undefined ? 'CSV' : <span role="status">{`CSV: ${count(read)} rows …`}</span>}
    </button>
  );
}

/** A long list takes more requests than a person may make in a minute: the next page waits. */
const WAITS_MS = 5_000;

async function wholeList<Row>(page: (cursor: string | undefined) => Promise<Page<Row>>, onRead: (rows: number) => void): Promise<Row[]> {
  const whole: Row[] = [];
  let cursor: string | undefined;
  for (let isOver = false; !isOver; ) {
    const read = await page(cursor).catch(waited);
    if (read === undefined) continue;
    const { items, next } = read;
    whole.push(...items);
    onRead(whole.length);
    cursor = next;
    isOver = next === undefined;
  }
  return whole;
}

/** Waits where the API asked to; anything else is thrown. */
async function waited(error: unknown): Promise<undefined> {
  if (!(error instanceof ProblemError && error.problem.status === 429)) throw error;
  await new Promise((done) => setTimeout(done, WAITS_MS));
}
