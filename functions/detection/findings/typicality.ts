import type { Classification } from '../../../shared/domain/campaigns/campaign';
import { type ClassExamples, GROUP_FEATURES, type GroupFeature } from '../../../shared/domain/policy/detection-policy';

/** A feature less certain than this is no reason to call a group odd: classes are small samples. */
const LEAST_DEVIATION = 0.1;
const ODD_FEATURES = 3;
/** A feature is odd when it is this many deviations from its class. */
const ODD_FROM = 2;

/** How far a group is from a class: root mean square of its features' deviations. */
export function distanceFrom(features: Readonly<Record<GroupFeature, number>>, examples: Pick<ClassExamples, 'features'>): number {
  const squares = GROUP_FEATURES.map((name) => deviation(features, examples, name) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length);
}

function deviation(
  features: Readonly<Record<GroupFeature, number>>,
  examples: Pick<ClassExamples, 'features'>,
  name: GroupFeature,
): number {
  const known = examples.features[name];
  return known ? (features[name] - known.mean) / Math.max(LEAST_DEVIATION, known.deviation) : 0;
}

/**
 * How usual a group is in a class: the share of the class's own groups, none of which the class was described with, that are at least
 * as far from it (split conformal p-value; Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World, 2005). 0 for a class of
 * which nothing is known: whatever is new is typical of nothing.
 */
export function typicalityOf(
  features: Readonly<Record<GroupFeature, number>>,
  classification: Classification,
  classes: readonly ClassExamples[],
): number {
  const examples = classes.find((one) => one.classification === classification);
  if (!examples) return 0;
  const distance = distanceFrom(features, examples);
  const farther = examples.distances.filter((known) => known >= distance).length;
  return (1 + farther) / (1 + examples.distances.length);
}

/** The features that are least usual for a class, in words. */
export function oddities(
  features: Readonly<Record<GroupFeature, number>>,
  classification: Classification,
  classes: readonly ClassExamples[],
): string[] {
  const examples = classes.find((one) => one.classification === classification);
  if (!examples) return [];
  return GROUP_FEATURES.map((name) => ({ name, by: deviation(features, examples, name) }))
    .filter(({ by }) => Math.abs(by) >= ODD_FROM)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
    .slice(0, ODD_FEATURES)
    .map(({ name, by }) => `${FEATURE_WORDS[name]}: ${by > 0 ? 'more' : 'less'} than in groups known as ${classification}`);
}

export const FEATURE_WORDS: Record<GroupFeature, string> = {
  flatDay: 'requests at all hours',
  humanDay: 'a day with a night in it',
  evenLoad: 'requests spaced out evenly',
  burstyLoad: 'requests in bursts',
  dealtLoad: 'the same load on every account',
  unequalLoad: 'very different loads',
  asking: 'asking for reasoning or grades',
  ownContent: 'prompts of its own',
  harvest: 'a data set being answered',
  cardCells: 'payment instruments that each pay for several unrelated accounts',
  rotatingPool: 'turns on a pool of addresses of its own',
  open: 'one organisation, domain or payer',
  place: 'one place of work',
  aged: 'accounts of long standing',
  takeover: 'accounts of long standing that took up a new client and network',
  together: 'sign-ups within a few days',
  pivot: 'a move to a new model on its release',
};
