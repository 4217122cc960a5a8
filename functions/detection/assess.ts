import { type Evidence, FAMILIES, type Family, type Indicator, type Kind, type Member } from '../../shared/model/campaign';
import type { DetectionPolicy } from '../../shared/model/detection-policy';
import { hashText } from '../../shared/model/keyed-hash';
import { HOUR } from '../../shared/model/time';
import { DETECTORS } from './detectors';
import { evidenceOf } from './detectors/detector';
import { kindOf } from './kind';
import { SPEAKS } from './links';
import { type Group, measure } from './measures';
import type { Membership, Network } from './networks';
import type { TraitIndex } from './trait-index';
import { forTraits, TRAIT_NAMES, TRAIT_TYPES, type TraitType } from './traits';

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
  return { network, ...kindOf(measures, policy.kinds), evidence, families };
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

const MOST_INDICATORS = 400;
/** What nobody can look for: when something happened, and phrases. */
const UNSEARCHABLE: ReadonlySet<TraitType> = new Set([
  'signup-time',
  'signup-day',
  'signup-hour',
  'onset',
  'pivot',
  'prompt-phrase',
  'task-mix',
]);

/** What the members share and others do not, most telling first. */
export function indicatorsOf(network: Network, index: TraitIndex, releases: ReadonlyMap<string, number>): Indicator[] {
  const size = network.members.length;
  const found: Telling[] = [];
  for (const [id, members] of network.profile.counts) {
    const type = index.typeName(id);
    if (members < 2 || UNSEARCHABLE.has(type)) continue;
    const said = Math.log(((members / size) * 0.9) / index.base(id)) - Math.log(1 + index.referenceHolders[id]!);
    if (said < SPEAKS) continue;
    found.push({ id, type: type as Indicator['type'], members, telling: said * members });
  }
  const told = found.sort((a, b) => b.telling - a.telling).slice(0, MOST_INDICATORS);
  const spans = spansOf(network, told, index, releases);
  return told.map(({ id, type, members }) => {
    const { first, last } = spans[index.types[id]!]!.get(index.hashes[id]!)!;
    return {
      type,
      hash: hashText(index.hashes[id]!),
      family: TRAIT_TYPES[type].family,
      members,
      others: Math.max(0, index.holdersOf(id) - members),
      firstUse: first * HOUR,
      lastUse: (last + 1) * HOUR,
    };
  });
}

/** A trait of a network, how many members hold it, and what that tells. */
type Telling = { id: number; type: Indicator['type']; members: number; telling: number };
type Span = { first: number; last: number };

/** When members used some traits, by type and hash: hours since the epoch, 0 where none of them does any more. */
function spansOf(network: Network, of: readonly Telling[], index: TraitIndex, releases: ReadonlyMap<string, number>): Map<number, Span>[] {
  const spans = TRAIT_NAMES.map(() => new Map<number, Span>());
  for (const { id } of of)
    spans[index.types[id]!]!.set(index.hashes[id]!, { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY });
  for (const { entry } of network.members.slice(0, 2_000)) {
    forTraits(entry.profile, releases, (type, hash, first, last) => {
      const span = spans[type]!.get(hash);
      if (!span) return;
      span.first = Math.min(span.first, first);
      span.last = Math.max(span.last, last);
    });
  }
  for (const ofType of spans)
    for (const span of ofType.values()) if (span.last === Number.NEGATIVE_INFINITY) Object.assign(span, { first: 0, last: 0 });
  return spans;
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
