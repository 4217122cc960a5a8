import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from './doc-tables';

/** npm run docs:tables: writes the tables that are made from the code into docs/. A test holds them to it. */
const docs = join(process.env.LOCKSTEP_ROOT ?? join(__dirname, '..'), 'docs');
for (const file of readdirSync(docs).filter((name) => name.endsWith('.md'))) {
  const before = readFileSync(join(docs, file), 'utf8');
  const after = withTables(before);
  if (after !== before) writeFileSync(join(docs, file), after);
}
