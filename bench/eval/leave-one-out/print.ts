import { number, percent, table } from '../table';
import { type HeldOut, median } from './folds';
import type { Outcome, Standing } from './outcomes';
import type { World } from './truth-file';

const perThousand = (part: number, whole: number): string => (whole === 0 ? '—' : ((1_000 * part) / whole).toFixed(2));
const sum = <T>(rows: readonly T[], value: (row: T) => number): number => rows.reduce((total, row) => total + value(row), 0);

/** False positives by honest population held out, and recall by hostile behaviour held out. */
export const heldOutTables = (results: readonly HeldOut[], judge: string): string => {
  const honest = results.filter(({ label }) => label !== 'distillation');
  const hostile = results.filter(({ label }) => label === 'distillation');
  const wronged = honest.filter(({ acted }) => acted > 0);
  return `### Left out: honest populations (and resellers, stolen keys), judge ${judge}

${table(
  ['population', 'label', 'accounts', 'in a group', 'named distillation', 'would be suspended', 'unclear only'],
  honest.map((r) => [r.population, r.label, `${r.accounts}`, `${r.grouped}`, `${r.named}`, `${r.acted}`, `${r.unclear}`]),
)}

${sum(honest, (r) => r.acted)} of ${sum(honest, (r) => r.accounts)} accounts would be suspended (${perThousand(
    sum(honest, (r) => r.acted),
    sum(honest, (r) => r.accounts),
  )} in 1,000), in ${wronged.length} of ${honest.length} populations${wronged.length > 0 ? `: ${wronged.map((r) => r.population).join(', ')}` : ''}.

### Left out: hostile behaviours

${table(
  ['behaviour', 'accounts', 'in a group', 'named distillation', 'would be suspended', 'recall', 'hours to the first'],
  hostile.map((r) => [
    r.population,
    `${r.active}`,
    percent(r.grouped / Math.max(1, r.active)),
    percent(r.named / Math.max(1, r.active)),
    `${r.acted}`,
    percent(r.acted / Math.max(1, r.active)),
    number(r.hours),
  ]),
)}

Of ${hostile.length} behaviours ${hostile.filter((r) => r.named >= 0.5 * r.active).length} are named, and ${hostile.filter((r) => r.acted >= 0.5 * r.active).length} would be acted on, for half of their accounts at least.
`;
};

const STANDINGS: readonly Standing[] = ['suspended', 'limited', 'challenged', 'in-review', 'watched'];
/** What the pipeline itself did under the policy, by population; those that it left alone in one line. */
export const outcomeTable = (rows: readonly Outcome[], campaigns: World['campaigns']): string => {
  const touched = rows.filter(({ ended }) => Object.keys(ended).length > 0);
  const honest = rows.filter(({ label }) => label === 'honest');
  const ended = (standing: Standing): number => sum(honest, (r) => r.ended[standing] ?? 0);
  const accounts = sum(honest, (r) => r.accounts);
  return `### What the policy did, by population

${table(
  ['population', 'label', 'accounts', ...STANDINGS],
  touched.map((r) => [r.population, r.label, `${r.accounts}`, ...STANDINGS.map((standing) => `${r.ended[standing] ?? ''}`)]),
)}

Left alone: ${rows
    .filter((row) => !touched.includes(row))
    .map(({ population }) => population)
    .join(', ')}.

Campaigns:

${table(
  ['behaviour', 'worlds', 'accounts', 'contained', 'leaked, median', 'hours to detection, median'],
  [...new Set(campaigns.map(({ name }) => name))].sort().map((name) => {
    const mine = campaigns.filter((one) => one.name === name);
    const members = sum(mine, (one) => one.members);
    return [
      name,
      `${mine.length}`,
      `${members}`,
      percent(sum(mine, (one) => one.contained * one.members) / Math.max(1, members)),
      percent(median(mine.map(({ leaked }) => leaked))),
      number(median(mine.flatMap(({ hoursToDetection }) => hoursToDetection ?? []))),
    ];
  }),
)}

Honest: ${accounts} accounts; ${STANDINGS.map((standing) => `${standing} ${ended(standing)} (${perThousand(ended(standing), accounts)} in 1,000)`).join(', ')}.
`;
};
