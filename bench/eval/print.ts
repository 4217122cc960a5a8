import { type Chart, lineChart } from './chart';
import type { Evaluated, Evaluation } from './evaluate';
import type { Measures } from './measure';
import { spendPerThousand } from './spend';
import { number, percent, table } from './table';
import { STRICT } from './verdicts';

/** Found as the design asks: most of its members in distillation campaigns. For systems that name no campaigns: contained. */
const ENOUGH = 0.8;
const foundShare = (system: Evaluated, campaign: Measures['campaigns'][number]): number =>
  system.report ? campaign.found : campaign.contained;
const found = (system: Evaluated): number => system.measures.campaigns.filter((c) => foundShare(system, c) >= ENOUGH).length;
const touched = (measures: Measures): number => [...measures.wronged.values()].reduce((sum, row) => sum + row.wronged, 0);

/** Measures where at most 10 of 10,000 honest accounts are wronged; ours have one policy and keep to that or not. */
const strict = (system: Evaluated): Measures | undefined =>
  system.strict ?? (system.measures.falsePer10k <= 10_000 * STRICT ? system.measures : undefined);

const systemsTable = ({ ours, baselines }: Evaluation): string =>
  table(
    [
      'system',
      'leaked',
      'precision',
      'recall',
      'wronged / 10,000',
      'others touched',
      'campaigns found',
      'recall at ≤ 10 wronged / 10,000',
      'best setting (in hindsight)',
    ],
    [...(ours ? [ours] : []), ...baselines].map((system) => {
      const m = system.measures;
      const setting = system.tuned ? `${system.setting}, score ≥ ${Number(system.tuned.best.threshold.toPrecision(4))}` : system.setting;
      return [
        system.name,
        percent(m.leaked),
        percent(m.precision),
        percent(m.recall),
        number(m.falsePer10k),
        String(touched(m)),
        `${found(system)} of ${m.campaigns.length}`,
        percent(strict(system)?.recall),
        setting,
      ];
    }),
  );

const campaignsTable = ({ measures }: Evaluated): string =>
  table(
    [
      'campaign',
      'accounts',
      'found',
      'purity',
      'pieces',
      'contained',
      'leaked',
      'h to detection',
      'h to containment',
      'replaced: detected, median h',
    ],
    measures.campaigns.map((c) => [
      c.name,
      String(c.members),
      percent(c.found),
      percent(c.purity),
      String(c.pieces),
      percent(c.contained),
      percent(c.leaked),
      number(c.hoursToDetection),
      number(c.hoursToContainment),
      c.replaced.came ? `${c.replaced.detected} of ${c.replaced.came}, ${number(c.replaced.medianHours)}` : '—',
    ]),
  );

const populationsTable = ({ ours, baselines }: Evaluation): string => {
  const systems = [...(ours ? [ours] : []), ...baselines];
  const kinds = [...(systems[0]?.measures.wronged ?? [])];
  return table(
    ['population', 'accounts', ...systems.map((system) => system.name)],
    kinds.map(([kind, { of }]) => [kind, String(of), ...systems.map((system) => String(system.measures.wronged.get(kind)?.wronged ?? 0))]),
  );
};

/** The figures of the design that one run can show, beside what they should reach. */
const figuresTable = ({ ours }: Evaluation): string => {
  if (!ours) return '';
  const { measures: m } = ours;
  const relinked = m.campaigns.map((c) => c.replaced.medianHours).filter((h) => h !== undefined);
  const kinds = m.kinds.map((k) => `${k.label} ${k.named}/${k.groups}`).join(', ');
  return table(
    ['figure', 'reach', 'measured'],
    [
      ['share of exchanges leaked before containment', '≤ 1 % (June)', percent(m.leaked)],
      ['precision of suspended accounts', '≥ 99.9 %', `${percent(m.precision)} of ${m.suspended}`],
      ['honest accounts acted on, victims and resellers suspended', '0', String(touched(m))],
      ['campaigns found with ≥ 80 % of members', '≥ 95 %', `${found(ours)} of ${m.campaigns.length}`],
      ['campaigns found before 10 % leaked', '≥ 80 %', `${m.campaigns.filter((c) => c.leaked < 0.1).length} of ${m.campaigns.length}`],
      ['replaced account linked again, median h', '≤ 1', relinked.length ? number(Math.max(...relinked)) : '—'],
      ['groups named so', '≥ 75 %', kinds],
    ],
  );
};

export const printed = (evaluation: Evaluation): string => {
  const { source, events, accounts, ours } = evaluation;
  const speed = ours?.report
    ? `, replay ${number(events / ours.report.seconds, 0)} events/s (its generator included), ${number(ours.report.peakMemoryMiB, 0)} MiB`
    : '';
  const parts = [
    `## ${source.name}, seed ${source.seed}: ${number(events, 0)} events, ${number(accounts, 0)} accounts${speed}`,
    systemsTable(evaluation),
  ];
  if (ours) parts.push(figuresTable(evaluation), campaignsTable(ours));
  parts.push(`Wronged, by population (honest: acted on; resellers and victims: suspended):\n\n${populationsTable(evaluation)}`);
  return `${parts.filter(Boolean).join('\n\n')}\n`;
};

/**
 * Share of each campaign's accounts found, and of its exchanges leaked, against what its operator pays. Baselines are drawn where they
 * wrong at most 10 honest accounts in 10,000: one that flags everybody finds everybody. `undefined` where the plans are not known.
 */
export const curves = ({ source, ours, baselines }: Evaluation): { found: string; leaked: string } | undefined => {
  if (source.plans.length < 2) return undefined;
  const spend = new Map(source.plans.map((plan) => [plan.name, spendPerThousand(plan, source.hours / 24)]));
  const chart = (title: string, y: string, value: (system: Evaluated, campaign: Measures['campaigns'][number]) => number): Chart => ({
    title,
    x: 'what the operator pays, dollars a thousand wanted exchanges',
    y,
    series: [...(ours ? [ours] : []), ...baselines].map((system) => ({
      name: system.name,
      points: (strict(system) ?? system.measures).campaigns.map((c) => ({ x: spend.get(c.name) ?? 0, y: value(system, c), note: c.name })),
    })),
  });
  return {
    found: lineChart(chart(`${source.name}, seed ${source.seed}: accounts found, by the attacker's spend`, 'found', foundShare)),
    leaked: lineChart(
      chart(`${source.name}, seed ${source.seed}: exchanges leaked, by the attacker's spend`, 'leaked', (_system, c) => c.leaked),
    ),
  };
};

const mean = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : undefined;
};

/** All runs together: means over runs, sums over accounts and campaigns. */
export const summary = (evaluations: readonly Evaluation[]): string => {
  const byName = new Map<string, Evaluated[]>();
  for (const { ours, baselines } of evaluations)
    for (const system of [...(ours ? [ours] : []), ...baselines]) byName.set(system.name, [...(byName.get(system.name) ?? []), system]);
  const rows = [...byName].map(([name, runs]) => [
    name,
    percent(mean(runs.map((run) => run.measures.leaked))),
    percent(mean(runs.map((run) => run.measures.precision))),
    percent(mean(runs.map((run) => run.measures.recall))),
    number(mean(runs.map((run) => run.measures.falsePer10k))),
    String(runs.reduce((sum, run) => sum + touched(run.measures), 0)),
    `${runs.reduce((sum, run) => sum + found(run), 0)} of ${runs.reduce((sum, run) => sum + run.measures.campaigns.length, 0)}`,
  ]);
  return `## All ${evaluations.length} runs\n\n${table(['system', 'leaked', 'precision', 'recall', 'wronged / 10,000', 'others touched', 'campaigns found'], rows)}\n`;
};
