import { numberOf, readOptions } from '../../cli/command-line';
import { RATES, SYSTEMS, type SystemOutcome, simulateFaults } from './simulate';

const FIELDS = ['wrong', 'off', 'units', 'crashes', 'refused', 'lies', 'outages'] as const;

const HELP = `npm run faults -- [--seeds 2000] [--from 1] [--crash ${RATES.crash}]

Ingests and folds under injected faults, seed by seed: wrong (account, hour) rows, by how much, and what it cost. Exit code 1 if ours has a
wrong one. --crash: the chance to die before a call, and again after it.`;

async function main(): Promise<void> {
  const values = readOptions(HELP, {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    crash: { type: 'string', default: String(RATES.crash) },
  });
  const [from, seeds] = [numberOf('from', values.from, { whole: true }), numberOf('seeds', values.seeds, { from: 1, whole: true })];
  const rates = { ...RATES, crash: numberOf('crash', values.crash) };
  const sums = new Map(SYSTEMS.map((name) => [name, nothing()]));
  let events = 0;
  let rows = 0;
  for (let seed = from; seed < from + seeds; seed++) {
    const outcome = await simulateFaults(seed, rates);
    events += outcome.events;
    rows += outcome.rows;
    for (const [name, sum] of sums) for (const field of FIELDS) sum[field] += outcome.of[name][field];
    const { wrong } = outcome.of['log, then fold'];
    if (wrong > 0) console.error(`seed ${seed}: ${wrong} of ${outcome.rows} rows are wrong`);
  }
  const number = (value: number): string => value.toLocaleString('en');
  console.log(
    `seeds ${from} to ${from + seeds - 1}, crash ${rates.crash}: ${number(events)} events in ${number(rows)} (account, hour) rows`,
  );
  const percent = (part: number, of: number): string => `${((100 * part) / of).toFixed(2)} %`;
  console.table(
    Object.fromEntries(
      [...sums].map(([name, sum]) => [
        name,
        {
          crashes: number(sum.crashes),
          refused: number(sum.refused),
          'failed though done': number(sum.lies),
          'given up': number(sum.outages),
          'wrong rows': percent(sum.wrong, rows),
          'value error': percent(sum.off, events),
          'write units an event, here': (sum.units / events).toFixed(2),
        },
      ]),
    ),
  );
  process.exitCode = sums.get('log, then fold')?.wrong === 0 ? 0 : 1;
}

const nothing = (): SystemOutcome => ({ wrong: 0, off: 0, units: 0, crashes: 0, refused: 0, lies: 0, outages: 0 });

void main();
