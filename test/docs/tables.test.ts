import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECTIONS, sectionsIn, withSections } from '../../local/documents/doc-tables';

const root = join(__dirname, '../..');
const texts = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, readFileSync(join(root, 'docs', name), 'utf8')] as const);

test('every section that is made from the code stands in one document', () => {
  expect(texts.flatMap(([, text]) => sectionsIn(text)).sort()).toEqual(Object.keys(SECTIONS).sort());
});

test.each(texts.filter(([, text]) => sectionsIn(text).length > 0))(
  'docs/%s says what the code does (npm run docs:tables writes it)',
  async (_name, text) => {
    expect(text).toBe(await withSections(text, root));
  },
);

test('a section that is out of date is written anew, and an unknown one is an error', async () => {
  expect(await withSections('a\n<!-- table populations -->\nold\n<!-- end -->\nb', root)).toContain('`cloud-ide`');
  await expect(withSections('<!-- table nothing -->\n<!-- end -->', root)).rejects.toThrow('no section is called nothing');
});
