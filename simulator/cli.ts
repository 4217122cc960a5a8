import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, createGzip } from 'node:zlib';
import { numberOf, readOptions, refuse } from '../cli/command-line';
import { givenPath } from './scenarios/given-path';
import { readScenario } from './scenarios/read-scenario';
import { scaled } from './scenarios/scenario';
import { having, SCENARIOS } from './scenarios/scenarios';
import { simulate } from './simulate';

const USAGE = `usage: npm run simulate -- --scenario NAME|FILE.json --out DIR [--seed 1] [--scale 1] [--with ROW[:SIZE],…] [--no-labels] [--no-prompts]
names: ${Object.keys(SCENARIOS).join(', ')}`;

/** Writes DIR/events.ndjson.gz, DIR/truth.ndjson (a line an account) and DIR/world.json (what made them). */
const main = async (): Promise<void> => {
  const values = readOptions(USAGE, {
    scenario: { type: 'string' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
    scale: { type: 'string', default: '1' },
    with: { type: 'string' },
    'no-labels': { type: 'boolean', default: false },
    'no-prompts': { type: 'boolean', default: false },
  });
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
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const file = createWriteStream(join(out, 'events.ndjson.gz'));
  gzip.pipe(file);
  let events = 0;
  for (const { arrivals } of simulation) {
    events += arrivals.length;
    if (arrivals.length > 0 && !gzip.write(`${arrivals.map((arrival) => arrival.line).join('\n')}\n`)) await once(gzip, 'drain');
  }
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
  console.error(
    `${simulation.accounts.toLocaleString('en')} accounts, ${events.toLocaleString('en')} events, ${((Date.now() - began) / 1_000).toFixed(1)} s`,
  );
};

void main();
