import { parseArgs } from 'node:util';
import { simulateFaults } from './simulate';

/** npm run faults -- [--seeds 2000] [--from 1]: a table of wrong (account, hour) rows; exit code 1 if ours has one. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '2000' }, from: { type: 'string', default: '1' } } });
  const sum = { events: 0, rows: 0, wrong: 0, naiveWrong: 0, crashes: 0 };
  for (let seed = Number(values.from); seed < Number(values.from) + Number(values.seeds); seed++) {
    const outcome = await simulateFaults(seed);
    for (const name of ['events', 'rows', 'wrong', 'naiveWrong', 'crashes'] as const) sum[name] += outcome[name];
    if (outcome.wrong > 0) console.error(`seed ${seed}: ${outcome.wrong} of ${outcome.rows} rows are wrong`);
  }
  const share = (wrong: number): string => `${((100 * wrong) / sum.rows).toFixed(2)} %`;
  console.log(
    `${values.seeds} seeds, ${sum.events.toLocaleString('en')} events, ${sum.crashes.toLocaleString('en')} crashes, ${sum.rows.toLocaleString('en')} (account, hour) rows`,
  );
  console.table({
    'naive counters': { 'wrong rows': sum.naiveWrong, share: share(sum.naiveWrong) },
    'log, then fold': { 'wrong rows': sum.wrong, share: share(sum.wrong) },
  });
  process.exitCode = sum.wrong > 0 ? 1 : 0;
}

void main();
