import type { Truth } from '../../local/simulator/simulate';
import { KINDS, type Kind } from '../../shared/model/campaign';
import { number, percent, table } from './table';

/** What was said of a campaign in one detection run: how probable each kind is, and of whom. */
export type Said = { campaign: string; probabilities: Readonly<Record<Kind, number>>; accounts: readonly string[] };
/** A saying with what was true; `weight`: every campaign counts as one, however often it was judged. */
export type Judged = { probabilities: Readonly<Record<Kind, number>>; truth: Kind; weight: number };

const MOSTLY = 0.5;
const KIND_OF: Record<Truth['label'], Kind> = {
  distillation: 'distillation',
  reselling: 'reselling',
  hijacked: 'hijacked-keys',
  honest: 'shared-origin',
};

/** A campaign is what more than half of its accounts are; a mixture is unclear. */
export function judgedBy(said: readonly Said[], truths: readonly Truth[]): Judged[] {
  const labels = new Map(truths.map(({ id, label }) => [id, label]));
  const times = new Map<string, number>();
  for (const { campaign } of said) times.set(campaign, (times.get(campaign) ?? 0) + 1);
  return said.map(({ campaign, probabilities, accounts }) => {
    const counts = new Map<Kind, number>();
    for (const id of accounts) {
      const label = labels.get(id);
      if (label) counts.set(KIND_OF[label], (counts.get(KIND_OF[label]) ?? 0) + 1);
    }
    const [kind, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['unclear' as const, 0];
    return { probabilities, truth: count > MOSTLY * accounts.length ? kind : 'unclear', weight: 1 / (times.get(campaign) ?? 1) };
  });
}

const named = ({ probabilities }: Judged): Kind => KINDS.reduce((best, kind) => (probabilities[kind] > probabilities[best] ? kind : best));

/** Probabilities at another temperature: above 1 less sure, below 1 surer. */
const cooled = (probabilities: Readonly<Record<Kind, number>>, temperature: number, kind: Kind): number => {
  let total = 0;
  for (const other of KINDS) total += Math.max(1e-12, probabilities[other]) ** (1 / temperature);
  return Math.max(1e-12, probabilities[kind]) ** (1 / temperature) / total;
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

/** Of campaigns named with a probability in each bin, how many were so. Those called unclear were not named. */
export const calibrationTable = (all: readonly Judged[]): string => {
  const rows: string[][] = [];
  for (const kinds of [KINDS.filter((kind) => kind !== 'unclear'), ['distillation'] as const]) {
    for (let bin = 0; bin + 1 < BINS.length; bin++) {
      const inside = all.filter((one) => {
        const kind = named(one);
        const p = one.probabilities[kind];
        return (kinds as readonly Kind[]).includes(kind) && p >= BINS[bin]! && p < BINS[bin + 1]!;
      });
      const weight = inside.reduce((sum, one) => sum + one.weight, 0);
      if (weight === 0) continue;
      const said = inside.reduce((sum, one) => sum + one.weight * one.probabilities[named(one)], 0) / weight;
      const so = inside.reduce((sum, one) => sum + (one.truth === named(one) ? one.weight : 0), 0) / weight;
      const range = `${percent(BINS[bin])} – ${percent(Math.min(1, BINS[bin + 1]!))}`;
      rows.push([kinds.length > 1 ? 'any' : 'distillation', range, number(weight), percent(said), percent(so)]);
    }
  }
  const temperature = bestTemperature(all);
  return `${table(['kind named', 'probability', 'campaigns', 'said, mean', 'were so'], rows)}

Log loss ${logLoss(all).toFixed(3)} nats a campaign; least, ${logLoss(all, temperature).toFixed(3)}, at temperature ${temperature.toFixed(2)} (1: as it is; above: it was too sure).
`;
};
