import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberOf, readOptions } from '../../cli/command-line';
import { Detection } from '../../functions/detection/detect';
import { FoldReader } from '../../functions/detection/profiles/fold-reader';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { type Found, JsonValues } from '../../functions/ingest/records/json-values';
import { Policy } from '../../shared/domain/policy/policy';
import { HOUR } from '../../shared/domain/time';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import { scaled } from '../../simulator/scenarios/scenario';
import { scenarioNamed } from '../../simulator/scenarios/scenarios';
import { simulate } from '../../simulator/simulate';
import { table } from '../eval/table';
import { AS, SETTINGS } from './as-producer';
import { fingerprinted } from './fingerprinted';

const HELP = `npm run bench:speed -- [--days 3] [--scale 1] [--batch 30000] [--producers no]

How fast one core goes through the use cases, beside a plain JSON.parse of the same lines in the same run: on a machine that others use, the
ratio says more than the rate. --scale multiplies the accounts of the scenario june. --producers no: without what each producer writes.`;

/** Best of a few: what others take of the machine only ever adds. */
const ROUNDS = 3;

const PIECE = 64 * 1024;

type Measured = { what: string; amount: number; unit: string; seconds: number };

async function main(): Promise<void> {
  const values = readOptions(HELP, {
    days: { type: 'string', default: '3' },
    scale: { type: 'string', default: '1' },
    batch: { type: 'string', default: '30000' },
    producers: { type: 'string', default: 'yes' },
  });
  const days = numberOf('days', values.days, { from: 1, whole: true });
  const scale = numberOf('scale', values.scale, { from: 0.001 });
  const size = numberOf('batch', values.batch, { from: 1, whole: true });
  const scenario = scenarioNamed('june');
  if (!scenario) throw new Error('the scenario june is gone');
  const simulation = simulate(scaled({ ...scenario, days, campaigns: [] }, scale), 1);
  const raw: string[] = [];
  let end = simulation.start;
  for (const { start, arrivals } of simulation) {
    end = start + HOUR;
    for (const { line } of arrivals) raw.push(line);
  }
  const prints = raw.map(fingerprinted);
  const events = raw.length;
  const bytes = raw.reduce((sum, line) => sum + line.length, 0);
  console.log(
    `${events.toLocaleString('en')} events of ${simulation.accounts.toLocaleString('en')} accounts, ${Math.round(bytes / events)} bytes a line with its prompt\n`,
  );

  const measured: Measured[] = [];
  const time = async (what: string, amount: number, unit: string, work: () => unknown): Promise<Measured> => {
    let seconds = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const began = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(began);
      seconds = Math.min(seconds, (user + system) / 1e6);
    }
    const one = { what, amount, unit, seconds };
    measured.push(one);
    return one;
  };

  const parseRaw = await time('JSON.parse, prompts', events, 'events', parsing(raw));
  await time('JSON.parse, fingerprints', events, 'events', parsing(prints));
  const inBatches = (bytes: readonly Buffer[], segments: number) => async () => {
    const here = { ...world(end, segments), producers: SETTINGS };
    for (const [at, piece] of bytes.entries()) await ingest([{ id: `m${at}`, values: inPieces(piece) }], here);
    return here;
  };
  const batched = (lines: readonly string[]): Buffer[] =>
    Array.from({ length: Math.ceil(events / size) }, (_, batch) =>
      Buffer.from(`${lines.slice(batch * size, (batch + 1) * size).join('\n')}\n`),
    );
  const [rawBytes, printBytes] = [batched(raw), batched(prints)];
  await time('ingest, prompts', events, 'events', inBatches(rawBytes, 16));
  await time('ingest, fingerprints', events, 'events', inBatches(printBytes, 16));
  // The same requests, as a gateway tells of them that stops them for us.
  const preventedBytes = batched(raw.map(prevented));
  await time('ingest, prompts, all prevented', events, 'events', inBatches(preventedBytes, 16));
  const usage = raw.filter((line) => line.includes('"lockstep.usage.v1"')).map((line) => JSON.parse(line));
  for (const [name, as] of Object.entries(values.producers === 'no' ? {} : AS)) {
    const bytes = batched(usage.map((event) => JSON.stringify(as(event))));
    await time(`ingest, prompts, as ${name} writes them`, usage.length, 'events', inBatches(bytes, 16));
  }
  const filled = await inBatches(rawBytes, 1)();
  filled.clock.advanceTo(end + 3 * HOUR);
  const tasks = await plan(filled);
  let accountHours = 0;
  await time('fold', events, 'events', async () => {
    accountHours = 0;
    for (const task of tasks) accountHours += (await fold(task, { ...filled, rows: 'none' })).accounts;
  });
  const stopped = await inBatches(preventedBytes, 1)();
  stopped.clock.advanceTo(end + 3 * HOUR);
  const stoppedTasks = await plan(stopped);
  await time('fold, all prevented', events, 'events', async () => {
    for (const task of stoppedTasks) await fold(task, { ...stopped, rows: 'none' });
  });
  await time('fold, with everybody’s hourly feature cache', events, 'events', async () => {
    for (const task of tasks) await fold(task, { ...filled, features: new MemoryTable(filled.clock), rows: 'all' });
  });
  await time('detection reads folds', accountHours, '(account, hour)s', () => new FoldReader(filled).catchUp(filled.clock.now(), 14));
  const file = join(process.env.LOCKSTEP_ROOT ?? join(__dirname, '../..'), 'policies/recommended.json');
  const policy = Policy.parse(JSON.parse(readFileSync(file, 'utf8')));
  const stores = { ...filled, graph: new MemoryTable(filled.clock) };
  await time('detection, from nothing to campaigns', simulation.accounts, 'accounts', () =>
    new Detection({ stores, clock: filled.clock }).run(policy.detection, policy.version),
  );
  const warm = new Detection({ stores, clock: filled.clock });
  await warm.run(policy.detection, policy.version);
  await time('detection, again', simulation.accounts, 'accounts', () => warm.run(policy.detection, policy.version));

  const [full, thin] = [await bytesAnEvent(filled.archive, events), await bytesAnEvent(stopped.archive, events)];
  console.log(`the archive keeps ${full.toFixed(1)} bytes an event, and ${thin.toFixed(1)} of one that was prevented\n`);
  const base = parseRaw.amount / parseRaw.seconds;
  console.log(
    table(
      ['what', 'amount', 'seconds', 'a second, one core', 'beside JSON.parse'],
      measured.map(({ what, amount, unit, seconds }) => [
        what,
        `${amount.toLocaleString('en')} ${unit}`,
        seconds.toFixed(3),
        Math.round(amount / seconds).toLocaleString('en'),
        unit === 'events' ? (amount / seconds / base).toFixed(2) : '',
      ]),
    ),
  );
}

/** The line as it is when an action of ours stopped the request. */
function prevented(line: string): string {
  const event = JSON.parse(line);
  return event.type === 'lockstep.usage.v1' ? JSON.stringify({ ...event, data: { ...event.data, status: 'blocked' } }) : line;
}

/** Bytes of chunks an event. */
async function bytesAnEvent(archive: MemoryObjectStore, events: number): Promise<number> {
  let bytes = 0;
  for await (const key of archive.list('chunks/')) bytes += (await archive.get(key))!.length;
  return bytes / events;
}

/** As a file comes: so much at once. */
function* inPieces(bytes: Buffer): Iterable<Found> {
  const values = new JsonValues();
  for (let at = 0; at < bytes.length; at += PIECE) yield* values.push(bytes.subarray(at, at + PIECE));
}

const parsing = (lines: readonly string[]) => (): void => {
  for (const line of lines) JSON.parse(line);
};

function world(at: number, segments: number) {
  const clock = new SimulatedClock(at);
  return {
    clock,
    archive: new MemoryObjectStore(),
    features: new MemoryTable(clock),
    hasher: new KeyedHasher('the key of the speed bench, public'.padEnd(40, '.')),
    segments,
    shards: 1,
  };
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
