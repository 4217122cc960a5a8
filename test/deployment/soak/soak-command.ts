import { numberOf, readOptions } from '../../../cli/command-line';
import { soak } from './soak';

/** Events a second of the flood by which it is found out what a machine carries. */
const PROBED_RATE = 600;
const PROBED_MINUTES = 0.25;

const HELP = `npm run soak -- [--minutes 3] [--rate N] [--times 10] [--risk 0.004] [--seed 1]

The pipeline over queues, tables and objects on engines in this process: a third of --minutes at --rate events a second, --minutes at
--times as much, a third of it at --rate, then until it is drained. Without --rate it is found out first what this machine carries
(half a minute), and the rated flow is that divided by --times: the flood is as much as goes through, whatever else runs here.
Every schedule is delivered twice at once, each call ends its instance with probability --risk. Prints what came of it and which alarms
of the template would have gone off. Exit code 1 when anything was lost, counted twice, asked twice or not drained.`;

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const given = readOptions(HELP, {
    minutes: { ...text, default: '3' },
    rate: text,
    times: { ...text, default: '10' },
    risk: { ...text, default: '0.004' },
    seed: { ...text, default: '1' },
  });
  const times = numberOf('times', given.times, { from: 1 });
  const risk = numberOf('risk', given.risk);
  const seed = numberOf('seed', given.seed, { whole: true });
  const rate = given.rate === undefined ? await ratedFlow({ times, risk, seed }) : numberOf('rate', given.rate, { from: 1, whole: true });
  const minutes = numberOf('minutes', given.minutes, { from: 0.05 });
  console.log(`rated flow ${rate} events a second, ${times} times as much for ${minutes} min`);
  const { alarms, different, ended, ...figures } = await soak({ minutes, rate, times, risk, seed, say: (line) => console.log(line) });
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

/** More than any machine carries, for a quarter of a minute: what came through by the time it was drained, divided by `times`. */
async function ratedFlow(given: { times: number; risk: number; seed: number }): Promise<number> {
  const { sent, tookSeconds, drainedAfterSeconds, floodRate } = await soak({
    ...given,
    minutes: PROBED_MINUTES,
    rate: Math.ceil(PROBED_RATE / given.times),
  });
  const carried = sent / Math.max(1, tookSeconds);
  console.log(
    `this machine carries ${Math.round(carried)} events a second (${sent} in ${tookSeconds} s, sent at ${floodRate} a second, drained ${drainedAfterSeconds} s later)`,
  );
  return Math.max(1, Math.floor(carried / given.times));
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
