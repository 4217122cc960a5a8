import type { Assessment } from '../../../functions/detection/findings/assess';
import { featuresOf } from '../../../functions/detection/findings/features';
import { GroupProfile } from '../../../functions/detection/networks/networks';
import { Profile } from '../../../functions/detection/profiles/profile';
import { TraitIndex } from '../../../functions/detection/traits/trait-index';
import type { AccountFacts } from '../../../shared/domain/account';
import type { Classification } from '../../../shared/domain/campaigns/campaign';
import { DAY, HOUR } from '../../../shared/domain/time';
import { factsOf } from '../../../shared/identity/account-facts';
import type { AccountKey } from '../../../shared/identity/ids';
import { hashText, KeyedHasher } from '../../../shared/identity/keyed-hash';
import { measures } from '../measures';

export const NOW = Date.UTC(2026, 5, 1, 12);
const hasher = new KeyedHasher('k'.repeat(64));
/** The hash of an identifier of a test. */
export const hash = (text: string): number => hasher.object('ip', text);

export type Given = {
  card?: string;
  ips?: readonly string[];
  /** It came back to each of its addresses an hour before. */
  comesBack?: boolean;
  clients?: readonly string[];
  system?: string;
  templates?: readonly string[];
  domain?: string;
  bornAt?: number;
  lastUse?: number;
  exchanges?: number;
};

/** An account as detection holds it: by default a month old and more, in use since yesterday, sharing nothing with anybody. */
export function profile(name: string, given: Given = {}): Profile {
  const { key, sealed } = hasher.account(name);
  const made = new Profile(key, sealed, given.bornAt ?? NOW - 60 * DAY);
  const facts: AccountFacts = {
    createdAt: given.bornAt ?? NOW - 60 * DAY,
    ...(given.card === undefined ? {} : { paymentInstrument: hashText(hash(given.card)) }),
    ...(given.domain === undefined ? {} : factsOf({ emailDomain: given.domain }, hasher)),
  };
  made.learn([{ at: NOW - DAY, id: hashText(hash(`facts of ${name}`)), facts }]);
  const hour = Math.floor((NOW - DAY) / HOUR);
  for (const ip of given.ips ?? [`address of ${name}`]) {
    made.samples.ips.add(hash(ip), 1, hour);
    if (given.comesBack) made.samples.ips.add(hash(ip), 1, hour - 1);
  }
  for (const client of given.clients ?? ['popular client']) made.samples.clients.add(hash(client), 1, hour);
  if (given.system !== undefined) made.samples.systems.add(hash(given.system), 1, hour);
  for (const template of given.templates ?? []) made.samples.templates.add(hash(template), 1, hour);
  made.exchanges = given.exchanges ?? 30;
  // All of it today: packed, a window is the sum of its days.
  made.today = made.window;
  made.window.exchanges = made.exchanges;
  made.firstUse = NOW - DAY;
  made.lastUse = given.lastUse ?? NOW - HOUR;
  return made;
}

/** Accounts that share nothing but a popular client. */
export const strangers = (count: number): Profile[] => Array.from({ length: count }, (_, i) => profile(`stranger-${i}`));

export function indexOf(profiles: readonly Profile[]): TraitIndex {
  const index = new TraitIndex({ referenceAgeDays: 30, smallestReference: 100, hubShare: 0.04 });
  index.update(profiles, new Map(), NOW, new Set());
  return index;
}

const LEG = { holds: true, because: 'the test has it so' };

/** What was found out about a network of these accounts. */
export function assessment(index: TraitIndex, members: readonly AccountKey[], classification: Classification = 'distillation'): Assessment {
  const wanted = new Set(members);
  const entries = index.accounts.filter(({ profile }) => wanted.has(profile.account));
  return {
    network: {
      members: entries.map((entry) => ({
        entry,
        score: 15,
        byFamily: { infrastructure: 7, payment: 8, registration: 0, timing: 0, content: 0 },
        families: ['infrastructure', 'payment'],
      })),
      profile: new GroupProfile(index, entries.length, entries),
    },
    classification,
    typicality: 1,
    odd: [],
    legs: { coordination: LEG, concealment: LEG, purpose: LEG },
    measures: measures(),
    features: featuresOf(measures()),
    unlike: new Map(),
    probabilities: { distillation: 0, reselling: 0, 'hijacked-keys': 0, 'shared-origin': 0, unclear: 0, [classification]: 1 },
    evidence: [],
    families: ['infrastructure', 'payment'],
  };
}
