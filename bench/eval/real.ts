import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { givenPath } from '../../local/simulator/given-path';
import type { Truth } from '../../local/simulator/simulate';
import { BASELINES } from '../baselines/list';
import { lockstepCount, NEIGHBOURS } from '../baselines/lockstep-count';
import { claudeCodeTraces } from '../convert/claude-code-traces';
import { type HopSybil, hopSybil } from '../convert/hop-sybil';
import { servegen } from '../convert/servegen';
import { scoreAccounts } from './accounts';
import { runBaselines, type System } from './evaluate';
import { replaySystem } from './replay-system';
import type { Report } from './report';
import { number, percent, table } from './table';
import type { BaselineRun } from './verdicts';
import type { Source } from './worlds';

/** The count of neighbours that the README of the data flags at. */
const PUBLISHED = 3;
const CONTAINED = ['suspended', 'limited', 'challenged'];
const HEAD = ['system', 'flagged', 'precision', 'recall', 'false / 10,000', 'recall at ≤ 10 false / 10,000', 'setting'];

const named = (report: Report): Set<string> =>
  new Set(report.campaigns.filter((campaign) => campaign.kind !== 'shared-origin').flatMap((campaign) => campaign.accounts));
const contained = (report: Report): Set<string> =>
  new Set(report.accounts.filter((account) => CONTAINED.includes(account.standing)).map((account) => account.id));

const scoreRow = (
  name: string,
  truths: readonly Truth[],
  flagged: ReadonlySet<string>,
  setting: string,
  strictRecall?: number,
): string[] => {
  const score = scoreAccounts(truths, flagged);
  return [
    name,
    number(score.flagged, 0),
    percent(score.precision),
    percent(score.recall),
    number(score.falsePer10k),
    percent(strictRecall ?? (score.falsePer10k <= 10 ? score.recall : undefined)),
    setting,
  ];
};

const baselineRow = (run: BaselineRun, truths: readonly Truth[]): string[] => {
  const { best, strict } = run.tuned(truths);
  const flagged = new Set(best.verdict.accounts.map((account) => account.id));
  return scoreRow(
    run.baseline.name,
    truths,
    flagged,
    `${best.setting}, score ≥ ${Number(best.threshold.toPrecision(4))} (best F1)`,
    strict.recall,
  );
};

/** Precision, recall and false positives on labelled coordinated accounts: all labels, and those of reviewed reports alone. */
const hop = async ({ source, labelSource }: HopSybil, system: System, everyHours: number): Promise<string> => {
  const { runs } = await runBaselines(source, [lockstepCount, ...BASELINES], everyHours);
  const report = await system(source);
  const sets = [
    { name: 'all labels (edge-based scores are circular on the protocol’s own components)', truths: source.truth() },
    {
      name: 'manual_report labels apart (accounts labelled by components left out)',
      truths: source.truth().filter((t) => labelSource.get(t.id) !== 'auto_component'),
    },
  ];
  const tables = sets.map(({ name, truths }) => {
    const published = new Set(runs[0]!.flagged(NEIGHBOURS, PUBLISHED).accounts.map((account) => account.id));
    const rows = [
      scoreRow('lockstep: in a campaign', truths, named(report), 'recommended policy'),
      scoreRow('lockstep: acted on', truths, contained(report), 'recommended policy'),
      scoreRow(lockstepCount.name, truths, published, `≥ ${PUBLISHED} (published)`),
      ...runs.map((run) => baselineRow(run, truths)),
    ];
    return `### ${name}\n\n${table(HEAD, rows)}`;
  });
  return `## hop-sybil: ${number(source.truth().length, 0)} accounts, ${report.campaigns.length} networks named\n\n${tables.join('\n\n')}\n`;
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
  const list = networks.length ? `\n\n${table(['kind', 'accounts', 'some of them', 'first evidence'], networks)}` : '';
  return `## ${source.name}: ${number(report.events.accepted, 0)} events, ${number(source.truth().length, 0)} honest accounts: ${acted.size} acted on, ${report.campaigns.length} networks named${list}\n`;
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: '../shared/data' },
      only: { type: 'string', default: 'hop-sybil,servegen,claude-code-traces' },
      'detect-every': { type: 'string', default: '24' },
    },
  });
  const data = givenPath(values.data);
  if (!existsSync(data)) {
    console.error(
      `There is no folder ${data}. Say where the data sets are with --data DIR (docs/evaluation.md lists them and where they come from).`,
    );
    process.exit(2);
  }
  const only = new Set(values.only.split(','));
  const system = replaySystem({ detectEveryHours: Number(values['detect-every']) });
  if (only.has('hop-sybil')) console.log(await hop(hopSybil(data), system, 30 * 24));
  if (only.has('servegen')) console.log(await honest(servegen(data), replaySystem({})));
  if (only.has('claude-code-traces')) console.log(await honest(claudeCodeTraces(data), replaySystem({})));
};

void main();
