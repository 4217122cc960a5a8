import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';

const ROOT = join(__dirname, '..');
const SKIPPED = new Set(['node_modules', 'dist', 'cdk.out', '.git']);

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder(`${folder}/${entry.name}`);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [`${folder}/${entry.name}`] : [];
  });
}

const sources = ['functions', 'shared', 'infra', 'local', 'cli', 'simulator', 'bench', 'console'].flatMap(filesUnder);
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Paths of the project's own files that a file imports, exports from, requires or names in a type, without their extension. */
function importsOf(file: string, text = textOf(file)): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*(['"])(\.{1,2}\/[^'"]*)\1/g)].map((match) =>
    relative(ROOT, normalize(join(ROOT, dirname(file), match[2] ?? '')))
      .split(sep)
      .join('/'),
  );
}

/**
 * Who may import whom. The first row whose `who` matches the importing file decides; a target that none of its `whom` matches is
 * forbidden, and so is a file that no row names. `SELF` stands for the importing file's own stage.
 */
const SELF = 'functions/SELF/';
const MODEL = ['shared/contract/', 'shared/formats/', 'shared/identity/', 'shared/domain/'];
const ROOM = [SELF, ...MODEL, 'shared/ports', 'shared/stores/', 'shared/in-batches'];
const TABLE: readonly { who: RegExp; whom: readonly string[] }[] = [
  { who: /^functions\/[^/]+\/(.+[-/])?handler\.ts$/, whom: [...ROOM, 'shared/wiring', 'shared/aws/', 'shared/lambda/', 'shared/http/'] },
  // What a gateway embeds: it brings its own adapters.
  { who: /^functions\/admission\/embed\.ts$/, whom: [...ROOM, 'shared/aws/', 'shared/lambda/'] },
  { who: /^functions\/query\//, whom: [...ROOM, 'shared/http/'] },
  { who: /^functions\/[^/]+\/(.+[-/])?routes\.ts$/, whom: [...ROOM, 'shared/http/'] },
  { who: /^functions\//, whom: ROOM },
  { who: /^shared\/(contract|formats|identity|domain)\//, whom: MODEL },
  { who: /^shared\/(ports|wiring|in-batches)\.ts$/, whom: [...MODEL] },
  { who: /^shared\/stores\//, whom: ['shared/stores/', ...MODEL, 'shared/ports', 'shared/in-batches'] },
  { who: /^shared\/memory\//, whom: ['shared/memory/', ...MODEL, 'shared/ports'] },
  { who: /^shared\/aws\//, whom: ['shared/aws/', ...MODEL, 'shared/ports', 'shared/in-batches'] },
  { who: /^shared\/webhook\//, whom: ['shared/webhook/', ...MODEL, 'shared/ports'] },
  { who: /^shared\/http\//, whom: ['shared/http/', ...MODEL, 'shared/ports'] },
  { who: /^shared\/lambda\//, whom: ['shared/', 'policies/recommended.json'] },
  { who: /^infra\//, whom: ['infra/', 'shared/wiring'] },
  { who: /^simulator\//, whom: ['simulator/', 'cli/command-line', ...MODEL, 'shared/ports'] },
  // What a stage asks for is written there.
  { who: /^cli\/(preflight|source-policies)\.ts$/, whom: ['cli/', 'infra/stages'] },
  { who: /^cli\//, whom: ['cli/', 'local/', 'functions/', 'shared/'] },
  // Both deploy what infra describes: in place of AWS.
  { who: /^local\/aws\/|^local\/local\.ts$/, whom: ['local/', 'cli/command-line', 'functions/', 'shared/', 'infra/'] },
  { who: /^local\//, whom: ['local/', 'cli/', 'simulator/', 'functions/', 'shared/'] },
  // The page is measured over the campaigns and the browser of its tests.
  { who: /^bench\/(graph|console-picture)\.ts$/, whom: ['test/console/browser', 'test/support/'] },
  { who: /^bench\//, whom: ['bench/', 'local/', 'cli/', 'simulator/', 'functions/', 'shared/'] },
  { who: /^console\//, whom: ['console/'] },
];

/** Why `file` may not import `target`; undefined when it may. */
function forbidden(file: string, target: string): string | undefined {
  const row = TABLE.find(({ who }) => who.test(file));
  if (!row) return `${file} is in no row of the table`;
  const stage = `functions/${file.split('/')[1]}/`;
  const allowed = row.whom.some((one) => {
    const whom = one === SELF ? stage : one;
    return whom.endsWith('/') ? target.startsWith(whom) : target === whom;
  });
  return allowed ? undefined : `${file} imports ${target}`;
}

describe('who may import whom', () => {
  test.each([
    ['functions/detection/detect.ts', 'functions/detection/findings/classify', true],
    ['functions/detection/detect.ts', 'functions/enforcement/account-actions/contain', false],
    ['functions/detection/detect.ts', 'shared/aws/clients', false],
    ['functions/detection/handler.ts', 'shared/aws/clients', true],
    ['functions/detection/handler.ts', 'functions/features/fold', false],
    ['functions/features/fold.ts', 'shared/memory/memory-table', false],
    ['functions/appeals/appeal.ts', 'shared/http/problem', false],
    ['functions/appeals/routes.ts', 'shared/http/problem', true],
    ['shared/contract/event.ts', 'shared/ports', false],
    ['shared/memory/memory-table.ts', 'shared/aws/dynamo-table', false],
    ['infra/ingest.ts', 'functions/ingest/ingest', false],
    ['infra/ingest.ts', 'shared/wiring', true],
    ['simulator/world.ts', 'functions/detection/findings/classify', false],
    ['console/src/api.ts', 'shared/contract/event', false],
    ['elsewhere/file.ts', 'shared/contract/event', false],
  ])('%s → %s: %s', (file, target, may) => {
    expect(forbidden(file, target) === undefined).toBe(may);
  });

  test('every way to import is seen', () => {
    const text = `import a from './a';\nimport type { B } from "../b";\nimport './c';\nexport * from './d';\nconst e = await import('./e');\nrequire('./f');`;
    const seen = ['shared/x/a', 'shared/b', 'shared/x/c', 'shared/x/d', 'shared/x/e', 'shared/x/f'];
    expect(importsOf('shared/x/file.ts', text)).toEqual(seen);
  });

  test('the project keeps to the table', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(
      sources.flatMap((file) =>
        importsOf(file)
          .map((target) => forbidden(file, target))
          .filter((why) => why !== undefined),
      ),
    ).toEqual([]);
  });

  test('every row is about some file', () => {
    const used = new Set(sources.map((file) => TABLE.find(({ who }) => who.test(file))));
    expect(TABLE.filter((row) => !used.has(row)).map(({ who }) => who.source)).toEqual([]);
    expect(sources.filter((file) => !TABLE.some(({ who }) => who.test(file)))).toEqual([]);
  });
});

test('every room of detection and enforcement says what comes in, what goes out and what it must never do', () => {
  const rooms = ['functions/detection', 'functions/enforcement'].flatMap((stage) =>
    readdirSync(join(ROOT, stage), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [`${stage}/${entry.name}`] : [])),
  );
  expect(rooms.length).toBeGreaterThan(10);
  for (const room of rooms)
    expect(readFileSync(join(ROOT, room, 'README.md'), 'utf8')).toMatch(/^# .+\n\nIn: .+\n\nOut: .+\n\nMust never: .+\n$/);
});

describe('purity: nothing in a rule reads a clock, chance, the environment or the network', () => {
  const IMPURE = [
    /\bDate\.now\b/,
    /\bnew Date\(\s*\)/,
    /\bMath\.random\b/,
    /\bprocess\.(env|hrtime)\b/,
    /\bperformance\.now\b/,
    /\bfetch\(/,
  ];
  const impure = (text: string): boolean => IMPURE.some((pattern) => pattern.test(text));
  const isRoom = (file: string): boolean =>
    /^(functions|shared\/(contract|formats|identity|domain|stores|http))\/|^shared\/(ports|wiring|in-batches)\.ts$/.test(file) &&
    !/handler\.ts$/.test(file);

  test.each([
    ['const at = Date.now();', true],
    ['new Date()', true],
    ['new Date(at)', false],
    ['Math.random()', true],
    ['process.env.NAME', true],
    ['await fetch(url)', true],
    ['clock.now()', false],
  ])('%s: %s', (text, is) => {
    expect(impure(text)).toBe(is);
  });

  test('holds in every room', () => {
    const rooms = sources.filter(isRoom);
    expect(rooms.length).toBeGreaterThan(100);
    expect(rooms.filter((file) => impure(textOf(file)))).toEqual([]);
  });
});

test('a handler wires and hands over: at most 25 lines', () => {
  const handlers = sources.filter((file) => /^functions\/.*handler\.ts$/.test(file));
  expect(handlers.length).toBeGreaterThan(5);
  expect(handlers.filter((file) => textOf(file).trimEnd().split('\n').length > 25)).toEqual([]);
});

test('a folder is a room that one can see: at most sixteen files of code beside each other', () => {
  const beside = new Map<string, number>();
  for (const file of [...sources, ...filesUnder('test')]) beside.set(dirname(file), (beside.get(dirname(file)) ?? 0) + 1);
  expect(beside.size).toBeGreaterThan(60);
  expect([...beside].filter(([, files]) => files > 16)).toEqual([]);
});

test('properties draw through test/support/property.ts, so that npm test draws the same in every run', () => {
  const others = filesUnder('test').filter((file) => textOf(file).includes(["from 'fast", "check'"].join('-')));
  expect(others).toEqual(['test/support/property.ts']);
});

test('a doc comment stands before what it is about, not before another comment', () => {
  const stray = [...sources, ...filesUnder('test')].filter((file) => /\*\/\n[ \t]*\/\*\*/.test(textOf(file)));
  expect(stray).toEqual([]);
});
