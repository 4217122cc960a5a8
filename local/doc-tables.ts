import { behaviourTable, populationTable } from '../simulator/described-table';

/** Tables of the documentation that are made from the code, by the name in their markers. */
export const TABLES: Readonly<Record<string, () => string>> = {
  populations: populationTable,
  behaviours: behaviourTable,
};

/** Columns as wide as their widest cell, as the formatter wants them. */
const aligned = (rows: readonly string[]): string => {
  const cells = rows.map((row) =>
    row
      .trim()
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  const widths = cells[0]!.map((_cell, i) => Math.max(3, ...cells.map((row) => row[i]!.length)));
  return cells
    .map((row) => `| ${row.map((cell, i) => (cell === '---' ? '-'.repeat(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')} |`)
    .join('\n');
};

const SECTION = /<!-- table (\S+) -->\n[\s\S]*?<!-- end -->/g;

/** The document with every marked table as the code has it now. A name that nobody makes is an error. */
export const withTables = (text: string): string =>
  text.replace(SECTION, (_section, name: string) => {
    const made = TABLES[name];
    if (!made) throw new Error(`no table is called ${name}: ${Object.keys(TABLES).join(', ')}`);
    return `<!-- table ${name} -->\n\n${aligned(made().split('\n'))}\n\n<!-- end -->`;
  });

export const tablesIn = (text: string): string[] => [...text.matchAll(SECTION)].flatMap((match) => match[1] ?? []);
