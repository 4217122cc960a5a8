import { KINDS, type Kind } from '../../../shared/domain/campaigns/campaign';
import type { DetectionPolicy, GroupFeature } from '../../../shared/domain/policy/detection-policy';
import { oddities, typicalityOf } from './typicality';

export type Classification = {
  kind: Kind;
  probabilities: Record<Kind, number>;
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
): Classification {
  const odds: Record<Kind, number> = { distillation: 0, reselling: 0, 'hijacked-keys': 0, 'shared-origin': 0, unclear: 0 };
  for (const { kind, feature, weight } of policy.classes) odds[kind] += weight * (feature === 'always' ? 1 : features[feature]);
  const most = Math.max(...Object.values(odds));
  const total = KINDS.reduce((sum, kind) => sum + Math.exp(odds[kind] - most), 0);
  const probabilities = { ...odds };
  for (const kind of KINDS) probabilities[kind] = Math.exp(odds[kind] - most) / total;
  const likeliest = KINDS.reduce((best, kind) => (probabilities[kind] > probabilities[best] ? kind : best));
  const examples = policy.examples.value;
  const typicality = typicalityOf(features, likeliest, examples);
  if (likeliest !== 'unclear' && probabilities[likeliest] >= policy.namedFrom.value && typicality >= policy.typicalFrom.value)
    return { kind: likeliest, probabilities, typicality, odd: [] };
  return {
    kind: 'unclear',
    probabilities,
    typicality: Math.max(...KINDS.map((kind) => typicalityOf(features, kind, examples))),
    odd: oddities(features, likeliest, examples),
  };
}
