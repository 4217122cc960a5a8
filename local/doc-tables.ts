import { behaviourTable, populationTable } from '../simulator/described-table';

/** Tables of the documentation that are made from the code, by the name in their markers. */
export const TABLES: Readonly<Record<string, () => string>> = {
  populations: populationTable,
  behaviours: behaviourTable,
};

const SECTION = /<!-- table (\S+) -->\n[\s\S]*?<!-- end -->/g;

/** The document with every marked table as the code has it now. A name that nobody makes is an error. */
export const withTables = (text: string): string =>
  text.replace(SECTION, (_section, name: string) => {
    const made = TABLES[name];
    if (!made) throw new Error(`no table is called ${name}: ${Object.keys(TABLES).join(', ')}`);
    return `<!-- table ${name} -->\n\n${made()}\n\n<!-- end -->`;
  });

export const tablesIn = (text: string): string[] => [...text.matchAll(SECTION)].flatMap((match) => match[1] ?? []);
