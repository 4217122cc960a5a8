import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');
const markdown = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? markdown(`${folder}/${entry.name}`) : entry.name.endsWith('.md') ? [`${folder}/${entry.name}`] : [],
  );
const files = ['README.md', ...['docs', 'functions', 'simulator', 'shared', 'bench', 'console/src'].flatMap(markdown)];

/** Files and folders of the project that a document names in code, as far as they have no placeholder in them. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:functions|shared|infra|cli|local|simulator|bench|policies|test|console|docs)\/[\w./-]+)`/g)].map(
    (match) => match[1]!,
  );
/** Links to places in the project. */
const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);

test('every file that a document names is there', () => {
  const named = files.flatMap((file) => pathsIn(readFileSync(join(ROOT, file), 'utf8')).map((path) => ({ file, path })));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('every link of a document leads somewhere', () => {
  const links = files.flatMap((file) => linksIn(readFileSync(join(ROOT, file), 'utf8')).map((link) => ({ file, link })));
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter(({ file, link }) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
});

test('headings that are linked to exist', () => {
  const anchor = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[`*_]/g, '')
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replace(/ /g, '-');
  const missing = files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\]\(([^)#\s]*\.md)?#([^)]+)\)/g)].flatMap(([, to, heading]) => {
      const target = to === undefined ? file : join(dirname(file), to);
      if (/^https?:/.test(to ?? '') || !existsSync(join(ROOT, target))) return [];
      const headings = [...readFileSync(join(ROOT, target), 'utf8').matchAll(/^#+ (.+)$/gm)].map((match) => anchor(match[1]!));
      return headings.includes(heading!) ? [] : [`${file}: ${to ?? ''}#${heading}`];
    }),
  );
  expect(missing).toEqual([]);
});
