import { existsSync, readFileSync } from 'node:fs';
import { numberOf, readOptions, refuse } from '../../cli/command-line';
import type { Pipeline } from '../../local/pipeline';
import { Policy } from '../../shared/domain/policy/policy';
import { givenPath } from '../../simulator/scenarios/given-path';
import type { Truth } from '../../simulator/simulate';
import { BASELINES } from '../baselines/list';
import { lockstepCount, NEIGHBOURS } from '../baselines/lockstep-count';
import { claudeCodeTraces } from '../convert/claude-code-traces';
import { type HopSybil, hopSybil } from '../convert/hop-sybil';
import { servegen } from '../convert/servegen';
import { scoreAccounts } from './accounts';
import { runBaselines, type System } from './evaluate';
import { RECOMMENDED, replaySystem } from './replay-system';
import type { Report } from './report';
import { number, percent, table } from './table';
import { type BaselineRun, cuts, STRICT } from './verdicts';
import type { Source } from './worlds';

/** The count of neighbours that the README of the data flags at. */
const PUBLISHED = 3;
const SETS = ['hop-sybil', 'servegen', 'claude-code-traces'];

const HELP = `npm run eval:real -- [--data DIR] [--only ${SETS.join(',')}] [--detect-every HOURS]

Puts public data through the product: labelled coordinated accounts, production clients and coding sessions (docs/evaluation.md).`;
const CONTAINED = ['suspended', 'limited', 'challenged'];

/** How far each account reaches: in networks by its score as a member (nats), in campaigns by how many accounts they have, then by that score. */
type Reach = { network: ReadonlyMap<string, number>; campaign: ReadonlyMap<string, number> };

/** Linked accounts are in a network of any kind; a campaign is one that is not called an office, a class or a customer. */
const reachOf = async (pipeline: Pipeline): Promise<Reach> => {
  const network = new Map<string, number>();
  const campaign = new Map<string, number>();
  for await (const header of pipeline.detection.campaigns.all()) {
    const { classification, members } = await pipeline.detection.campaigns.document(header.document);
    for (const { account, score } of members) {
      const profile = pipeline.detection.population.profiles.get(account);
      if (!profile) continue;
      const id = pipeline.hasher.open(profile.sealed);
      network.set(id, score);
      if (classification !== 'shared-origin') campaign.set(id, members.length + score / 1_000);
    }
  }
  return { network, campaign };
};

/** Accounts that a campaign needs for the recommended policy to suspend any. */
const sizeToSuspend = (): number => {
  const { enforcement } = Policy.parse(JSON.parse(readFileSync(RECOMMENDED, 'utf8')));
  return Math.min(...enforcement.rules.filter(({ action }) => action === 'suspend').map(({ size }) => size.value));
};

const contained = (report: Report): Set<string> =>
  new Set(report.accounts.filter((account) => CONTAINED.includes(account.standing)).map((account) => account.id));

type Row = { name: string; flagged: ReadonlySet<string>; setting: string; recallWithin: (share: number) => number };

/** Every system beside ours at two rates of false alarms: ten in 10,000, and as many as ours. */
const hopTable = (truths: readonly Truth[], rows: readonly Row[], ours: number): string => {
  const head = [
    'system',
    'flagged',
    'precision',
    'recall',
    'false / 10,000',
    'recall at ≤ 10 false',
    `recall at ≤ ${number(ours)} false`,
    'setting',
  ];
  return table(
    head,
    rows.map(({ name, flagged, setting, recallWithin }) => {
      const score = scoreAccounts(truths, flagged);
      return [
        name,
        number(score.flagged, 0),
        percent(score.precision),
        percent(score.recall),
        number(score.falsePer10k),
        percent(recallWithin(STRICT)),
        percent(recallWithin(ours / 10_000)),
        setting,
      ];
    }),
  );
};

/** The best recall of a score over all thresholds that flag at most a share of the honest. */
const recallWithin =
  (truths: readonly Truth[], scores: ReadonlyMap<string, number>) =>
  (share: number): number => {
    const bad = new Set(truths.filter((t) => t.label === 'distillation').map((t) => t.id));
    const honest = new Set(truths.filter((t) => t.label !== 'distillation').map((t) => t.id));
    return Math.max(
      0,
      ...cuts(scores, bad, honest)
        .filter((cut) => cut.wrong <= share * honest.size)
        .map((cut) => cut.recall),
    );
  };

/** Precision, recall and false positives on labelled coordinated accounts: all labels, and those of reviewed reports alone. */
const hop = async ({ source, labelSource }: HopSybil, everyHours: { system: number; baselines: number }): Promise<string> => {
  const { runs } = await runBaselines(source, [lockstepCount, ...BASELINES], everyHours.baselines);
  let reach: Reach = { network: new Map(), campaign: new Map() };
  const inspect = async (pipeline: Pipeline): Promise<void> => {
    reach = await reachOf(pipeline);
  };
  const report = await replaySystem({ detectEveryHours: everyHours.system, inspect })(source);
  const sets = [
    { name: 'all labels (edge-based scores are circular on the protocol’s own components)', truths: source.truth() },
    {
      name: 'manual_report labels apart (accounts labelled by components left out)',
      truths: source.truth().filter((t) => labelSource.get(t.id) !== 'auto_component'),
    },
  ];
  const tables = sets.map(({ name, truths }) => {
    const ours = (label: string, scores: ReadonlyMap<string, number>): Row => ({
      name: label,
      flagged: new Set(scores.keys()),
      setting: 'recommended policy',
      recallWithin: recallWithin(truths, scores),
    });
    const theirs = (run: BaselineRun): Row => {
      const { best } = run.tuned(truths);
      return {
        name: run.baseline.name,
        flagged: new Set(best.verdict.accounts.map((account) => account.id)),
        setting: `${best.setting}, score ≥ ${Number(best.threshold.toPrecision(4))} (best F1)`,
        recallWithin: (share) => run.tuned(truths, undefined, share).strict.recall,
      };
    };
    const published = runs[0]!;
    const acted = contained(report);
    const actedFrom = sizeToSuspend();
    const rows: Row[] = [
      ours('lockstep: in a network', reach.network),
      ours('lockstep: in a campaign', reach.campaign),
      ours(`lockstep: in a campaign of ${actedFrom} and more`, new Map([...reach.campaign].filter(([, reached]) => reached >= actedFrom))),
      ours('lockstep: acted on', new Map([...acted].map((id) => [id, 1]))),
      {
        ...theirs(published),
        flagged: new Set(published.flagged(NEIGHBOURS, PUBLISHED).accounts.map((account) => account.id)),
        setting: `≥ ${PUBLISHED} (published)`,
      },
      ...runs.map(theirs),
    ];
    return `### ${name}\n\n${hopTable(truths, rows, scoreAccounts(truths, new Set(reach.network.keys())).falsePer10k)}`;
  });
  return `## hop-sybil: ${number(source.truth().length, 0)} accounts, ${report.campaigns.length} networks\n\n${tables.join('\n\n')}\n`;
};

/** Honest accounts only: nobody may be acted on; networks may be named, and are listed. */
const honest = async (source: Source, system: System): Promise<string> => {
  const report = await system(source);
  const acted = contained(report);
  const networks = report.campaigns.map((campaign) => [
    campaign.kind,
    String(campaign.accounts.length),
    campaign.accounts.slice(0, 4).join(', '),
    campaign.evidence[0]?.because ?? '',
  ]);
  const list = networks.length ? `\n\n${table(['classification', 'accounts', 'some of them', 'first evidence'], networks)}` : '';
  return `## ${source.name}: ${number(report.events.accepted, 0)} events, ${number(source.truth().length, 0)} honest accounts: ${acted.size} acted on, ${report.campaigns.length} networks named${list}\n`;
};

const main = async (): Promise<void> => {
  const values = readOptions(HELP, {
    data: { type: 'string', default: '../shared/data' },
    only: { type: 'string', default: SETS.join(',') },
    'detect-every': { type: 'string', default: '24' },
  });
  const data = givenPath(values.data);
  if (!existsSync(data))
    return refuse(
      `There is no folder ${data}. Say where the data sets are with --data DIR (docs/evaluation.md lists them and where they come from).`,
    );
  const only = new Set(values.only.split(','));
  for (const name of only) if (!SETS.includes(name)) return refuse(`--only ${name}: give one or more of ${SETS.join(', ')}`);
  const everyHours = { system: numberOf('detect-every', values['detect-every'], { from: 1, whole: true }), baselines: 30 * 24 };
  if (only.has('hop-sybil')) console.log(await hop(hopSybil(data), everyHours));
  if (only.has('servegen')) console.log(await honest(servegen(data), replaySystem({})));
  if (only.has('claude-code-traces')) console.log(await honest(claudeCodeTraces(data), replaySystem({})));
};

void main();
