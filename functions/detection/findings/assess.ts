import {
  type Classification,
  type Evidence,
  FAMILIES,
  type Family,
  type Legs,
  type Member,
} from '../../../shared/domain/campaigns/campaign';
import type { DetectionPolicy, GroupFeature, LegPolicy } from '../../../shared/domain/policy/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import type { Membership, Network } from '../networks/networks';
import { type Classified, classify } from './classify';
import { DETECTORS } from './detectors';
import { evidenceOf } from './detectors/detector';
import { featuresOf } from './features';
import { keyElsewhereOf } from './key-elsewhere';
import { legsOf } from './legs';
import { type Group, type GroupContext, type Measures, measure } from './measures';
import { misfits } from './member-fit';

/** What is found out about a network in one run. */
export type Assessment = {
  network: Network;
  classification: Classification;
  probabilities: Record<Classification, number>;
  typicality: number;
  odd: string[];
  legs: Legs;
  evidence: Evidence[];
  families: Family[];
  measures: Measures;
  features: Record<GroupFeature, number>;
  /** Members whose own use is unlike the group's, with why. */
  unlike: ReadonlyMap<AccountKey, string>;
};

/** Evidence this strong, at least, makes its family count. */
const STRONG = 0.9;

/** Asks every detector about a network, measures it and classifies it. */
export function assess(network: Network, context: GroupContext, policy: DetectionPolicy): Assessment {
  const group: Group = {
    ...context,
    members: network.members,
    holdings: network.profile,
    profiles: network.members.map(({ entry }) => entry.profile),
  };
  const measures = measure(group);
  const evidence: Evidence[] = [];
  for (const detector of DETECTORS) {
    const answer = detector.ask(group, measures);
    if (answer.kind === 'evidence') evidence.push(evidenceOf(detector, answer));
  }
  evidence.sort((a, b) => b.strength - a.strength);
  const families = FAMILIES.filter((family) => evidence.some((one) => one.family === family && one.strength >= STRONG));
  const features = featuresOf(measures);
  const classified = network.foundBy === 'content' ? unnamed(classify(features, policy)) : classify(features, policy);
  return {
    network,
    ...classified,
    odd: [...classified.odd, ...keysReplaced(measures)],
    legs: legsFor(network, measures, families, policy.legs),
    evidence,
    families,
    measures,
    features,
    unlike: misfits(group, measures),
  };
}

const NOT_LINKED = 'nothing links these accounts but what they ask for';

/** What only content holds together is no class: people look at it. */
const unnamed = (classified: Classified): Classified => ({
  ...classified,
  classification: 'unclear',
  odd: [NOT_LINKED, ...classified.odd],
});

/**
 * Openness is a shield for people and for firms: one can call them. A load that a machine deals out over new accounts, of what a student
 * model needs, is nobody's ordinary day: whoever registers accounts under a domain of his own would be shielded by it. It has no name, and
 * people ask. An owner whose accounts have been there for long is known (`knownOwner`).
 */
function openedByMachine(assessment: Assessment, { machineDispersion, knownOwner }: LegPolicy): Assessment {
  const { classification, legs, odd, measures } = assessment;
  const { dispersion, old } = measures;
  const isPaced = dispersion !== undefined && dispersion <= machineDispersion.value;
  const isShielded = knownOwner === undefined || old >= knownOwner.value;
  if (classification !== 'shared-origin' || !legs.coordination.holds || !legs.purpose.holds || !isPaced || isShielded) return assessment;
  return { ...assessment, classification: 'unclear', odd: [OPEN_MACHINE, ...odd] };
}

const OPEN_MACHINE = 'it is open about whom to call, and a machine deals out work that a student model needs: ask its owner';

/** Members whose new origin outlived their keys, from which on it is said. */
const OUTLIVED = 0.1;

const keysReplaced = ({ kept }: Measures): string[] =>
  kept < OUTLIVED
    ? []
    : [
        `${Math.round(100 * kept)} % go on from their new client and network although their keys were replaced: no theft, or one that a new key does not end`,
      ];

function legsFor(network: Network, measures: Measures, families: readonly Family[], policy: LegPolicy): Legs {
  const legs = legsOf(measures, families, policy);
  return network.foundBy === 'content' ? { ...legs, coordination: { holds: false, because: NOT_LINKED } } : legs;
}

/** Benjamini and Hochberg (1995) over the content tests of one run: those that do not pass are taken out again. */
export function controlFalseDiscovery(
  assessments: readonly Assessment[],
  policy: Pick<DetectionPolicy, 'falseDiscoveryRate' | 'legs'>,
): Assessment[] {
  return discovered(assessments, discoveriesUpTo(assessments.flatMap(testsOf), assessments.length, policy), policy);
}

/** The p-values of the tests that stand as evidence. */
export const testsOf = ({ evidence }: Pick<Assessment, 'evidence'>): number[] =>
  evidence.flatMap(({ numbers: { p } }) => (p === undefined ? [] : [p]));

/** The greatest p-value that passes, of those of all `groups` of a run; -1 if none does. */
export function discoveriesUpTo(
  tests: readonly number[],
  groups: number,
  { falseDiscoveryRate }: Pick<DetectionPolicy, 'falseDiscoveryRate'>,
): number {
  let passing = -1;
  [...tests]
    .sort((a, b) => a - b)
    .forEach((p, at) => {
      if (p <= (falseDiscoveryRate.value * (at + 1)) / Math.max(1, groups)) passing = p;
    });
  return passing;
}

/** Less the evidence of tests above `upTo`, and with the name that the legs then allow. */
export function discovered(assessments: readonly Assessment[], upTo: number, { legs }: Pick<DetectionPolicy, 'legs'>): Assessment[] {
  return assessments.map((assessment) => {
    const evidence = assessment.evidence.filter(({ numbers: { p } }) => p === undefined || p <= upTo);
    const families = FAMILIES.filter((family) => evidence.some((one) => one.family === family && one.strength >= STRONG));
    const { measures } = assessment;
    return openedByMachine({ ...assessment, evidence, families, legs: legsFor(assessment.network, measures, families, legs) }, legs);
  });
}

const FAMILY_WORDS: Record<Family, string> = {
  infrastructure: 'shares addresses or client',
  payment: 'shares payment instruments',
  registration: 'signed up alike',
  timing: 'keeps the same rhythm',
  content: 'sends the same prompts',
};

/** A member as the campaign keeps it. `unlike`: why its own use does not fit the group's, if it does not. */
export function memberOf(
  { entry, score, byFamily, families }: Membership,
  classification: Classification,
  unlike: string | undefined,
  coreThreshold: number,
  joinedAt: number,
): Member {
  const { profile } = entry;
  const because = [...families]
    .sort((a, b) => byFamily[b] - byFamily[a])
    .map(
      (family) =>
        `It ${FAMILY_WORDS[family]}: ${Math.exp(byFamily[family]).toFixed(0)} times as likely for a member as for an unrelated account.`,
    );
  const role = roleOf(classification, unlike, score >= coreThreshold);
  const key = role === 'suspected-victim' ? keyElsewhereOf(profile) : undefined;
  return {
    account: profile.account,
    role,
    score: Math.round(score * 100) / 100,
    families: [...families],
    because: [
      ...(unlike === undefined ? [] : [`Linked, but ${unlike}.`]),
      ...(key === undefined ? [] : ['From its new client and network one key alone is used: that key is what to change.']),
      ...because,
    ],
    ...(key === undefined ? {} : { key }),
    joinedAt,
    exchanges: profile.exchanges,
    prevented: profile.prevented,
  };
}

const roleOf = (classification: Classification, unlike: string | undefined, core: boolean): Member['role'] => {
  if (classification === 'hijacked-keys') return 'suspected-victim';
  if (unlike !== undefined) return 'bystander';
  return core ? 'core' : 'peripheral';
};
