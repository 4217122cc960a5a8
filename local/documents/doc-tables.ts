import { behaviourTable, populationTable } from '../../simulator/scenarios/described-table';
import { classTable, detectionNumbersTable, detectorTable, traitTable } from './detection-tables';
import { workedExample } from './worked-example';

/** Sections of the documentation that are made from the code, by the name in their markers. `root`: the project's folder. */
export const SECTIONS: Readonly<Record<string, (root: string) => string | Promise<string>>> = {
  populations: populationTable,
  behaviours: behaviourTable,
  traits: traitTable,
  detectors: detectorTable,
  'detection-numbers': detectionNumbersTable,
  classes: classTable,
  'worked-example': workedExample,
};

/** A table's columns as wide as their widest cell, as the formatter wants them. */
const aligned = (rows: readonly string[]): string[] => {
  const cells = rows.map((row) =>
    row
      .trim()
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
  const widths = cells[0]!.map((_cell, i) => Math.max(3, ...cells.map((row) => row[i]!.length)));
  return cells.map((row) => `| ${row.map((cell, i) => (cell === '---' ? '-'.repeat(widths[i]!) : cell.padEnd(widths[i]!))).join(' | ')} |`);
};

/** The same text with every table in it aligned. */
const formatted = (text: string): string => {
  const out: string[] = [];
  let table: string[] = [];
  for (const line of [...text.split('\n'), '']) {
    if (line.startsWith('|')) table.push(line);
    else {
      if (table.length > 0) out.push(...aligned(table));
      table = [];
      out.push(line);
    }
  }
  return out.join('\n').trim();
};

const SECTION = /<!-- table (\S+) -->\n[\s\S]*?<!-- end -->/g;
export const sectionsIn = (text: string): string[] => [...text.matchAll(SECTION)].flatMap((match) => match[1] ?? []);

/** The document with every marked section as the code has it now. A name that nobody makes is an error. */
export const withSections = async (text: string, root: string): Promise<string> => {
  const made = new Map<string, string>();
  for (const name of sectionsIn(text)) {
    const make = SECTIONS[name];
    if (!make) throw new Error(`no section is called ${name}: ${Object.keys(SECTIONS).join(', ')}`);
    made.set(name, formatted(await make(root)));
  }
  return text.replace(SECTION, (_section, name: string) => `<!-- table ${name} -->\n\n${made.get(name)}\n\n<!-- end -->`);
};
