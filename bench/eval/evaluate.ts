import { HOUR } from '../../shared/domain/time';
import type { Truth } from '../../simulator/simulate';
import type { Baseline } from '../baselines/baseline';
import { Observations } from '../baselines/observations';
import { type Measures, measure } from './measure';
import type { Report } from './report';
import { BaselineRun, type Tuned, verdictOf } from './verdicts';
import type { Source } from './worlds';

/** The product under evaluation: reads the stream once and answers with a replay's report. */
export type System = (source: Source) => Promise<Report>;

/** `strict`: a baseline's measures under its other choice, which wrongs at most 10 of 10,000. */
export type Evaluated = { name: string; setting: string; measures: Measures; tuned?: Tuned; strict?: Measures; report?: Report };
export type Evaluation = { source: Source; events: number; accounts: number; ours: Evaluated | undefined; baselines: Evaluated[] };

/** Runs every baseline each `everyHours` on all that was seen so far, and once at the end. */
export const runBaselines = async (
  source: Source,
  baselines: readonly Baseline[],
  everyHours: number,
): Promise<{ events: number; runs: BaselineRun[] }> => {
  const seen = new Observations();
  const runs = baselines.map((baseline) => new BaselineRun(baseline));
  let events = 0;
  let hour = 0;
  for await (const lines of source.lines()) {
    if (runs.length > 0) for (const line of lines) seen.add(line);
    events += lines.length;
    hour++;
    if (hour % everyHours === 0 || hour === source.hours) for (const run of runs) run.run(seen, source.start + hour * HOUR);
  }
  return { events, runs };
};

const exchangesOf = (truths: readonly Truth[], campaign: string): number =>
  truths.reduce((sum, t) => sum + (t.campaign === campaign ? t.total : 0), 0);

export const evaluate = async (
  source: Source,
  system: System | undefined,
  baselines: readonly Baseline[],
  options: { everyHours: number; before?: Evaluation },
): Promise<Evaluation> => {
  const { events, runs } = await runBaselines(source, baselines, options.everyHours);
  const truth = source.truth();
  const tuned = runs.map((run): Evaluated => {
    const tuned = run.tuned(truth, options.before?.baselines.find((other) => other.name === run.baseline.name)?.tuned);
    return {
      name: run.baseline.name,
      setting: tuned.best.setting,
      tuned,
      measures: measure(truth, source.start, tuned.best.verdict),
      strict: measure(truth, source.start, tuned.strict.verdict),
    };
  });
  const unhindered = new Map(
    source.plans.flatMap((plan) => (plan.replaceHours === undefined ? [] : [[plan.name, exchangesOf(truth, plan.name)] as const])),
  );
  const report = system && (await system(source));
  return {
    source,
    events,
    accounts: truth.length,
    ours: report && {
      name: 'lockstep',
      setting: 'recommended policy',
      measures: measure(source.truth(), source.start, verdictOf(report), unhindered),
      report,
    },
    baselines: tuned,
  };
};
