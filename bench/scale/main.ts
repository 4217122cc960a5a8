import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../../cli/command-line';
import { accountAt, readColumns, writeColumns } from '../../functions/detection/screen/columns/screen-columns';
import { censusOf, ordinalsOf, type Segments, tally } from '../../functions/detection/screen/holders/census';
import { firstOf } from '../../functions/detection/screen/holders/trait-records';
import { type Screened, screen, screenPolicyOf } from '../../functions/detection/screen/screen';
import { Screening } from '../../functions/detection/screen/screened';
import { Board } from '../../functions/detection/screen/tasks/board';
import { called, prefixOf } from '../../functions/detection/tasks/called-task';
import { countedBesides, judgeUnits, marksOf, rulesOf } from '../../functions/detection/units/judge-units';
import { JudgedElsewhere } from '../../functions/detection/units/judged-elsewhere';
import { JudgedHere } from '../../functions/detection/units/judged-here';
import { Policy } from '../../shared/domain/policy/policy';
import { HOUR } from '../../shared/domain/time';
import type { AccountKey } from '../../shared/identity/ids';
import { AppendedObjectStore } from '../../shared/memory/appended-object-store';
import { table } from '../eval/table';
import { AsFunctions } from './as-functions';
import { banding } from './banding';
import { checkpointOf, runBySegments } from './by-segments';
import { inDuckDb, writeRecords } from './in-duckdb';
import { NOW, SEGMENTS, SyntheticPopulation } from './population';
import { profilesOf } from './profiles-of';

const HELP = `npm run bench:scale -- [--accounts 10000,100000,1000000] [--only screen,functions,judgement,judged,segments,banding,duckdb] [--partitions 0]

What it costs to find who may be joined to whom: the product's screen, alone and with the judgement after it (profiles of candidates, index,
links, networks), beside plain banding and the same in SQL (DuckDB, one thread), on one
synthetic population (bench/scale/population.ts). Each runs in a process of its own: CPU seconds of all its threads, largest memory. Making
the population is not counted, nor is loading it into DuckDB. functions and judged (only if named): the screen, and the judgement after it, as
functions do them under a Distributed Map, each task from nothing, with requests counted and dollars a run computed; of judged the CPU
seconds are those of the screen in one process, of who has the units judged, and of the tasks. segments (only if named): a whole run of a new
process that holds nobody, from a checkpoint to campaigns that are saved, by tasks throughout; writing the checkpoint is not counted. --partitions 0 chooses: one per 25,000 accounts.`;

const ROOT = process.env.LOCKSTEP_ROOT ?? process.cwd();
const whole = Policy.parse(JSON.parse(readFileSync(join(ROOT, 'policies/recommended.json'), 'utf8'))).detection;
const policy = screenPolicyOf(whole);
const SYSTEMS = ['screen', 'functions', 'judgement', 'judged', 'segments', 'banding', 'duckdb'] as const;
const ONLY_IF_NAMED: readonly string[] = ['functions', 'judged', 'segments'];
type System = (typeof SYSTEMS)[number];
type Measured = {
  cpu: number;
  wall: number;
  peakMiB: number;
  links: number;
  hostile: number;
  honest: number;
  diskMiB: number;
  pairs?: number;
  candidates?: number;
  largestUnit?: number;
  loading?: number;
  /** Of functions: what was counted, in words. */
  counted?: string;
};

const fileOf = (folder: string, segment: number): string => join(folder, `segment-${segment}`);

const segmentsIn = (folder: string): Segments => ({
  count: SEGMENTS,
  columns: async (segment) => {
    const bytes = readFileSync(fileOf(folder, segment));
    return readColumns(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  },
});

/** Makes the population once; answers the bytes of columns an account. */
function make(size: number, folder: string): number {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const population = new SyntheticPopulation(size);
  let bytes = 0;
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const columns = writeColumns(population.segment(segment));
    bytes += columns.length;
    writeFileSync(fileOf(folder, segment), columns);
  }
  writeFileSync(join(folder, 'hostile'), [...population.hostileKeys()].join('\n'));
  return bytes / size;
}

/** Who is joined in a group, or looked at with one. */
function candidatesOf({ groupOf, guests }: Pick<Screened, 'groupOf' | 'guests'>): number {
  const named = Uint8Array.from(groupOf, (group) => (group > 0 ? 1 : 0));
  for (const guest of guests) named[firstOf(guest)] = 1;
  return named.reduce((sum, one) => sum + one, 0);
}

async function measure(system: System, size: number, folder: string, partitions: number): Promise<Measured> {
  const segments = segmentsIn(folder);
  const cut = { partitions: partitions || Math.max(1, Math.ceil(size / 25_000)), rowsAtOnce: 500_000 };
  const tallies = [];
  let before = process.cpuUsage();
  let began = performance.now();
  let found: {
    links: number;
    inGroups: (which: number, account: AccountKey) => boolean;
    pairs?: number;
    candidates?: number;
    largestUnit?: number;
    loading?: number;
  };
  let disk = 0;
  let counted: string | undefined;
  if (system === 'screen') {
    const spill = new AppendedObjectStore(join(folder, 'spill'));
    const result = await screen(segments, new Set(), NOW, policy, cut, spill);
    disk = statSync(join(folder, 'spill')).size;
    spill.remove();
    found = {
      links: result.links.pairs.length,
      inGroups: (which) => result.groupOf[which]! > 0,
      pairs: result.pairs,
      candidates: candidatesOf(result),
    };
  } else if (system === 'functions') {
    const spill = new AppendedObjectStore(join(folder, 'spill'));
    const functions = new AsFunctions(spill);
    const prefix = prefixOf('run-bench');
    const elsewhere = called(functions.carryOut, prefix);
    const result = await screen(segments, new Set(), NOW, policy, cut, functions.store, { prefix, elsewhere });
    disk = statSync(join(folder, 'spill')).size;
    spill.remove();
    counted = functions.counted;
    found = {
      links: result.links.pairs.length,
      inGroups: (which) => result.groupOf[which]! > 0,
      pairs: result.pairs,
      candidates: candidatesOf(result),
    };
  } else if (system === 'judgement' || system === 'judged') {
    const spill = new AppendedObjectStore(join(folder, 'spill'));
    const profiles = await profilesOf(segments);
    const screening = await Screening.of(segments, { profiles, ties: [], known: new Set(), now: NOW, policy: whole, cut }, spill);
    const given = { units: screening.units, campaigns: [], operators: [], policy: whole, now: NOW };
    const judged = { screening, rules: rulesOf(given, new Map()), marks: marksOf([]), besides: countedBesides(given) };
    const members = new Set<AccountKey>();
    const counts = { links: 0, candidates: 0 };
    if (system === 'judgement') {
      const here = new JudgedHere(judged, ({ links, index, assessments }) => ({
        links: links.length,
        candidates: index.accounts.length,
        members: assessments.flatMap(({ network }) => network.members.map(({ entry }) => entry.profile.account)),
      }));
      for await (const unit of judgeUnits(given, here)) {
        counts.links += unit.links;
        counts.candidates += unit.candidates;
        for (const account of unit.members) members.add(account);
      }
    } else {
      const functions = new AsFunctions(spill);
      const prefix = prefixOf('run-bench');
      const tracking = {
        start: Math.floor(NOW / HOUR),
        provenance: { run: 'run-bench', code: '', policy: '', input: '' },
        names: new Set<string>(),
      };
      const there = new JudgedElsewhere({ ...judged, tracking }, new Board(functions.store, prefix), called(functions.carryOut, prefix));
      for await (const { changed, links } of judgeUnits(given, there)) {
        for (const campaign of changed) for (const { account } of campaign.members) members.add(account);
        for (const kept of links) counts.links += kept.links.length;
      }
      counted = functions.counted;
    }
    disk = statSync(join(folder, 'spill')).size;
    spill.remove();
    found = {
      links: counts.links,
      ...(system === 'judgement' ? { candidates: counts.candidates } : {}),
      inGroups: (_, account) => members.has(account),
      largestUnit: screening.units.reduce((most, { accounts }) => Math.max(most, accounts.length), 0),
    };
  } else if (system === 'segments') {
    const spill = new AppendedObjectStore(join(folder, 'spill'));
    await checkpointOf(segments, spill);
    const start = statSync(join(folder, 'spill')).size;
    before = process.cpuUsage();
    began = performance.now();
    const functions = new AsFunctions(spill);
    const members = await runBySegments(functions.store, functions, whole);
    counted = functions.counted;
    disk = statSync(join(folder, 'spill')).size - start;
    spill.remove();
    found = { links: 0, inGroups: (_, account) => members.has(account) };
  } else if (system === 'banding') found = await banding(segments);
  else {
    for (let s = 0; s < segments.count; s++) tallies.push(tally(await segments.columns(s), new Set(), NOW, policy));
    const census = censusOf(tallies, new Set(), NOW, policy);
    const file = join(folder, 'records.csv');
    await writeRecords(segments, census, file);
    const made = await inDuckDb(file, census, policy);
    before = made.cpuBefore;
    began = performance.now();
    found = made;
    rmSync(file);
  }
  const { user, system: kernel } = process.cpuUsage(before);
  const wall = (performance.now() - began) / 1000;
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  // Who was found, by name: not counted.
  const hostile = new Set(readFileSync(join(folder, 'hostile'), 'utf8').split('\n'));
  const all = [];
  for (let s = 0; s < segments.count; s++) all.push(tally(await segments.columns(s), new Set(), NOW, policy));
  const census = censusOf(all, new Set(), NOW, policy);
  const caught = { hostile: 0, honest: 0 };
  let base = 0;
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const ordinals = ordinalsOf(columns, census);
    columns.fine.forEach((_, at) => {
      if (found.inGroups(system === 'banding' ? base + at : ordinals[at]!, accountAt(columns, at)))
        caught[hostile.has(accountAt(columns, at)) ? 'hostile' : 'honest']++;
    });
    base += columns.fine.length;
  }
  const { links, pairs, candidates, largestUnit, loading } = found;
  return {
    cpu: (user + kernel) / 1e6,
    wall,
    peakMiB,
    links,
    hostile: hostile.size === 0 ? 0 : caught.hostile / hostile.size,
    honest: caught.honest,
    diskMiB: disk / 2 ** 20,
    ...(pairs === undefined ? {} : { pairs }),
    ...(candidates === undefined ? {} : { candidates }),
    ...(largestUnit === undefined ? {} : { largestUnit }),
    ...(loading === undefined ? {} : { loading }),
    ...(counted === undefined ? {} : { counted }),
  };
}

/** In a few words. A process that the system killed for want of memory says nothing itself: then its signal does. */
function whyFailed(of: { status: number | null; signal: NodeJS.Signals | null; error?: Error | undefined; stderr: string }): string {
  const { status, signal, error, stderr } = of;
  const said = /^.*(?:Error|FATAL).*$/m.exec(stderr)?.[0].slice(0, 60);
  if (said) return said;
  if (error) return error.message;
  return signal ? `ended by ${signal}${signal === 'SIGKILL' ? ': out of memory, perhaps' : ''}` : `ended with ${status}`;
}

async function main(): Promise<void> {
  const child = process.argv.indexOf('--measure');
  if (child > 0) {
    const [system, size, folder, partitions] = process.argv.slice(child + 1);
    console.log(JSON.stringify(await measure(system as System, Number(size), folder!, Number(partitions))));
    return;
  }
  const values = readOptions(HELP, {
    accounts: { type: 'string', default: '10000,100000,1000000' },
    only: { type: 'string', default: SYSTEMS.filter((one) => !ONLY_IF_NAMED.includes(one)).join() },
    partitions: { type: 'string', default: '0' },
  });
  const rows: string[][] = [];
  const cpus = new Map<System, { size: number; cpu: number }[]>();
  for (const size of values.accounts.split(',').map(Number)) {
    if (!(size >= 1_000)) throw new Error(`--accounts ${values.accounts}: numbers of 1000 at least, with commas between`);
    const folder = join(ROOT, 'dist/scale', String(size));
    const bytes = make(size, folder);
    for (const system of SYSTEMS.filter((one) => values.only.split(',').includes(one))) {
      const { status, signal, error, stdout, stderr } = spawnSync(
        process.execPath,
        [...process.execArgv, process.argv[1]!, '--measure', system, String(size), folder, values.partitions],
        { encoding: 'utf8', maxBuffer: 1 << 26 },
      );
      if (status !== 0) {
        console.error(stderr);
        rows.push([size.toLocaleString('en'), system, 'failed', whyFailed({ status, signal, error, stderr }), ...Array(8).fill('')]);
        continue;
      }
      const it: Measured = JSON.parse(stdout);
      if (it.counted !== undefined) console.log(`${size.toLocaleString('en')} accounts by functions: ${it.counted}`);
      const before = cpus.get(system)?.at(-1);
      cpus.set(system, [...(cpus.get(system) ?? []), { size, cpu: it.cpu }]);
      const exponent = before ? Math.log(it.cpu / before.cpu) / Math.log(size / before.size) : undefined;
      rows.push([
        size.toLocaleString('en'),
        system,
        it.cpu.toFixed(2),
        exponent === undefined ? '' : exponent.toFixed(2),
        it.peakMiB.toFixed(0),
        system === 'screen' ? bytes.toFixed(0) : '',
        it.diskMiB === 0 ? '' : it.diskMiB.toFixed(0),
        it.links.toLocaleString('en'),
        `${(100 * it.hostile).toFixed(1)} %`,
        it.honest.toLocaleString('en'),
        it.candidates === undefined ? '' : it.candidates.toLocaleString('en'),
        it.largestUnit === undefined ? '' : it.largestUnit.toLocaleString('en'),
      ]);
    }
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    table(
      [
        'accounts',
        'system',
        'CPU s',
        'exponent',
        'peak MiB',
        'bytes of columns an account',
        'spilled MiB',
        'links',
        'hostile in groups',
        'honest in groups',
        'candidates',
        'largest unit',
      ],
      rows,
    ),
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
