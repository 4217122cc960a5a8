import { LABELS, type Label } from '../../../simulator/actor';
import type { GroupRow } from './groups';
import { type Judge, weights } from './judge';

/**
 * The judge to beat: Gaussian naive Bayes over the features, classes equally likely beforehand, and no name for a group that is
 * untypical of its likeliest class (farther from its mean than 99 % of what it was fitted on; distance by each feature's own spread).
 */

type Class = { label: Label; mean: Map<string, number>; variance: Map<string, number>; farthest: number };

/** Judged by a machine from this probability on. */
const SURE = 0.99;
/** Groups that are mostly something else teach nothing about what they mostly are. */
const PURE = 0.8;
/** A feature that never varies in a class is not infinitely telling there: share of its variance over all classes. */
const LEAST_VARIANCE = 0.05;
const TYPICAL = 0.99;

const moments = (rows: readonly GroupRow[], weight: readonly number[], names: readonly string[]): Pick<Class, 'mean' | 'variance'> => {
  const total = weight.reduce((sum, w) => sum + w, 0);
  const mean = new Map<string, number>();
  const variance = new Map<string, number>();
  for (const name of names) {
    const m = rows.reduce((sum, row, i) => sum + weight[i]! * (row.features[name] ?? 0), 0) / total;
    mean.set(name, m);
    variance.set(name, rows.reduce((sum, row, i) => sum + weight[i]! * ((row.features[name] ?? 0) - m) ** 2, 0) / total);
  }
  return { mean, variance };
};

const distance = ({ mean, variance }: Class, row: GroupRow): number => {
  let sum = 0;
  for (const [name, m] of mean) sum += ((row.features[name] ?? 0) - m) ** 2 / variance.get(name)!;
  return sum;
};
const logLikelihood = (one: Class, row: GroupRow): number => {
  let sum = -0.5 * distance(one, row);
  for (const v of one.variance.values()) sum -= 0.5 * Math.log(v);
  return sum;
};

export const NAIVE_BAYES: Judge = {
  name: 'naive-bayes',
  fit: (all) => {
    const rows = all.filter(({ purity }) => purity >= PURE);
    const names = [...new Set(rows.flatMap(({ features }) => Object.keys(features)))].sort();
    const overall = rows.length > 0 ? moments(rows, weights(rows), names).variance : new Map<string, number>();
    const classes = LABELS.flatMap((label): Class[] => {
      const mine = rows.filter((row) => row.label === label);
      if (mine.length === 0) return [];
      const { mean, variance } = moments(mine, weights(mine), names);
      for (const name of names) variance.set(name, Math.max(variance.get(name)!, LEAST_VARIANCE * overall.get(name)!, 1e-9));
      const one: Class = { label, mean, variance, farthest: Infinity };
      const far = mine.map((row) => distance(one, row)).sort((x, y) => x - y);
      return [{ ...one, farthest: far[Math.min(far.length - 1, Math.floor(TYPICAL * far.length))]! }];
    });
    return (row) => {
      const scored = classes.map((one) => ({ one, log: logLikelihood(one, row) })).sort((x, y) => y.log - x.log);
      const [best] = scored;
      if (!best) return { classification: 'unclear', acts: false };
      const probability = 1 / scored.reduce((sum, { log }) => sum + Math.exp(log - best.log), 0);
      if (probability < 0.7 || distance(best.one, row) > best.one.farthest) return { classification: 'unclear', acts: false };
      return { classification: best.one.label, acts: best.one.label === 'distillation' && probability >= SURE };
    };
  },
};
