import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSections } from './doc-tables';

/** npm run docs:tables: writes what is made from the code into docs/. A test holds the documents to it. */
const root = process.env.LOCKSTEP_ROOT ?? join(__dirname, '../..');
const main = async (): Promise<void> => {
  for (const file of readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))) {
    const path = join(root, 'docs', file);
    const before = readFileSync(path, 'utf8');
    const after = await withSections(before, root);
    if (after !== before) writeFileSync(path, after);
  }
};

void main();
