import { CLASSIFICATIONS, type Classification, probabilityOf } from '../../../shared/domain/campaigns/campaign';
import type { LabelValue } from '../../../shared/domain/campaigns/label';
import { wilson } from '../../../shared/domain/wilson';

/** A campaign as detection names it now, and what is known of those of its members about whom anything is known. */
export type Known = { probabilities: Readonly<Record<Classification, number>>; labels: readonly LabelValue[] };
export type Bin = { from: number; to: number; groups: number; said: number; were: number | null; low: number | null; high: number | null };

const BINS = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1] as const;
const MOSTLY = 0.5;

/** What a group is: what more than half of its labelled members are; undefined when nothing prevails. Honest members are one origin's own. */
export function truthOf(labels: readonly LabelValue[]): Classification | undefined {
  const counts = new Map<Classification, number>();
  for (const label of labels) {
    const classification = label === 'honest' ? 'shared-origin' : label;
    counts.set(classification, (counts.get(classification) ?? 0) + 1);
  }
  for (const [classification, count] of counts) if (count > MOSTLY * labels.length) return classification;
  return undefined;
}

/**
 * Of the groups whose likeliest class has a probability in each bin, the share that was of it, as far as people found out. Each group
 * counts once, however many of its members are labelled. Pure.
 */
export function calibration(groups: readonly Known[]): Bin[] {
  const judged = groups.flatMap(({ probabilities, labels }) => {
    const truth = labels.length === 0 ? undefined : truthOf(labels);
    const likeliest = CLASSIFICATIONS.reduce((best, classification) =>
      probabilities[classification] > probabilities[best] ? classification : best,
    );
    return truth === undefined ? [] : [{ said: probabilityOf({ classification: likeliest, probabilities }), was: truth === likeliest }];
  });
  return BINS.slice(0, -1).map((from, index) => {
    const to = BINS[index + 1] ?? 1;
    const last = index === BINS.length - 2;
    const inside = judged.filter(({ said }) => said >= from && (said < to || last));
    const groupsIn = inside.length;
    const none = { from, to, groups: 0, said: (from + to) / 2, were: null, low: null, high: null };
    if (groupsIn === 0) return none;
    const were = inside.filter(({ was }) => was).length / groupsIn;
    return {
      from,
      to,
      groups: groupsIn,
      said: inside.reduce((sum, { said }) => sum + said, 0) / groupsIn,
      were,
      ...wilson(were, groupsIn),
    };
  });
}
