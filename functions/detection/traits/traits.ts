import { ownDomainOf } from '../../../shared/domain/account';
import type { Family } from '../../../shared/domain/campaigns/campaign';
import { DAY, HOUR } from '../../../shared/domain/time';
import { hashNumber } from '../../../shared/identity/keyed-hash';
import type { Profile, ProfileSample } from '../profiles/profile';
import { rhythmOf } from '../profiles/rhythm';
import { taskMixes } from '../profiles/task-mix';

/**
 * What two accounts can share. `cap` is the most that sharing one may say (nats): how surprised we would be at best to
 * see two unrelated accounts share it, whatever the population's size. `prior`: pseudo-holders among the reference for a
 * trait nobody there holds (a card seen once is far rarer than one in N; a network prefix is not). `links`: whether it may propose a pair by itself.
 */
export const TRAIT_TYPES = {
  'payment-instrument': { family: 'payment', cap: 9, prior: 0.02, links: true },
  'payment-issuer': { family: 'payment', cap: 2, prior: 1, links: false },
  'client-build': { family: 'infrastructure', cap: 7, prior: 0.3, links: true },
  'network-address': { family: 'infrastructure', cap: 6, prior: 0.2, links: true },
  'network-prefix': { family: 'infrastructure', cap: 3.5, prior: 0.5, links: false },
  'signup-origin': { family: 'registration', cap: 6, prior: 0.3, links: true },
  'signup-prefix': { family: 'registration', cap: 3, prior: 0.5, links: false },
  'signup-client': { family: 'registration', cap: 6, prior: 0.3, links: true },
  'email-domain': { family: 'registration', cap: 6, prior: 0.2, links: true },
  referrer: { family: 'registration', cap: 3, prior: 0.5, links: false },
  'signup-time': { family: 'registration', cap: 1.3, prior: 0.5, links: false },
  'signup-day': { family: 'registration', cap: 1, prior: 0.5, links: false },
  'signup-hour': { family: 'registration', cap: 2, prior: 0.5, links: false },
  'system-prompt': { family: 'content', cap: 6, prior: 0.3, links: true },
  'prompt-template': { family: 'content', cap: 4, prior: 0.5, links: true },
  'prompt-phrase': { family: 'content', cap: 1.5, prior: 0.5, links: false },
  'task-mix': { family: 'content', cap: 0.7, prior: 0.5, links: false },
  rhythm: { family: 'timing', cap: 4, prior: 0.5, links: false },
  onset: { family: 'timing', cap: 3.5, prior: 0.5, links: false },
  pivot: { family: 'timing', cap: 1.5, prior: 0.5, links: false },
} as const satisfies Record<string, { family: Family; cap: number; prior: number; links: boolean }>;
export type TraitType = keyof typeof TRAIT_TYPES;
export const TRAIT_NAMES = Object.keys(TRAIT_TYPES) as TraitType[];
/** Some types by their index into TRAIT_NAMES. */
export const typesOf = (...names: TraitType[]): ReadonlySet<number> => new Set(names.map((name) => TRAIT_NAMES.indexOf(name)));
export const SIGNUP_ORIGIN = typesOf('signup-origin', 'signup-prefix');

/** The most one family may add to a pair or a membership (nats): what is in one family is not independent. */
export const FAMILY_CAP: Record<Family, number> = { infrastructure: 9, payment: 9, registration: 8, timing: 5, content: 7 };

/** One trait of one account: its type (index into TRAIT_NAMES) and hash. */
export type Trait = { type: number; hash: number; first: number; last: number };

const TYPE = Object.fromEntries(TRAIT_NAMES.map((name, index) => [name, index])) as Record<TraitType, number>;
/** Sign-ups are put in buckets of these widths, each twice, half a width apart: neighbours across a border share one all the same. */
const SIGNUP_BUCKETS = [
  ['signup-time', 2 * DAY],
  ['signup-day', 12 * HOUR],
  ['signup-hour', 2 * HOUR],
] as const satisfies [TraitType, number][];

/** Traits that are hashes of what an account used, by the sample that keeps them. */
export const SAMPLED = (
  [
    ['client-build', 'clients'],
    ['network-address', 'ips'],
    ['network-prefix', 'prefixes'],
    ['system-prompt', 'systems'],
    ['prompt-template', 'templates'],
    ['prompt-phrase', 'phrases'],
  ] as const satisfies [TraitType, ProfileSample][]
).map(([type, sample]) => ({ type: TYPE[type], sample }));

/** Goes through the traits of an account, as far as they are known. */
export function forTraits(
  profile: Profile,
  releases: ReadonlyMap<string, number>,
  take: (type: number, hash: number, first: number, last: number) => void,
): void {
  for (const { type, hash, first, last } of unsampledTraits(profile, releases)) take(type, hash, first, last);
  for (const { type, sample } of SAMPLED) {
    const { keys, first, last } = profile.samples[sample];
    for (let i = 0; i < keys.length; i++) take(type, keys[i]!, first[i]!, last[i]!);
  }
}

/** What the provider told us of an account, and what is read off its behaviour: all but its samples, which are many. */
export function unsampledTraits(profile: Profile, releases: ReadonlyMap<string, number>): Trait[] {
  const traits = pivotsOf(profile, releases);
  const { facts } = profile;
  const born = Math.floor(profile.bornAt / HOUR);
  const fact = (type: TraitType, text: Parameters<typeof hashNumber>[0] | undefined): void => {
    if (text !== undefined) traits.push({ type: TYPE[type], hash: hashNumber(text), first: born, last: born });
  };
  for (const instrument of profile.instruments.keys()) fact('payment-instrument', instrument);
  fact('payment-issuer', facts.paymentIssuer);
  fact('signup-origin', facts.signupIp);
  fact('signup-prefix', facts.signupPrefix);
  fact('signup-client', facts.signupFingerprint);
  fact('email-domain', ownDomainOf(facts));
  fact('referrer', facts.referrer);
  for (const [type, width] of SIGNUP_BUCKETS) {
    for (const shift of [0, 1])
      traits.push({ type: TYPE[type], hash: Math.floor(profile.bornAt / width + shift / 2) * 2 + shift, first: born, last: born });
  }
  for (const hash of taskMixes(profile)) traits.push({ type: TYPE['task-mix'], hash, first: born, last: born });
  const rhythm = rhythmOf(profile);
  if (rhythm !== undefined) traits.push({ type: TYPE.rhythm, hash: rhythm, first: born, last: born });
  const onset = onsetOf(profile);
  if (onset !== undefined) traits.push({ type: TYPE.onset, hash: onset, first: onset * 24, last: onset * 24 });
  return traits;
}

const SETTLED_AGE = 30 * DAY;

/**
 * The day on which an account that is not new began to use a client build it had not used before, while the old one
 * goes on: what a hijacked key looks like from outside. Days since the epoch.
 */
export function onsetOf(profile: Profile): number | undefined {
  const { clients } = profile.samples;
  if (clients.keys.length < 2) return undefined;
  const earliest = Math.min(...clients.first);
  let latest = -1;
  for (const first of clients.first) if (first > latest) latest = first;
  if (latest - earliest < 48 || latest * HOUR - profile.bornAt < SETTLED_AGE) return undefined;
  return Math.floor(latest / 24);
}

/** Models to which most of the account's traffic moved within a day and a half of their release. */
function pivotsOf(profile: Profile, releases: ReadonlyMap<string, number>): Trait[] {
  const traits: Trait[] = [];
  for (const [model, at] of releases) {
    const used = profile.window.models.get(model) ?? 0;
    if (used < 5 || profile.firstUse > at) continue;
    const hour = Math.floor(at / HOUR);
    traits.push({ type: TYPE.pivot, hash: hour, first: hour, last: hour });
  }
  return traits;
}

/** Day (since the epoch) in whose middle a bucket of sign-ups lies, and what share of a day it is wide. */
export function signupBucket(type: 'signup-day' | 'signup-hour', hash: number): { day: number; width: number } {
  const width = SIGNUP_BUCKETS.find(([name]) => name === type)![1];
  const shift = hash % 2;
  return { day: Math.floor((((hash - shift) / 2 - shift / 2 + 0.5) * width) / DAY), width: width / DAY };
}
