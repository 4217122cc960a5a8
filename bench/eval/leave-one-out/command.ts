import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../../../cli/command-line';
import type { Pipeline } from '../../../local/pipeline';
import { Policy } from '../../../shared/domain/policy/policy';
import { measure } from '../measure';
import { RECOMMENDED, replaySystem } from '../replay-system';
import { Report } from '../report';
import { verdictOf } from '../verdicts';
import { simulated } from '../worlds';
import { drawnWorlds } from './drawn-worlds';
import { leaveOneOut } from './folds';
import { GroupRecorder, type GroupRow, readGroups } from './groups';
import type { Judge } from './judge';
import { NAIVE_BAYES } from './naive-bayes';
import { outcomes } from './outcomes';
import { heldOutTables, outcomeTable } from './print';
import { examplesOf, fitExamples, threeLegs } from './three-legs';
import { readWorlds, type World, worldLine } from './truth-file';

/** Whoever fits numbers on groups adds a line. */
export const judges = (policy: Policy): readonly Judge[] => [threeLegs(policy.detection), NAIVE_BAYES];

export type LeaveOneOutOptions = {
  rounds: number;
  /** Times the drawn sizes of the groups; the background stays. */
  scale: number;
  seed: number;
  out: string;
  policy: string | undefined;
  detectEveryHours: number;
  judge: string;
  prompts: boolean;
  labels: boolean;
  /** A policy file whose examples of classes are written anew from the groups collected. */
  fit: string | undefined;
  /** A folder with the groups of an earlier run: nothing is replayed. */
  collected: string | undefined;
};

/** Replays the drawn worlds; writes OUT/groups.ndjson (a line a group and change) and OUT/worlds.ndjson (truth and report a world). */
const collect = async (options: LeaveOneOutOptions): Promise<{ rows: GroupRow[]; runs: World[] }> => {
  const rows: GroupRow[] = [];
  const runs: World[] = [];
  const groups = createWriteStream(join(options.out, 'groups.ndjson'));
  const worlds = createWriteStream(join(options.out, 'worlds.ndjson'));
  for (const { scenario, seed } of drawnWorlds(options.rounds, options.seed, options.scale, {
    prompts: options.prompts,
    labels: options.labels,
  })) {
    const source = simulated(scenario, seed);
    const recorder = new GroupRecorder();
    let pipeline: Pipeline | undefined;
    const report = await replaySystem({
      detectEveryHours: options.detectEveryHours,
      policy: options.policy,
      record: (_pipeline, assessments, { now }) => recorder.record(assessments, now),
      inspect: async (done) => {
        pipeline = done;
      },
    })(source);
    const world = `${scenario.name}/${seed}`;
    const truths = source.truth();
    const { campaigns } = measure(truths, source.start, verdictOf(report));
    const run = { world, truths, report: Report.parse(report), campaigns };
    const found = recorder.rows(world, pipeline!, run.truths);
    for (const row of found) groups.write(`${JSON.stringify(row)}\n`);
    worlds.write(worldLine(run));
    rows.push(...found);
    runs.push(run);
    console.error(
      `${world}: ${run.truths.length} accounts, ${report.events.read} events, ${found.length} groups, ${Math.round(report.seconds)} s`,
    );
  }
  for (const stream of [groups, worlds]) {
    stream.end();
    await once(stream, 'finish');
  }
  return { rows, runs };
};

/** Fits and asks without each population in turn, and prints false positives and recall by what was left out. */
export const leaveOneOutCommand = async (options: LeaveOneOutOptions): Promise<void> => {
  const policy = Policy.parse(JSON.parse(readFileSync(options.policy ?? RECOMMENDED, 'utf8')));
  const judge = judges(policy).find(({ name }) => name === options.judge);
  if (!judge)
    return refuse(
      `--judge ${options.judge}: there are ${judges(policy)
        .map(({ name }) => name)
        .join(', ')}`,
    );
  const { collected } = options;
  if (collected !== undefined && !existsSync(join(collected, 'groups.ndjson')))
    return refuse(`${collected} has no groups.ndjson. Run npm run eval -- --leave-one-out --out ${collected} first.`);
  mkdirSync(options.out, { recursive: true });
  const { rows, runs } =
    collected === undefined
      ? await collect(options)
      : { rows: await readGroups(join(collected, 'groups.ndjson')), runs: await readWorlds(join(collected, 'worlds.ndjson')) };
  const text = `## Leave one out: ${runs.length} worlds, ${rows.length} groups at their changes

${outcomeTable(
  outcomes(runs),
  runs.flatMap(({ campaigns }) => campaigns),
)}
${heldOutTables(leaveOneOut(rows, runs, judge), judge.name)}`;
  console.log(text);
  if (options.fit !== undefined) {
    const file: { detection: { examples: { value: unknown } } } = JSON.parse(readFileSync(options.fit, 'utf8'));
    file.detection.examples.value = fitExamples(examplesOf(rows));
    writeFileSync(options.fit, `${JSON.stringify(file, null, 2)}\n`);
  }
  writeFileSync(join(options.out, 'leave-one-out.md'), text);
};
