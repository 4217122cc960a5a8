#!/usr/bin/env node
// Plain Node, no dependencies: makes `npm run …` and `npm test` work on a fresh clone.
// It installs what the lock file lists when that has not happened yet, then runs the task on Node 24
// (an optional dependency: the runtime of the deployed functions), or on the Node at hand.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { USAGE } from './usage.mjs';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const stamp = join(root, 'node_modules', '.lockstep-installed');
const lockDigest = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
const [task, ...args] = process.argv.slice(2);
const help = args.includes('--help') || args.includes('-h');
if (help && USAGE[task]) {
  console.log(USAGE[task]);
  process.exit(0);
}

/** The command that runs now. */
let running;

/** Runs a command to its end. `says`: what to print every few seconds while it is silent. */
const run = (command, parameters, { says, ...options } = {}) =>
  new Promise((resolve, reject) => {
    const began = Date.now();
    const beat = says && setInterval(() => console.error(`${says()} (${Math.round((Date.now() - began) / 1000)} s)`), 4_000);
    const child = spawn(command, parameters, { cwd: root, stdio: 'inherit', ...options });
    running = child;
    child.once('error', (error) => {
      clearInterval(beat);
      reject(error);
    });
    child.once('exit', (status, signal) => {
      clearInterval(beat);
      running = undefined;
      resolve(status ?? (signal ? 130 : 1));
    });
  });
// Ctrl-C reaches the command itself; this process ends with it. Nothing is left running when this process is ended otherwise, or when npm
// is: the shell that npm starts dies of a signal without passing it on.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => running?.kill(signal));
const parent = process.ppid;
setInterval(() => process.ppid === parent || running?.kill(), 1_000).unref();

/** Packages on the disk, scoped ones too: how far an installation is. */
const packagesIn = (folder) => {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce(
    (sum, name) => (name.startsWith('.') ? sum : name.startsWith('@') ? sum + readdirSync(join(folder, name)).length : sum + 1),
    0,
  );
};

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockDigest()) {
  const listed = Object.keys(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages).filter(
    (path) => path.startsWith('node_modules/') && !path.slice(13).includes('/node_modules/'),
  ).length;
  console.error(`Installing ${listed} packages (once; about 700 MB, a minute or two) …`);
  const says = () => `  ${Math.min(packagesIn(join(root, 'node_modules')), listed)} of ${listed} packages`;
  // Not `npm ci`: it refuses a lock file written where a registry lacks the binaries of other platforms.
  const status = await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
    says,
  });
  if (status !== 0) process.exit(status);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, lockDigest());
}

const node24 = join(root, 'node_modules', '.bin', 'node');
const node = existsSync(node24) ? node24 : process.execPath;
const bin = (name) => join(root, 'node_modules', name);
const env = { ...process.env, LOCKSTEP_ROOT: root, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` };
const ts = (file, flags = []) => [node, [...flags, bin('tsx/dist/cli.mjs'), join(root, file), ...args]];

/** The same, bundled first (0.1 s): tsx keeps function names, which costs a third of the speed of a hot loop. */
const built = (file, flags = []) => {
  const bundle = join(root, 'dist', file.replace(/\.ts$/, '.cjs'));
  return [
    [
      node,
      [
        '-e',
        `require('esbuild').buildSync(${JSON.stringify({ entryPoints: [join(root, file)], bundle: true, platform: 'node', target: 'node20', packages: 'external', outfile: bundle })})`,
      ],
    ],
    [node, [...flags, bundle, ...args]],
  ];
};

/** Test files that draw their inputs. */
function suitesWithProperties(folder = join(root, 'test')) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return suitesWithProperties(path);
    return entry.name.endsWith('.test.ts') && readFileSync(path, 'utf8').includes("support/property'") ? [path] : [];
  });
}

/** What each task runs: one or several commands, stopping at the first that fails. */
const tasks = {
  // The console is part of what is shown: built once, or again when it changed.
  demo: [[node, [bin('vite/bin/vite.js'), 'build', 'console', '--logLevel', 'error']], ...built('local/demo.ts')],
  'enforcement-demo': [ts('local/enforcement-demo.ts')],
  'verify-ledger': [ts('cli/verify-ledger.ts')],
  // Room in each of its two threads for an hour's events while they are young: fewer collections, of which each finds less alive.
  replay: built('cli/replay/replay.ts', ['--max-semi-space-size=32']),
  query: [ts('cli/query.ts')],
  recompute: built('cli/recompute.ts'),
  simulate: built('simulator/cli.ts'),
  eval: built('bench/eval/main.ts'),
  'eval:real': built('bench/eval/real.ts'),
  faults: built('bench/faults/main.ts'),
  cost: built('bench/cost/main.ts'),
  'bench:scale': built('bench/scale/main.ts', ['--max-old-space-size=4096']),
  'bench:speed': built('bench/speed/main.ts', ['--max-old-space-size=4096']),
  lint: [[node, [bin('@biomejs/biome/bin/biome'), 'check', '.']]],
  typecheck: [[node, [bin('typescript/bin/tsc'), '--noEmit']]],
  jest: [[node, [bin('jest/bin/jest.js'), ...args]]],
  // After a route changed: the OpenAPI document and the client's types (docs/decisions/0009).
  api: [ts('local/documents/describe-api.ts')],
  // After a row, a detector or a number of the policy changed: the tables of docs/ that are made from them.
  'docs:tables': [ts('local/documents/write-doc-tables.ts')],
  // Needs Chromium, as test:browser does.
  'docs:picture': [ts('bench/console-picture.ts')],
  'bench:list': [ts('bench/flagged-list.ts')],
  'bench:check': [ts('bench/check.ts')],
  // Needs Chromium, as test:browser does.
  'bench:graph': [ts('bench/graph.ts')],
  'console:build': [[node, [bin('vite/bin/vite.js'), 'build', 'console']]],
  // Needs Chromium (apt-get install chromium), so it is no part of `npm test`.
  'test:browser': [[node, [bin('jest/bin/jest.js'), '--testMatch', '<rootDir>/test/**/*.browser.ts', '--runInBand', ...args]]],
  local: [ts('local/local.ts')],
  refold: [ts('cli/refold.ts')],
  // What others wrote to find faults, over templates and API: Python 3.10 and PyPI (test/checks/checks.ts).
  checks: [ts('test/checks/checks.ts')],
  // OASIS's client against the exchange: Python 3.10 and PyPI.
  'taxii-check': [ts('test/checks/taxii-check.ts')],
  redeliver: [ts('cli/redeliver.ts')],
  intersect: built('cli/intersect.ts'),
  exchange: built('cli/exchange.ts'),
  'siem-export': [ts('cli/siem-export.ts')],
  preflight: [ts('cli/preflight.ts')],
  'rotate-identifiers': [ts('cli/rotate-identifiers.ts')],
  'erase-account': [ts('cli/erase-account.ts')],
  'restore-table': [ts('cli/restore-table.ts')],
  // Restore, rotation and upgrade on an emulator (docs/runbook.md): Python 3.10 and PyPI, as test:deploy.
  soak: [ts('test/deployment/soak/soak-command.ts')],
  drill: [ts('test/deployment/drills.ts')],
  redrive: [ts('cli/redrive.ts')],
  'source-policies': [ts('cli/source-policies.ts')],
  // Every suite that draws its inputs: others in each run, where `npm test` draws the same (test/support/property.ts).
  'test:properties': [
    [
      node,
      [bin('jest/bin/jest.js'), '--runTestsByPath', ...suitesWithProperties(), ...args],
      { LOCKSTEP_SEED: process.env.LOCKSTEP_SEED ?? 'new' },
    ],
  ],
  // `cdk deploy` of dev to an emulator that executes the functions, used from outside, destroyed (docs/deploy.md).
  'test:deploy': [ts('test/deployment/deploy-proof.ts')],
  // LiteLLM's own proxy and logger, from PyPI into a virtual environment (docs/producers.md).
  'test:litellm': [ts('test/producers/litellm-proof.ts')],
  // AWS's own engine in dynalite's place: fetched on demand, needs a Java 17 JDK (docs/decisions/0007).
  'test:dynamodb-local': [[node, [bin('jest/bin/jest.js'), 'test/stores/table.test.ts', ...args], { LOCKSTEP_DYNAMODB: 'local' }]],
  test: [
    [node, [bin('@biomejs/biome/bin/biome'), 'check', '.']],
    [node, [bin('typescript/bin/tsc'), '--noEmit']],
    [node, [bin('jest/bin/jest.js'), ...args]],
  ],
};

const commands = tasks[task];
if (!commands) {
  console.error(`Unknown task "${task ?? ''}". Known: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
for (const [command, parameters, variables] of commands) {
  const building = parameters.some((one) => one.endsWith('vite/bin/vite.js'));
  // The console is not built to print how to use the command.
  if (building && help) continue;
  const says = building ? () => 'Building the console …' : undefined;
  const status = await run(command, parameters, { env: { ...env, ...variables }, says });
  if (status !== 0) process.exit(status);
}
