import { CLASSIFICATIONS, type Classification } from '../../../shared/domain/campaigns/campaign';
import type { DetectionPolicy, GroupFeature } from '../../../shared/domain/policy/detection-policy';
import { oddities, typicalityOf } from './typicality';

export type Classified = {
  classification: Classification;
  probabilities: Record<Classification, number>;
  /** Of the class that is named, or the greatest of any when none is. */
  typicality: number;
  odd: string[];
};

/**
 * Open-set classification. Probabilities are a softmax over the policy's weighted features; a class is named only if it is likely enough
 * *and* the group is typical of it. A group that is typical of nothing is unclear, whatever the probabilities: they only compare the
 * classes that are known. Calibration: docs/evaluation.md.
 */
export function classify(
  features: Readonly<Record<GroupFeature, number>>,
  policy: Pick<DetectionPolicy, 'classes' | 'namedFrom' | 'examples' | 'typicalFrom'>,
): Classified {
  const odds: Record<Classification, number> = { distillation: 0, reselling: 0, 'hijacked-keys': 0, 'shared-origin': 0, unclear: 0 };
  for (const { classification, feature, weight } of policy.classes)
    odds[classification] += weight * (feature === 'always' ? 1 : features[feature]);
  const most = Math.max(...Object.values(odds));
  const total = CLASSIFICATIONS.reduce((sum, classification) => sum + Math.exp(odds[classification] - most), 0);
  const probabilities = { ...odds };
  for (const classification of CLASSIFICATIONS) probabilities[classification] = Math.exp(odds[classification] - most) / total;
  const likeliest = CLASSIFICATIONS.reduce((best, classification) =>
    probabilities[classification] > probabilities[best] ? classification : best,
  );
  const examples = policy.examples.value;
  const typicality = typicalityOf(features, likeliest, examples);
  if (likeliest !== 'unclear' && probabilities[likeliest] >= policy.namedFrom.value && typicality >= policy.typicalFrom.value)
    return { classification: likeliest, probabilities, typicality, odd: [] };
  return {
    classification: 'unclear',
    probabilities,
    typicality: Math.max(...CLASSIFICATIONS.map((classification) => typicalityOf(features, classification, examples))),
    odd: oddities(features, likeliest, examples),
  };
}
