import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TABLES, tablesIn, withTables } from '../../local/doc-tables';

const docs = join(__dirname, '../../docs');
const texts = readdirSync(docs)
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, readFileSync(join(docs, name), 'utf8')] as const);

test('every table that is made from the code stands in one document', () => {
  expect(texts.flatMap(([, text]) => tablesIn(text)).sort()).toEqual(Object.keys(TABLES).sort());
});

test.each(texts.filter(([, text]) => tablesIn(text).length > 0))(
  'the tables of docs/%s are as the code has them (npm run docs:tables writes them)',
  (_name, text) => {
    expect(text).toBe(withTables(text));
  },
);

test('a table that is out of date is written anew, and an unknown one is an error', () => {
  expect(withTables('a\n<!-- table populations -->\nold\n<!-- end -->\nb')).toContain('`cloud-ide`');
  expect(() => withTables('<!-- table nothing -->\n<!-- end -->')).toThrow('no table is called nothing');
});
