import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { Refused } from '../../functions/ingest/read-messages';
import { refusedRecord } from '../../functions/ingest/refused';
import { Pipeline } from '../../local/pipeline';
import { ProducerSettings } from '../../shared/contract/producer-settings';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import { MODES } from '../../shared/domain/policy/enforcement-policy';
import { Policy, withMode } from '../../shared/domain/policy/policy';
import { DAY, HOUR, iso, MINUTE } from '../../shared/domain/time';
import { AppendedObjectStore } from '../../shared/memory/appended-object-store';
import { KeptObjectStore } from '../../shared/memory/kept-object-store';
import { SpillingObjectStore } from '../../shared/memory/spilling-object-store';
import { progressLine } from '../command-line';
import { arrivedOf, reasonsForNothing, refusedOf, summaryOf } from './arrived';
import { blocksAhead, readAhead } from './read-ahead';
import { blocksOf, type Reading } from './read-blocks';
import { UnreadableInput } from './read-events';
import { FileReplay } from './replay-files';
import { type Report, reportOf } from './report';
import { reportPage } from './report-page';
import { approveAll } from './reviewers';
import { wouldHave, wouldHaveLines } from './would-have';

/**
 * npm run replay -- FILE… [--policy FILE] [--against FILE] [--out DIR] [--detect-every 1h] [--reviewer approve] [--producers FILE] [--mode MODE] [--seed N]
 * Exit code 0 when the whole input was read, 2 for arguments or input that cannot be used.
 */
const HELP = `npm run replay -- FILE… [options]

Reads files of events (JSON values one after another or in lists; plain, gzip or zstd; ordered by time within ten minutes) through the
very pipeline that is deployed, under a clock that follows the events, and writes what was found and why.

  --policy FILE        the policy that judges (policies/recommended.json)
  --against FILE       replays a second time with this policy, and says whose decision differs
  --out DIR            where to write (replay-report): report.json; report.html, the same as a page that stands alone; refused.ndjson
  --detect-every TIME  a number and m, h or d: how often networks are looked for (1h)
  --reviewer approve   a reviewer who approves every case; without, nobody answers
  --producers FILE     how to read records that are no events of ours (docs/producers.md)
  --keep               keeps the archive beside the report, for npm run query
  --mode MODE          observe, shadow, assist or auto for every action; shadow says what would have been done, and to whom
  --seed N             chance of the random delays (1)
  --help               this

Exit code 0 when the whole input was read, 2 for arguments or input that cannot be used.`;
const USAGE =
  'usage: npm run replay -- FILE… [--policy FILE] [--against FILE] [--out DIR] [--detect-every 1h] [--reviewer approve] [--producers FILE] [--mode observe|shadow|assist|auto]';
const RECOMMENDED = join(process.env.LOCKSTEP_ROOT ?? join(__dirname, '../..'), 'policies/recommended.json');
/** Replay stores identifiers under a key of its own, made anew for every run: nothing outlives it but the report. */
const UNIT: Record<string, number> = { m: MINUTE, h: HOUR, d: DAY };

/** What an analyst asks about. */
const KEPT = ['detection/accounts/', 'campaigns/', 'links/', 'folds/'];
/** Bytes of the archive that stay in memory: what is due next was written in the last hours. */
const IN_MEMORY = 64 * 1024 * 1024;

const KEY = process.env.LOCKSTEP_IDENTIFIER_KEY ?? `replay-${crypto.randomUUID()}`;

class BadArguments extends Error {}

function argumentsOf(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        policy: { type: 'string' },
        against: { type: 'string' },
        out: { type: 'string', default: 'replay-report' },
        'detect-every': { type: 'string', default: '1h' },
        reviewer: { type: 'string' },
        producers: { type: 'string' },
        mode: { type: 'string' },
        seed: { type: 'string', default: '1' },
        // Accounts, campaigns and links stay in OUT/archive, for `npm run query`.
        keep: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return { ...values, mode: undefined, files: [], detectEvery: HOUR };
    if (positionals.length === 0) throw new BadArguments(`no event file given; ${USAGE}`);
    const every = /^(\d+)([mhd])$/.exec(values['detect-every']);
    if (!every || Number(every[1]) === 0)
      throw new BadArguments(`--detect-every ${values['detect-every']}: give a number and m, h or d, for example 1h`);
    if (values.reviewer !== undefined && values.reviewer !== 'approve')
      throw new BadArguments(`--reviewer ${values.reviewer}: the only reviewer there is approves (--reviewer approve)`);
    const { mode: named, ...others } = values;
    const mode = MODES.find((one) => one === named);
    if (named !== undefined && mode === undefined) throw new BadArguments(`--mode ${named}: give one of ${MODES.join(', ')}`);
    return {
      ...others,
      mode,
      files: positionals.map((file) => resolve(process.env.INIT_CWD ?? '.', file)),
      detectEvery: Number(every[1]) * (UNIT[every[2] ?? 'h'] ?? HOUR),
    };
  } catch (error) {
    if (error instanceof BadArguments) throw error;
    throw new BadArguments(`${error instanceof Error ? error.message.split('\n')[0] : String(error)}; ${USAGE}`);
  }
}

export function readPolicy(file: string): Policy {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new BadArguments(`--policy ${file}: there is no such file that can be read`);
  }
  try {
    return Policy.parse(JSON.parse(text));
  } catch (error) {
    const issues = error instanceof Error && 'issues' in error && Array.isArray(error.issues) ? error.issues : [];
    const first = issues[0];
    throw new BadArguments(`${file}: not a policy: ${first ? `${first.path.join('.')}: ${first.message}` : 'not JSON'}`);
  }
}

export function readProducers(file: string): ProducerSettings {
  let text: string;
  try {
    text = readFileSync(resolve(process.env.INIT_CWD ?? '.', file), 'utf8');
  } catch {
    throw new BadArguments(`--producers ${file}: there is no such file that can be read`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadArguments(`--producers ${file}: not JSON`);
  }
  const parsed = ProducerSettings.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new BadArguments(`--producers ${file}: ${first?.path.join('.')}: ${first?.message} (docs/producers.md)`);
}

type Options = ReturnType<typeof argumentsOf>;
type Replayed = { report: Report; campaigns: readonly Campaign[]; first: readonly Refused[]; damage: UnreadableInput | undefined };

async function replay(policy: Policy, options: Options, producers: ProducerSettings, out: string): Promise<Replayed> {
  const began = performance.now();
  const progress = progressLine(process.stderr);
  // Under a key of this run only: what another run left would be another world's.
  const archive = join(out, '.archive');
  const kept = join(out, 'archive');
  if (options.keep) rmSync(kept, { recursive: true, force: true });
  rmSync(archive, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const refusedFile = join(out, 'refused.ndjson');
  writeFileSync(refusedFile, '');
  let spilled: AppendedObjectStore | undefined;
  let campaigns = 0;
  const files = new FileReplay(
    async (start) => {
      spilled = new AppendedObjectStore(archive);
      const pipeline = new Pipeline({
        policy,
        start,
        detectEvery: options.detectEvery,
        seed: Number(options.seed),
        archive: options.keep
          ? new KeptObjectStore(new SpillingObjectStore(spilled, IN_MEMORY), kept, KEPT)
          : new SpillingObjectStore(spilled, IN_MEMORY),
        secret: KEY,
        onRun: async (run) => {
          campaigns = Math.max(campaigns, run.networks);
          if (options.reviewer === 'approve') await approveAll(pipeline.enforcement);
        },
      });
      await pipeline.arm('replay');
      return pipeline;
    },
    ({ read, at }) =>
      progress.show(
        `${read.toLocaleString('en')} events, ${Math.round((1000 * read) / (performance.now() - began)).toLocaleString('en')}/s, ${Number.isNaN(at) ? '' : iso(at).slice(0, 16)}, ${campaigns} networks`,
      ),
    (refused) => {
      if (refused.length > 0) appendFileSync(refusedFile, refused.map((one) => `${JSON.stringify(refusedRecord(one))}\n`).join(''));
    },
  );
  let damage: UnreadableInput | undefined;
  try {
    const reading = { files: options.files, secret: KEY, detectEvery: options.detectEvery, producers };
    // On two cores the files are read by a thread of its own while the hours before are judged.
    const restrictions = () => files.pipeline?.gateway.restrictions;
    await files.run(
      availableParallelism() > 1
        ? blocksAhead(__filename, reading, (count) => restrictions()?.after(count) ?? [])
        : blocksOf(reading, (account) => restrictions()?.effect(account)),
    );
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    damage = error;
  }
  await files.finish();
  progress.end();
  if (damage && files.read === 0) throw damage;
  const pipeline = files.pipeline ?? (await files.begin(Date.now()));
  const [from, to] = [files.from, files.to].map((at) => (Number.isNaN(at) ? pipeline.clock.now() : at)) as [number, number];
  const made = await reportOf(pipeline, {
    read: files.read,
    from,
    to,
    seconds: (performance.now() - began) / 1000,
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  });
  const arrived = arrivedOf(files.arrivals, pipeline, policy, to);
  const isNothing = made.campaigns.length === 0 && made.accounts.length === 0;
  const report: Report = {
    ...made,
    refused: refusedOf(files.arrivals),
    arrived,
    ...(options.mode === 'shadow' ? { wouldHave: await wouldHave(pipeline) } : {}),
    ...(isNothing ? { because: reasonsForNothing(arrived, files.arrivals, policy, { from, to }) } : {}),
  };
  if (options.keep) await files.pipeline?.detection.keep();
  const found: Campaign[] = [];
  for await (const { document } of pipeline.detection.campaigns.all()) found.push(await pipeline.detection.campaigns.document(document));
  spilled?.remove();
  return { report, campaigns: found, first: files.first, damage };
}

function write(out: string, { report, campaigns, first }: Replayed): void {
  writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(out, 'report.html'), reportPage(report, campaigns));
  const { events, refused = {}, arrived, because, wouldHave: shadowed } = report;
  console.log(
    `${events.read.toLocaleString('en')} events in ${report.seconds} s (${Math.round(events.read / Math.max(0.01, report.seconds)).toLocaleString('en')}/s, ${report.peakMemoryMiB} MiB): ${plural(report.campaigns.length, 'campaign')}, ${plural(report.accounts.length, 'account')}; ${join(out, 'report.json')}, and to read or send on ${join(out, 'report.html')}`,
  );
  if (arrived) console.log(summaryOf(events, arrived));
  for (const line of shadowed ? wouldHaveLines(shadowed) : []) console.log(line);
  for (const [producer, reasons] of Object.entries(refused))
    for (const [reason, count] of Object.entries(reasons)) console.log(`refused ${count}: ${reason} (${producer})`);
  for (const { message, line, because: why, fix } of first) console.error(`${message}:${line}: ${why}; ${fix}`);
  if (events.rejected > first.length) console.error(`… and ${events.rejected - first.length} more in ${join(out, 'refused.ndjson')}`);
  for (const why of because ?? []) console.log(`nothing was found because: ${why}`);
}

const plural = (count: number, one: string): string => `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;

/** One line when nothing in the files was JSON at all; undefined when something was. */
function notJson({ events, refused = {} }: Report, files: readonly string[]): string | undefined {
  const reasons = Object.values(refused).flatMap((one) => Object.keys(one));
  if (events.accepted > 0 || events.read === 0 || reasons.some((reason) => reason !== 'not-json')) return undefined;
  const csv = files.some((file) => /\.[ct]sv$/i.test(file))
    ? ' CSV is not read: convert each row to a JSON object with the fields of docs/producers.md.'
    : '';
  return `${files.join(', ')}: holds no JSON, so nothing can be replayed. Give files of JSON events, plain, gzip or zstd.${csv}`;
}

async function main(): Promise<number> {
  const options = argumentsOf(process.argv.slice(2));
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const given = readPolicy(options.policy ?? RECOMMENDED);
  const policy = options.mode === undefined ? given : withMode(given, options.mode, `--mode ${options.mode}`);
  const against = options.against === undefined ? undefined : readPolicy(options.against);
  const out = resolve(process.env.INIT_CWD ?? '.', options.out);
  const producers = options.producers === undefined ? {} : readProducers(options.producers);
  const first = await replay(policy, options, producers, out);
  const unusable = notJson(first.report, options.files);
  if (unusable !== undefined) throw new BadArguments(unusable);
  write(out, first);
  if (first.damage) console.error(first.damage.message);
  if (against) {
    const { differences } = await import('./differences');
    const second = await replay(against, options, producers, join(out, 'against'));
    write(join(out, 'against'), second);
    differences(first.report, second.report, policy.version, against.version);
  }
  return first.damage ? 2 : 0;
}

if (parentPort) void readAhead(parentPort, workerData as Reading);
else
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      if (error instanceof BadArguments || error instanceof UnreadableInput) console.error(error.message);
      else console.error(error);
      process.exitCode = error instanceof BadArguments || error instanceof UnreadableInput ? 2 : 1;
    },
  );
