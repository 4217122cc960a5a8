import { type Evidence, FAMILIES, type Family, type Kind, type Member } from '../../../shared/domain/campaign';
import type { DetectionPolicy } from '../../../shared/domain/detection-policy';
import type { Membership, Network } from '../networks/networks';
import { kindOf } from './classify';
import { DETECTORS } from './detectors';
import { evidenceOf } from './detectors/detector';
import { type Group, measure } from './measures';

/** What is said of a network in one run. */
export type Assessment = {
  network: Network;
  kind: Kind;
  probabilities: Record<Kind, number>;
  evidence: Evidence[];
  families: Family[];
};

/** Evidence this strong, at least, makes its family count. */
const STRONG = 0.9;

/** Asks every detector about a network, measures it and judges its kind. */
export function assess(network: Network, context: Omit<Group, 'members' | 'profiles'>, policy: DetectionPolicy): Assessment {
  const group: Group = { ...context, members: network.members, profiles: network.members.map(({ entry }) => entry.profile) };
  const measures = measure(group);
  const evidence: Evidence[] = [];
  for (const detector of DETECTORS) {
    const answer = detector.ask(group, measures);
    if (answer.kind === 'evidence') evidence.push(evidenceOf(detector, answer));
  }
  evidence.sort((a, b) => b.strength - a.strength);
  const families = FAMILIES.filter((family) => evidence.some((one) => one.family === family && one.strength >= STRONG));
  return { network, ...kindOf(measures, policy), evidence, families };
}

/** Benjamini and Hochberg (1995) over the content tests of one run: those that do not pass are taken out again. */
export function controlFalseDiscovery(assessments: readonly Assessment[], rate: number): Assessment[] {
  const tests = assessments
    .flatMap(({ evidence }) => evidence.filter((one) => one.numbers.p !== undefined))
    .sort((a, b) => (a.numbers.p ?? 1) - (b.numbers.p ?? 1));
  let passing = 0;
  tests.forEach((test, index) => {
    if ((test.numbers.p ?? 1) <= (rate * (index + 1)) / Math.max(1, assessments.length)) passing = index + 1;
  });
  const passed = new Set(tests.slice(0, passing));
  return assessments.map((assessment) => {
    const evidence = assessment.evidence.filter((one) => one.numbers.p === undefined || passed.has(one));
    const families = FAMILIES.filter((family) => evidence.some((one) => one.family === family && one.strength >= STRONG));
    return { ...assessment, evidence, families };
  });
}

const FAMILY_WORDS: Record<Family, string> = {
  infrastructure: 'uses addresses or a client build of the network',
  payment: 'pays with an instrument of the network',
  registration: 'signed up like the network',
  timing: 'keeps the rhythm of the network',
  content: 'sends prompts of the network',
};

/** A member as the campaign keeps it. */
export function memberOf({ entry, score, byFamily, families }: Membership, kind: Kind, coreThreshold: number, joinedAt: number): Member {
  const { profile } = entry;
  const because = [...families]
    .sort((a, b) => byFamily[b] - byFamily[a])
    .map(
      (family) =>
        `It ${FAMILY_WORDS[family]} (${Math.exp(byFamily[family]).toFixed(0)} times as likely for a member as for an unrelated account).`,
    );
  const role = kind === 'hijacked-keys' ? 'suspected-victim' : score >= coreThreshold ? 'core' : 'peripheral';
  return {
    account: profile.account,
    role,
    score: Math.round(score * 100) / 100,
    families: [...families],
    because,
    joinedAt,
    exchanges: profile.exchanges,
    prevented: profile.prevented,
  };
}
