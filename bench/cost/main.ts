import { numberOf, readOptions, refuse } from '../../cli/command-line';
import { table } from '../eval/table';
import { countWorld } from './count';
import { DEPLOYED } from './deployed';
import { PRICES, REGION } from './prices';
import { batchAt, dollarsPerMonth, type Line, scaled, unitsPerEvent, type Volume } from './scale';
import { traffic } from './traffic';

const HELP = `npm run cost -- [--events-per-day 100e6] [--accounts 1e6] [--flagged 25000] [--stage prod] [--world 1200] [--days 8] [--seed 1]

Runs the pipeline on simulated traffic of --world accounts with as many requests a day each, counts what it asks of each service on the last
quarter of --days, and scales that to the volume. --flagged: accounts that stand in campaigns.`;

/** Other ways to count, by their write units an event when nothing goes wrong (bench/faults); everything else as ours. */
const OTHERS = [
  ['naive counters', 1],
  ['a marker, then the count', 2],
  ['lock, effect, complete', 3],
  ['marker and count in a transaction', 4],
] as const;

async function main(): Promise<void> {
  const values = readOptions(HELP, {
    'events-per-day': { type: 'string', default: '100e6' },
    accounts: { type: 'string' },
    flagged: { type: 'string' },
    stage: { type: 'string', default: 'prod' },
    world: { type: 'string', default: '1200' },
    days: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  });
  const eventsPerDay = numberOf('events-per-day', values['events-per-day'], { from: 1 });
  const accounts = numberOf('accounts', values.accounts ?? String(Math.ceil(eventsPerDay / 100)), { from: 1 });
  const volume: Volume = { eventsPerDay, accounts, flagged: numberOf('flagged', values.flagged ?? String(Math.ceil(accounts / 40))) };
  if (values.stage !== 'dev' && values.stage !== 'prod') return refuse(`--stage ${values.stage}: give dev or prod`);
  const deployed = DEPLOYED[values.stage];
  const days = numberOf('days', values.days, { from: 1, whole: true });
  const seed = numberOf('seed', values.seed, { whole: true });
  const eventsPerBatch = batchAt(eventsPerDay, deployed.windowSeconds);
  const world = await countWorld({
    traffic: traffic(numberOf('world', values.world, { from: 1 }), eventsPerDay / accounts, days, seed),
    deployed,
    // Counted with them, so that both ways can be shown; the bill is of a stage that keeps none.
    rows: 'risk',
    eventsPerBatch,
    warmUpDays: Math.floor(days * 0.75),
    seed,
  });
  const perDay = world.events / world.days / world.active;
  console.log(`
Counted: ${number(world.events)} events of ${number(world.active)} active accounts in ${world.days.toFixed(1)} days, ${perDay.toFixed(0)} a day each, ${number(world.late)} late;
${(world.accountHours / world.events).toFixed(4)} (account, hour)s an event; ${Math.round(world.envelopeBytes / world.events)} bytes an event in an envelope, ${Math.round(world.events / world.envelopes)} events an envelope.
Scaled to ${number(eventsPerDay)} events a day of ${number(accounts)} active accounts, ${number(eventsPerBatch)} events a batch, ${number(volume.flagged)} flagged. Stage ${values.stage}; prices of ${REGION}.
`);
  const lines = {
    risk: scaled(world, deployed, volume, eventsPerBatch),
    all: scaled({ ...world, tallies: world.talliesOfAll }, deployed, volume, eventsPerBatch),
  };
  bill(
    lines.risk.filter(({ what }) => what !== 'write: hourly feature cache'),
    volume,
  );
  console.log('');
  ways(lines, volume, world.unitsOfRows / world.events);
}

function bill(lines: readonly Line[], { eventsPerDay }: Volume): void {
  const whole = total(lines);
  const rows = lines.map((line) => {
    const dollars = dollarsPerMonth(line);
    const perEvent = line.per === 'day' ? (line.units / eventsPerDay).toPrecision(3) : '';
    return [
      line.service,
      line.what,
      line.how,
      quantity(line.units),
      line.per,
      perEvent,
      perMillion(dollars, eventsPerDay),
      dollars.toFixed(2),
      `${((100 * dollars) / whole).toFixed(1)} %`,
    ];
  });
  console.log(
    table(
      ['service', 'what', 'how', 'units', 'per', 'units/event', '$/million events', '$/month', 'share'],
      [...rows, ['', 'all', '', '', '', '', perMillion(whole, eventsPerDay), whole.toFixed(2), '']],
    ),
  );
}

function ways(lines: { risk: Line[]; all: Line[] }, volume: Volume, rowsPerEvent: number): void {
  const without = lines.risk.filter(({ what }) => what !== 'write: hourly feature cache');
  const row = (name: string, units: number, dollars: number): string[] => [
    name,
    units.toFixed(4),
    perMillion(dollars, volume.eventsPerDay),
    dollars.toFixed(0),
  ];
  const counters = lines.risk.filter(({ service }) => service !== 'DynamoDB');
  const others = OTHERS.map(([name, units]) => row(name, units, total(counters) + units * volume.eventsPerDay * 30 * PRICES.writeUnit.usd));
  const perRow = rowsPerEvent * volume.eventsPerDay * 30 * PRICES.writeUnit.usd;
  console.log(
    table(
      ['way', 'write units an event', '$/million events', '$/month'],
      [
        row('log, then fold; rows: none', unitsPerEvent(without, volume), total(without)),
        row('log, then fold; rows: risk', unitsPerEvent(lines.risk, volume), total(lines.risk)),
        row('log, then fold; rows: all', unitsPerEvent(lines.all, volume), total(lines.all)),
        row('the same with a row an (account, hour)', unitsPerEvent(without, volume) + rowsPerEvent, total(without) + perRow),
        ...others,
      ],
    ),
  );
}

const total = (lines: readonly Line[]): number => lines.reduce((sum, line) => sum + dollarsPerMonth(line), 0);
const number = (value: number): string => Math.round(value).toLocaleString('en');
const quantity = (value: number): string => (value >= 100 ? number(value) : value.toPrecision(3));
const perMillion = (dollarsAMonth: number, eventsPerDay: number): string => (dollarsAMonth / 30 / (eventsPerDay / 1e6)).toFixed(4);

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
