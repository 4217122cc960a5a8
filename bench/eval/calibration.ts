import { CLASSIFICATIONS, type Classification } from '../../shared/domain/campaigns/campaign';
import { wilson } from '../../shared/domain/wilson';
import type { Truth } from '../../simulator/simulate';
import { number, percent, table } from './table';

/** What was said of a campaign in one detection run: how probable each class is, and of whom. */
export type Said = { campaign: string; probabilities: Readonly<Record<Classification, number>>; accounts: readonly string[] };
/** A saying with what was true; `weight`: every true group counts as one, however often and under however many names it was judged. */
export type Judged = { probabilities: Readonly<Record<Classification, number>>; truth: Classification; weight: number };

const MOSTLY = 0.5;
const CLASS_OF: Record<Truth['label'], Classification> = {
  distillation: 'distillation',
  reselling: 'reselling',
  hijacked: 'hijacked-keys',
  honest: 'shared-origin',
};

/** What most of some values are, and how many. */
function commonest<T>(values: readonly T[]): { value: T; count: number } | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort((a, b) => b[1] - a[1]);
  return first && { value: first[0], count: first[1] };
}

/** A campaign is what more than half of its accounts are; a mixture is unclear. */
export function judgedBy(said: readonly Said[], truths: readonly Truth[]): Judged[] {
  const known = new Map(truths.map((truth) => [truth.id, truth]));
  const judged = said.map(({ campaign, probabilities, accounts }) => {
    const of = accounts.flatMap((id) => known.get(id) ?? []);
    const common = commonest(of.map(({ label }) => CLASS_OF[label]));
    const group = commonest(of.flatMap(({ campaign: name, cell, group }) => (name ? `${name}/${cell ?? ''}` : (group ?? []))));
    return {
      probabilities,
      truth: common && common.count > MOSTLY * accounts.length ? common.value : ('unclear' as const),
      group: group && group.count > MOSTLY * accounts.length ? group.value : campaign,
    };
  });
  const times = new Map<string, number>();
  for (const { group } of judged) times.set(group, (times.get(group) ?? 0) + 1);
  return judged.map(({ group, ...rest }) => ({ ...rest, weight: 1 / (times.get(group) ?? 1) }));
}

const likeliest = ({ probabilities }: Judged): Classification =>
  CLASSIFICATIONS.reduce((best, classification) => (probabilities[classification] > probabilities[best] ? classification : best));

/** Probabilities at another temperature: above 1 less sure, below 1 surer. */
const cooled = (probabilities: Readonly<Record<Classification, number>>, temperature: number, classification: Classification): number => {
  let total = 0;
  for (const other of CLASSIFICATIONS) total += Math.max(1e-12, probabilities[other]) ** (1 / temperature);
  return Math.max(1e-12, probabilities[classification]) ** (1 / temperature) / total;
};

/** Mean −ln(probability of what was true), nats. */
export const logLoss = (all: readonly Judged[], temperature = 1): number => {
  let sum = 0;
  let weight = 0;
  for (const one of all) {
    sum -= one.weight * Math.log(cooled(one.probabilities, temperature, one.truth));
    weight += one.weight;
  }
  return weight === 0 ? 0 : sum / weight;
};

/** The temperature with the least log loss (Guo et al., ICML 2017), between 0.25 and 8. */
export const bestTemperature = (all: readonly Judged[]): number => {
  let best = 1;
  for (let step = 0; step <= 100; step++) {
    const temperature = 0.25 * 32 ** (step / 100);
    if (logLoss(all, temperature) < logLoss(all, best)) best = temperature;
  }
  return best;
};

const BINS = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99, 0.999, 1.0001];

/** Of groups whose likeliest class has a probability in each bin, how many were of it. Below the policy's `namedFrom` they are called unclear. */
export const calibrationTable = (all: readonly Judged[]): string => {
  const rows: string[][] = [];
  for (const classes of [CLASSIFICATIONS.filter((classification) => classification !== 'unclear'), ['distillation'] as const]) {
    for (let bin = 0; bin + 1 < BINS.length; bin++) {
      const inside = all.filter((one) => {
        const classification = likeliest(one);
        const p = one.probabilities[classification];
        return (classes as readonly Classification[]).includes(classification) && p >= BINS[bin]! && p < BINS[bin + 1]!;
      });
      const weight = inside.reduce((sum, one) => sum + one.weight, 0);
      if (weight === 0) continue;
      const said = inside.reduce((sum, one) => sum + one.weight * one.probabilities[likeliest(one)], 0) / weight;
      const so = inside.reduce((sum, one) => sum + (one.truth === likeliest(one) ? one.weight : 0), 0) / weight;
      const range = `${percent(BINS[bin])} – ${percent(Math.min(1, BINS[bin + 1]!))}`;
      const { low, high } = wilson(so, weight);
      rows.push([
        classes.length > 1 ? 'any' : 'distillation',
        range,
        number(weight),
        percent(said),
        percent(so),
        `${percent(low)} – ${percent(high)}`,
      ]);
    }
  }
  const temperature = bestTemperature(all);
  return `${table(['likeliest class', 'probability', 'groups', 'said, mean', 'were so', '95 %'], rows)}

Log loss ${logLoss(all).toFixed(3)} nats a group; least, ${logLoss(all, temperature).toFixed(3)}, at temperature ${temperature.toFixed(2)} (1: as it is; above: it was too sure).
`;
};
