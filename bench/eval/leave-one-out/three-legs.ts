import { classify } from '../../../functions/detection/findings/classify';
import { distanceFrom } from '../../../functions/detection/findings/typicality';
import { type Classification, LEGS } from '../../../shared/domain/campaigns/campaign';
import {
  type ClassExamples,
  type DetectionPolicy,
  GROUP_FEATURES,
  type GroupFeature,
} from '../../../shared/domain/policy/detection-policy';
import type { GroupRow } from './groups';
import type { Judge, Verdict } from './judge';

const PURE = 0.9;
/** Members with use of their own, at least: groups that are hardly used yet say nothing of their class. */
const FEWEST_FITTING = 5;
/** Rows of a population, at most: one that was looked at for weeks is not the class. */
const ROWS_A_POPULATION = 60;
/** Distances kept of a class. */
const DISTANCES = 199;

const CLASS_OF: Readonly<Record<GroupRow['label'], Classification>> = {
  distillation: 'distillation',
  reselling: 'reselling',
  hijacked: 'hijacked-keys',
  honest: 'shared-origin',
};
const LABEL_OF = Object.fromEntries(Object.entries(CLASS_OF).map(([label, classification]) => [classification, label])) as Record<
  Classification,
  GroupRow['label']
>;

/** What a rule that suspends asks for, as in policies/recommended.json. */
const SUSPENDS = { probability: 0.99, typicality: 0.05, families: 2, size: 10 };

/**
 * The product's own judge: weights and bounds of the three legs as the policy states them, typicality fitted on the rows it is given.
 * So what is left out is left out of everything that is fitted.
 */
export const threeLegs = (policy: DetectionPolicy): Judge => ({
  name: 'three-legs',
  fit: (rows) => {
    const examples = { ...policy.examples, value: fitExamples(examplesOf(rows)) };
    return (row): Verdict => {
      const { classification, probabilities, typicality } = classify(row.features as Features, { ...policy, examples });
      const acts =
        classification === 'distillation' &&
        probabilities.distillation >= SUSPENDS.probability &&
        typicality >= SUSPENDS.typicality &&
        row.families >= SUSPENDS.families &&
        LEGS.every((leg) => row.legs[leg]) &&
        row.members.filter(({ fits }) => fits).length >= SUSPENDS.size;
      return { classification: classification === 'unclear' ? 'unclear' : LABEL_OF[classification], acts };
    };
  },
});

type Features = Readonly<Record<GroupFeature, number>>;
type Example = { classification: Classification; population: string; features: Features };

/** Rows from which classes can be learnt: groups of one class, in use, as many of each population. */
export function examplesOf(rows: readonly GroupRow[]): Example[] {
  const byPopulation = new Map<string, Example[]>();
  for (const { label, population, purity, members, features } of rows) {
    const classification = CLASS_OF[label];
    if (purity < PURE || members.filter(({ fits }) => fits).length < FEWEST_FITTING) continue;
    const name = `${classification}/${population}`;
    const known = byPopulation.get(name) ?? [];
    known.push({ classification, population, features: features as Features });
    byPopulation.set(name, known);
  }
  return [...byPopulation.values()].flatMap((examples) => spread(examples, ROWS_A_POPULATION));
}

/** At most so many, evenly over the list. */
function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]!);
}

/**
 * What is known of each class, and how far its own groups are from that: the distance of each population's groups is measured by what
 * all *other* populations of the class say (cross-conformal by population, Vovk 2015), so that it is that of a population nobody described.
 */
export function fitExamples(examples: readonly Example[]): ClassExamples[] {
  const classes = [...new Set(examples.map(({ classification }) => classification))].sort();
  return classes.flatMap((classification) => {
    const ofClass = examples.filter((one) => one.classification === classification);
    const populations = [...new Set(ofClass.map(({ population }) => population))];
    const distances = populations.flatMap((population) => {
      const others = ofClass.filter((one) => one.population !== population);
      if (others.length === 0) return [];
      const described = { features: describe(others) };
      return ofClass.filter((one) => one.population === population).map(({ features }) => distanceFrom(features, described));
    });
    if (distances.length === 0) return [];
    const sorted = spread(
      distances.sort((a, b) => a - b),
      DISTANCES,
    ).map((distance) => Math.round(1000 * distance) / 1000);
    return [{ classification, features: describe(ofClass), distances: sorted }];
  });
}

function describe(examples: readonly Example[]): ClassExamples['features'] {
  const described: Partial<ClassExamples['features']> = {};
  for (const name of GROUP_FEATURES) {
    const values = examples.map(({ features }) => features[name]);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    described[name] = { mean: rounded(mean), deviation: Math.max(0.001, rounded(Math.sqrt(variance))) };
  }
  return described as ClassExamples['features'];
}

const rounded = (value: number): number => Math.round(1000 * value) / 1000;
