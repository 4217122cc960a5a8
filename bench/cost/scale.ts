import { DAY } from '../../shared/domain/time';
import type { CountedWorld, Tally } from './count';
import { ACCOUNT_ROWS } from './counted-table';
import { BATCH_BYTES, type Deployed, ENVELOPE_BYTES, FIXED, FOLD_READS_AT_ONCE, LOG_BYTES, POLLERS, REBUILDS, WAIT_MS } from './deployed';
import { PRICES, type PriceName } from './prices';

/** What is asked about. `flagged`: accounts that stand in campaigns, each written anew every day. */
export type Volume = { eventsPerDay: number; accounts: number; flagged: number };

/** One line of the bill. `units` a day (or GB-months and such), `counted`: where the number comes from. */
export type Line = {
  service: string;
  what: string;
  units: number;
  price: PriceName;
  per: 'day' | 'month';
  how: 'counted' | 'measured' | 'stated';
};

/** Prompts included; only the largest batch depends on it. */
const EVENTS_AN_ENVELOPE = 300;

/** Events that a poller of the event source mapping hands over at once: what comes within the window, or the largest batch. */
export function batchAt(eventsPerDay: number, windowSeconds: number): number {
  const inWindow = (eventsPerDay / 86_400) * (windowSeconds / POLLERS);
  return Math.max(1, Math.round(Math.min(inWindow, (BATCH_BYTES / ENVELOPE_BYTES) * EVENTS_AN_ENVELOPE)));
}

/**
 * A counted world at another volume. Each counted number grows with one thing only: its driver. `times`: the target's driver by the
 * counted one's, for a day.
 */
export function scaled(world: CountedWorld, deployed: Deployed, volume: Volume, eventsPerBatch: number): Line[] {
  const driven = driversOf(world, deployed, volume, eventsPerBatch);
  const { target, times } = driven;
  const sum = (service: Tally['service'], what: string, field: Field): number =>
    world.tallies
      .filter((tally) => tally.service === service && tally.what === what)
      .reduce((total, tally) => total + tally[field] * (times(tally, field) ?? 0), 0);
  const windowHours = 15 * 24;
  const rebuildGets = REBUILDS * windowHours * deployed.shards;
  const againGets = target.again * target.chunks * (countOf(world, 'fold', 's3', 'get', 'chunks/') / world.chunks);
  const foldGets = target.hours * deployed.shards;
  const invocations = target.chunks + target.plans + target.folds + 2 * target.runs + DAY / (15 * 60_000) + DAY / (5 * 60_000);
  const stored = (purpose: string): number =>
    world.tallies
      .filter((one) => one.what === 'put' && one.purpose === purpose)
      .reduce((total, one) => total + one.units * (times(one, 'units') ?? 0), 0);
  const archived = ['chunks/', 'folds/', 'plans/', 'rejected/'].reduce((total, name) => total + stored(name), 0);
  const pageBytes = writesOf(world, times, 'H#') * 1024 * 3;
  const manifestBytes = (writesOf(world, times, 'M#') + writesOf(world, times, 'F#')) * 1024 * 45;
  const busyPolls = 2.1 * (volume.eventsPerDay / (world.events / world.envelopes));
  const idlePolls = POLLERS * 3 * 60 * 24;
  return [
    {
      service: 'SQS',
      what: 'events, in envelopes: send, receive, delete',
      units: Math.max(busyPolls, idlePolls),
      price: 'sqsRequest',
      per: 'day',
      how: 'counted',
    },
    {
      service: 'SQS',
      what: `folds and decisions, and polls of ${FIXED.quietQueues} quiet queues`,
      units: target.folds * 2.1 + target.runs * 3 + FIXED.quietQueues * idlePolls,
      price: 'sqsRequest',
      per: 'day',
      how: 'counted',
    },
    { service: 'Lambda', what: 'invocations', units: invocations, price: 'lambdaRequest', per: 'day', how: 'counted' },
    ...compute(world, deployed, volume, driven, { rebuildGets, againGets }),
    { service: 'S3', what: 'PUT', units: sum('s3', 'put', 'requests'), price: 's3Put', per: 'day', how: 'counted' },
    {
      service: 'S3',
      what: 'GET',
      units: sum('s3', 'get', 'requests') + againGets + foldGets + rebuildGets,
      price: 's3Get',
      per: 'day',
      how: 'counted',
    },
    {
      service: 'S3',
      what: `archive, ${deployed.archiveDays} days`,
      units: (archived * deployed.archiveDays) / 1e9,
      price: 's3GbMonth',
      per: 'month',
      how: 'counted',
    },
    ...WRITES.map(
      ({ what, purposes }): Line => ({
        service: 'DynamoDB',
        what: `write: ${what}`,
        units: writesOf(world, times, ...purposes),
        price: 'writeUnit',
        per: 'day',
        how: 'counted',
      }),
    ),
    { service: 'DynamoDB', what: 'read', units: sum('dynamodb', 'read', 'units'), price: 'readUnit', per: 'day', how: 'counted' },
    { service: 'DynamoDB', what: 'storage', units: (pageBytes + manifestBytes) / 1e9, price: 'tableGbMonth', per: 'month', how: 'counted' },
    {
      service: 'Scheduler',
      what: 'calls',
      units: target.plans + target.runs + DAY / (15 * 60_000) + DAY / (5 * 60_000) + 1,
      price: 'schedulerCall',
      per: 'day',
      how: 'counted',
    },
    { service: 'CloudWatch', what: 'alarms', units: FIXED.alarms, price: 'alarmMonth', per: 'month', how: 'counted' },
    { service: 'CloudWatch', what: 'custom metrics', units: FIXED.metrics, price: 'metricMonth', per: 'month', how: 'counted' },
    { service: 'CloudWatch', what: 'logs', units: (invocations * LOG_BYTES * 30) / 1e9, price: 'logGb', per: 'month', how: 'stated' },
    { service: 'KMS', what: 'key of what was refused', units: FIXED.keys, price: 'keyMonth', per: 'month', how: 'counted' },
    { service: 'Secrets', what: 'kept', units: FIXED.secrets, price: 'secretMonth', per: 'month', how: 'counted' },
  ];
}

/** Rows by the beginning of their key (docs/keys.md). The rest is enforcement's. */
export const WRITES = [
  { what: 'hourly feature cache', purposes: ['H#'] },
  { what: 'manifest', purposes: ['M#', 'DIRTY'] },
  { what: 'plans and folds', purposes: ['F#'] },
  { what: 'rows of accounts', purposes: [ACCOUNT_ROWS] },
  { what: 'what was found, flagged and asked', purposes: [] },
] as const;
const NAMED: readonly string[] = WRITES.flatMap(({ purposes }) => purposes);

type Field = 'units' | 'requests';
type Times = (tally: Tally, field: Field) => number | undefined;
const writesOf = (world: CountedWorld, times: Times, ...purposes: readonly string[]): number =>
  world.tallies
    .filter(({ service, what }) => service === 'dynamodb' && what === 'write')
    .filter(({ purpose }) => (purposes.length === 0 ? !NAMED.includes(purpose) : purposes.includes(purpose)))
    .reduce((sum, tally) => sum + tally.units * (times(tally, 'units') ?? 0), 0);

const countOf = (world: CountedWorld, phase: Tally['phase'], service: Tally['service'], what: string, purpose: string): number =>
  world.tallies.find((one) => one.phase === phase && one.service === service && one.what === what && one.purpose === purpose)?.requests ??
  0;

/** Write units an event of all lines that write. */
export const unitsPerEvent = (lines: readonly Line[], { eventsPerDay }: Volume): number =>
  lines.filter(({ what }) => what.startsWith('write: ')).reduce((sum, { units }) => sum + units, 0) / eventsPerDay;

export const dollarsPerMonth = ({ units, price, per }: Line): number => units * PRICES[price].usd * (per === 'day' ? 30 : 1);

type Driven = ReturnType<typeof driversOf>;

function driversOf(world: CountedWorld, deployed: Deployed, volume: Volume, eventsPerBatch: number) {
  const late = (volume.eventsPerDay * world.late) / world.events;
  const rest = Math.max(deployed.planMinutes, deployed.foldAgainMinutes);
  // Late events come within an hour: how often a plan finds some and may fold the hour again.
  const again = (60 / rest) * (1 - Math.exp(-late / 24 / (60 / rest)));
  const hours = 24;
  const target = {
    events: volume.eventsPerDay,
    late,
    chunks: volume.eventsPerDay / eventsPerBatch,
    hours,
    again,
    folds: hours * deployed.shards * (1 + again),
    seals: hours * (1 + again),
    plans: (24 * 60) / deployed.planMinutes,
    runs: (24 * 60) / deployed.detectMinutes,
    flagged: volume.flagged,
  };
  const { days, folds } = world;
  const counted = {
    events: world.events,
    late: world.late,
    chunks: world.chunks,
    folds: folds.first + folds.again,
    seals: (folds.first + folds.again) / deployed.shards,
    plans: world.runs.plan,
    runs: world.runs.detect,
    flagged: world.flagged * days,
  };
  type Driver = keyof typeof counted;
  const driverOf = ({ phase, what, purpose }: Tally, field: Field): Driver | undefined => {
    switch (phase) {
      case 'ingest':
        return purpose === 'rejected/' ? 'events' : 'chunks';
      case 'plan':
        return purpose === 'M#' ? 'chunks' : what === 'read' ? 'plans' : 'seals';
      case 'fold':
        return purpose === 'H#'
          ? 'events'
          : purpose === 'chunks/'
            ? 'chunks'
            : purpose === 'folds/' && field === 'units'
              ? 'events'
              : 'folds';
      case 'fold-again':
        // What is read again is computed from the first folding; the rest is within `folds`, but for pages that a late event changes.
        return purpose === 'H#' ? 'late' : purpose === 'chunks/' || (purpose === 'folds/' && field === 'units') ? undefined : 'folds';
      case 'detect':
        return purpose === 'folds/'
          ? undefined
          : // As many accounts an event.
            purpose === ACCOUNT_ROWS && what === 'write'
            ? 'events'
            : what === 'write' || ['campaigns/', 'links/', 'hours/'].includes(purpose)
              ? 'flagged'
              : 'runs';
      case 'enforce':
        return what === 'write' ? 'flagged' : 'runs';
      default:
        return phase satisfies never;
    }
  };
  const times: Times = (tally, field) => {
    const driver = driverOf(tally, field);
    if (driver === undefined) return undefined;
    const ratio = counted[driver] === 0 ? 0 : target[driver] / counted[driver];
    // A version of an hour keeps an output of its own; a plan lists its chunks each time it is sealed.
    const versions = tally.purpose === 'folds/' && field === 'units' ? 1 + target.again : 1;
    const sealed = tally.purpose === 'M#' && tally.phase === 'plan' ? (1 + target.again) / (1 + folds.again / Math.max(1, folds.first)) : 1;
    return ratio * versions * sealed;
  };
  return { target, counted, times };
}

function compute(
  world: CountedWorld,
  deployed: Deployed,
  volume: Volume,
  { target }: Driven,
  gets: { rebuildGets: number; againGets: number },
): Line[] {
  const { ms, events } = world;
  const { memory } = deployed;
  const perEvent = volume.eventsPerDay / events;
  const getsPerChunk = countOf(world, 'fold', 's3', 'get', 'chunks/') / world.chunks;
  const folding =
    ms.fold * perEvent * (1 + target.again) +
    ((target.chunks * getsPerChunk + gets.againGets) / FOLD_READS_AT_ONCE + target.folds * 3) * WAIT_MS.s3 +
    target.folds * 3 * WAIT_MS.dynamodb;
  const planning = (15 * 24 + 10) * target.plans * WAIT_MS.dynamodb;
  const ingesting = ms.ingest * perEvent + target.chunks * (WAIT_MS.s3 + 2 * WAIT_MS.dynamodb);
  const detecting =
    (ms.detect / world.runs.detect / world.active) * volume.accounts * target.runs +
    (gets.rebuildGets + target.hours * deployed.shards) * WAIT_MS.s3;
  const line = (what: string, milliseconds: number, gb: number): Line => ({
    service: 'Lambda',
    what: `${what}, GB-seconds`,
    units: (milliseconds / 1000) * gb,
    price: 'lambdaGbSecond',
    per: 'day',
    how: 'measured',
  });
  return [
    line('ingest', ingesting, memory.ingest),
    line('plan', planning, memory.plan),
    line('fold', folding, memory.fold),
    line('detection', detecting, memory.detect),
  ];
}
