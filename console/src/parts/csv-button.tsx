import { csvOf, saveCsv } from './csv';

/** What a list shows now, as a spreadsheet. */
type Cell = string | number | null;
export const CsvButton = <Row,>({
  name,
  rows,
  columns,
}: {
  name: string;
  rows: readonly Row[];
  columns: readonly (readonly [head: string, cell: (row: Row) => Cell])[];
}) => (
  <button
    type="button"
    className="button tiny"
    disabled={rows.length === 0}
    onClick={() =>
      saveCsv(
        `${name}.csv`,
        csvOf(
          columns.map(([head]) => head),
          rows.map((row) => columns.map(([, cell]) => cell(row))),
        ),
      )
    }
  >
    CSV of these
  </button>
);
