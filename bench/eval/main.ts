import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberOf, readOptions, refuse } from '../../cli/command-line';
import type { Pipeline } from '../../local/pipeline';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import { givenPath } from '../../simulator/scenarios/given-path';
import { readScenario } from '../../simulator/scenarios/read-scenario';
import { scaled } from '../../simulator/scenarios/scenario';
import { BASELINES } from '../baselines/list';
import { admissionTable } from './admission';
import { calibrationTable, type Judged, judgedBy, type Said } from './calibration';
import { type Evaluation, evaluate } from './evaluate';
import { leaveOneOutCommand } from './leave-one-out/command';
import { curves, printed, summary } from './print';
import { replaySystem } from './replay-system';
import { recorded, type Source, simulated } from './worlds';

const USAGE = `usage: npm run eval -- [--scenario june,evasion,…] [--seeds 1,2] [--scale 1] [--world DIR]… [--out .lockstep/eval]
  [--no-labels] [--no-prompts] [--no-baselines] [--baselines-only] [--baselines-every 96] [--detect-every 1] [--policy FILE] [--admission]
   npm run eval -- --leave-one-out [--rounds 2] [--seeds 1] [--scale 1] [--judge three-legs] [--collected DIR] [--fit POLICY.json] [--out DIR]
--leave-one-out replays worlds that are dealt from all populations and behaviours, collects the groups that are detected, and fits and
judges without each population in turn; --collected judges the groups of an earlier run.
--admission replays twice, without and with the check of newcomers before whoever signs up, and counts whom it would keep out.
--world evaluates a folder with events.ndjson.gz, truth.ndjson and world.json instead of a scenario of our own.`;

const options = {
  scenario: { type: 'string', default: 'june' },
  seeds: { type: 'string', default: '1' },
  scale: { type: 'string', default: '1' },
  world: { type: 'string', multiple: true },
  out: { type: 'string', default: '.lockstep/eval' },
  policy: { type: 'string' },
  'detect-every': { type: 'string', default: '1' },
  'baselines-every': { type: 'string', default: '96' },
  'leave-one-out': { type: 'boolean', default: false },
  rounds: { type: 'string', default: '2' },
  judge: { type: 'string', default: 'three-legs' },
  fit: { type: 'string' },
  collected: { type: 'string' },
  'no-labels': { type: 'boolean', default: false },
  'no-prompts': { type: 'boolean', default: false },
  'no-baselines': { type: 'boolean', default: false },
  'baselines-only': { type: 'boolean', default: false },
  admission: { type: 'boolean', default: false },
} as const;
const parsed = () => readOptions(USAGE, options);

/** One source for each folder; without folders, one for each scenario and seed. */
function* sources(values: ReturnType<typeof parsed>): Generator<Source> {
  for (const folder of (values.world ?? []).map(givenPath))
    yield existsSync(join(folder, 'world.json'))
      ? recorded(folder)
      : refuse(`${folder} has no world.json. Make one with npm run simulate -- --scenario june --out ${folder}`);
  if (values.world) return;
  for (const name of values.scenario.split(','))
    for (const seed of values.seeds.split(',').map((seed) => numberOf('seeds', seed, { whole: true }))) {
      const scenario = readScenario(name);
      if (scenario.kind === 'refused') return refuse(scenario.because);
      const full = scaled(scenario.scenario, numberOf('scale', values.scale, { from: 0.001 }));
      yield simulated({ ...full, labels: full.labels && !values['no-labels'], prompts: full.prompts && !values['no-prompts'] }, seed);
    }
}

const sayingOf = (pipeline: Pipeline, { id, probabilities, members }: Campaign): Said => ({
  campaign: id,
  probabilities,
  accounts: members.flatMap(({ account }) => {
    const profile = pipeline.detection.population.profiles.get(account);
    return profile ? [pipeline.hasher.open(profile.sealed)] : [];
  }),
});

const main = async (): Promise<void> => {
  const values = parsed();
  const detectEveryHours = numberOf('detect-every', values['detect-every'], { from: 1, whole: true });
  const baselinesEvery = numberOf('baselines-every', values['baselines-every'], { from: 1, whole: true });
  if (values['leave-one-out'])
    return leaveOneOutCommand({
      rounds: numberOf('rounds', values.rounds, { from: 1, whole: true }),
      scale: numberOf('scale', values.scale, { from: 0.1 }),
      seed: numberOf('seeds', values.seeds, { whole: true }),
      out: givenPath(values.out),
      policy: values.policy && givenPath(values.policy),
      detectEveryHours,
      judge: values.judge,
      fit: values.fit === undefined ? undefined : givenPath(values.fit),
      prompts: !values['no-prompts'],
      labels: !values['no-labels'],
      collected: values.collected && givenPath(values.collected),
    });
  if (values.admission) {
    for (const source of sources(values)) console.log(await admissionTable(source, values.policy && givenPath(values.policy)));
    return;
  }
  let said: Said[] = [];
  const judged: Judged[] = [];
  const system = values['baselines-only']
    ? undefined
    : replaySystem({
        detectEveryHours,
        policy: values.policy && givenPath(values.policy),
        onRun: (pipeline, { changed }) => {
          said.push(...changed.filter(({ members }) => members.length > 0).map((campaign) => sayingOf(pipeline, campaign)));
        },
      });
  const out = givenPath(values.out);
  mkdirSync(out, { recursive: true });
  const done: Evaluation[] = [];
  const texts: string[] = [];
  for (const source of sources(values)) {
    const evaluation = await evaluate(source, system, values['no-baselines'] ? [] : BASELINES, {
      everyHours: baselinesEvery,
      before: done.findLast((other) => other.source.truth().some((t) => t.label === 'distillation')),
    });
    done.push(evaluation);
    judged.push(...judgedBy(said, source.truth()));
    said = [];
    texts.push(printed(evaluation));
    console.log(texts.at(-1));
    const drawn = curves(evaluation);
    for (const [what, svg] of Object.entries(drawn ?? {})) writeFileSync(join(out, `${source.name}-${source.seed}-${what}.svg`), svg);
  }
  const last = [
    ...(done.length > 1 ? [summary(done)] : []),
    ...(judged.length > 0 ? [`## Calibration\n\n${calibrationTable(judged)}`] : []),
  ];
  texts.push(...last);
  for (const text of last) console.log(text);
  writeFileSync(join(out, 'evaluation.md'), texts.join('\n'));
  console.error(`Tables and curves are in ${out}.`);
};

void main();
