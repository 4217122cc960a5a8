import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, createGzip } from 'node:zlib';
import { z } from 'zod';
import { numberOf, progressLine, readOptions, refuse } from '../cli/command-line';
import { PRICES, type Prices } from './prices';
import { givenPath } from './scenarios/given-path';
import { readScenario } from './scenarios/read-scenario';
import { scaled } from './scenarios/scenario';
import { having, SCENARIOS } from './scenarios/scenarios';
import { simulate } from './simulate';
import { leakedOf, SpendBook, spendTable } from './spend';

const USAGE = `usage: npm run simulate -- --scenario NAME|FILE.json --out DIR [--seed 1] [--scale 1] [--with ROW[:SIZE],…] [--no-labels] [--no-prompts]
       npm run simulate -- --spent DIR [--report REPORT/report.json] [--prices virtualCard=3,hostingExit=5]
names: ${Object.keys(SCENARIOS).join(', ')}`;

/** Writes DIR/events.ndjson.gz, DIR/truth.ndjson (a line an account), DIR/world.json (what made them) and DIR/spend.json (what the campaigns cost whoever runs them). */
const main = async (): Promise<void> => {
  const values = readOptions(USAGE, {
    scenario: { type: 'string' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
    scale: { type: 'string', default: '1' },
    with: { type: 'string' },
    'no-labels': { type: 'boolean', default: false },
    'no-prompts': { type: 'boolean', default: false },
    spent: { type: 'string' },
    report: { type: 'string' },
    prices: { type: 'string' },
  });
  if (values.spent !== undefined) return showSpent(givenPath(values.spent), values.report, pricesOf(values.prices));
  if (!values.scenario || !values.out) return refuse(USAGE);
  const scale = numberOf('scale', values.scale, { from: 0.001 });
  const seed = numberOf('seed', values.seed, { whole: true });
  const read = readScenario(values.scenario);
  if (read.kind === 'refused') return refuse(read.because);
  const had = having(read.scenario, values.with?.split(',') ?? []);
  if (had.kind === 'unknown')
    return refuse(`No row of simulator/populations or simulator/behaviours is ${had.names.join(', ')}. docs/simulator.md lists them.`);
  const full = scaled(had.scenario, scale);
  const scenario = { ...full, labels: full.labels && !values['no-labels'], prompts: full.prompts && !values['no-prompts'] };
  const out = givenPath(values.out);
  mkdirSync(out, { recursive: true });
  const began = Date.now();
  const simulation = simulate(scenario, seed);
  const book = new SpendBook(new Set(simulation.truth().flatMap(({ id, campaign }) => (campaign === undefined ? [id] : []))));
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const file = createWriteStream(join(out, 'events.ndjson.gz'));
  gzip.pipe(file);
  const progress = progressLine(process.stderr);
  const days = Math.ceil(simulation.hours / 24);
  let events = 0;
  let hour = 0;
  for (const { arrivals } of simulation) {
    events += arrivals.length;
    progress.show(`day ${Math.floor(hour++ / 24) + 1} of ${days}, ${events.toLocaleString('en')} events`);
    for (const { at, line } of arrivals) book.note(at, line);
    if (arrivals.length > 0 && !gzip.write(`${arrivals.map((arrival) => arrival.line).join('\n')}\n`)) await once(gzip, 'drain');
  }
  progress.end();
  gzip.end();
  await once(file, 'finish');
  writeFileSync(
    join(out, 'truth.ndjson'),
    `${simulation
      .truth()
      .map((truth) => JSON.stringify(truth))
      .join('\n')}\n`,
  );
  writeFileSync(
    join(out, 'world.json'),
    JSON.stringify({ scenario, scale, seed, start: scenario.start, hours: simulation.hours, accounts: simulation.accounts, events }),
  );
  const spent = book.spent(simulation.truth(), new Map(scenario.campaigns.map((one) => [one.name, one.filler])));
  writeFileSync(join(out, 'spend.json'), JSON.stringify(spent));
  if (spent.length > 0) console.log(spendTable(spent, pricesOf(values.prices)));
  console.error(
    `${simulation.accounts.toLocaleString('en')} accounts, ${events.toLocaleString('en')} events, ${((Date.now() - began) / 1_000).toFixed(1)} s`,
  );
};

/** The same again, beside what a replay of the world let through. */
function showSpent(world: string, report: string | undefined, prices: Prices): void {
  const read = (file: string): string => readFileSync(file, 'utf8');
  const spent = z.array(Row).parse(JSON.parse(read(join(world, 'spend.json'))));
  if (report === undefined) {
    console.log(spendTable(spent, prices));
    return;
  }
  const { start, seed } = z.looseObject({ start: z.string(), seed: z.number() }).parse(JSON.parse(read(join(world, 'world.json'))));
  const truth = read(join(world, 'truth.ndjson'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => TruthLine.parse(JSON.parse(line)));
  const { accounts } = Report.parse(JSON.parse(read(givenPath(report))));
  const acted = new Map(accounts.flatMap(({ id, actedAt }) => (actedAt === null ? [] : [[id, Date.parse(actedAt)]])));
  const began = Math.floor(Date.parse(start) / 3_600_000) * 3_600_000;
  console.log(spendTable(spent, prices, leakedOf(truth, began, acted)));
  console.error(`seed ${seed}; prices are assumptions: ${JSON.stringify(prices)}`);
}

const Row = z.object({
  campaign: z.string(),
  accounts: z.number(),
  replaced: z.number(),
  aged: z.number(),
  cards: z.number(),
  rented: z.number(),
  proxied: z.number(),
  days: z.number(),
  hoursBefore: z.number(),
  exchanges: z.number(),
  ordinary: z.number(),
  filler: z.number(),
  perAccountDay: z.number(),
});
const TruthLine = z.looseObject({
  id: z.string(),
  label: z.string(),
  campaign: z.string().optional(),
  byHour: z.array(z.tuple([z.number(), z.number()])).optional(),
});
const Report = z.looseObject({ accounts: z.array(z.looseObject({ id: z.string(), actedAt: z.string().nullable() })) });

/** `virtualCard=3,hostingExit=5`: what is not named stays as assumed. */
function pricesOf(text: string | undefined): Prices {
  const prices = { ...PRICES };
  for (const part of text?.split(',') ?? []) {
    const [name = '', price = ''] = part.split('=');
    if (!(name in PRICES)) return refuse(`--prices: there is no price of ${name}; give ${Object.keys(PRICES).join(', ')}`);
    Object.assign(prices, { [name]: numberOf('prices', price) });
  }
  return prices;
}

void main();
