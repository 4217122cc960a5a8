import { numberOf, readOptions } from '../../../cli/command-line';
import { soak } from './soak';

const HELP = `npm run soak -- [--minutes 3] [--rate 40] [--times 10] [--risk 0.004] [--seed 1]

The pipeline over queues, tables and objects on engines in this process: a third of --minutes at --rate events a second, --minutes at
--times as much, a third of it at --rate, then until it is drained. Every schedule is delivered twice at once, each call ends its instance
with probability --risk. Prints what came of it and which alarms of the template would have action. Exit code 1 when anything was lost,
counted twice, asked twice or not drained.`;

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const given = readOptions(HELP, {
    minutes: { ...text, default: '3' },
    rate: { ...text, default: '40' },
    times: { ...text, default: '10' },
    risk: { ...text, default: '0.004' },
    seed: { ...text, default: '1' },
  });
  const { alarms, different, ended, ...figures } = await soak({
    minutes: numberOf('minutes', given.minutes, { from: 0.05 }),
    rate: numberOf('rate', given.rate, { from: 1, whole: true }),
    times: numberOf('times', given.times, { from: 1 }),
    risk: numberOf('risk', given.risk),
    seed: numberOf('seed', given.seed, { whole: true }),
    say: (line) => console.log(line),
  });
  console.log(
    '\ninstances that ended:',
    Object.entries(ended)
      .map(([step, count]) => `${step} ${count}`)
      .join(', ') || 'none',
  );
  for (const [name, value] of Object.entries(figures)) console.log(`${String(value).padStart(10)}  ${name}`);
  for (const one of different) console.log(`  DIFFERENT ${one}`);
  console.log('\nalarms of prod, evaluated on the metrics that came (the others measure what the soak has not):');
  for (const { alarm, rang, worst, threshold, measured } of alarms)
    if (measured)
      console.log(
        `  ${rang ? 'RANG ' : 'quiet'}  ${alarm}: worst ${worst === undefined ? '–' : Math.round(worst * 100) / 100}, threshold ${threshold}`,
      );
  const isWhole = different.length === 0 && figures.counted === figures.sent && figures.twice === 0;
  console.log(isWhole ? '\nsoak: drained, nothing lost, nothing twice' : '\nsoak: FAILED');
  process.exitCode = isWhole ? 0 : 1;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
