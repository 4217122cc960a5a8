import { z } from 'zod';
import type { AccountKey, CampaignId, Hash64, OperatorId } from '../../identity/ids';

/** The five independent families of evidence. One is never enough for an action. */
export const FAMILIES = ['infrastructure', 'payment', 'registration', 'timing', 'content'] as const;
export type Family = (typeof FAMILIES)[number];

export const CLASSIFICATIONS = ['distillation', 'reselling', 'hijacked-keys', 'shared-origin', 'unclear'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

/** core: part of the dense middle; peripheral: joined by fewer links; the other two are never acted on as attackers. */
export const ROLES = ['core', 'peripheral', 'suspected-victim', 'bystander'] as const;
export type Role = (typeof ROLES)[number];

/** One piece of evidence: a sentence with numbers a reviewer can check, and how strongly it speaks. */
export const Evidence = z.object({
  /** The detector that said so: the name in functions/detection/findings/detectors/index.ts. */
  detector: z.string(),
  family: z.enum(FAMILIES),
  /** Plain language with the population's baseline in it. */
  because: z.string(),
  /** 0..1: 1 − 1/(likelihood ratio), so 0.5 is twice as likely, 0.99 a hundred times. */
  strength: z.number().min(0).max(1),
  /** The numbers in the sentence, by name. */
  numbers: z.record(z.string(), z.number()),
});
export type Evidence = z.infer<typeof Evidence>;

/** What can be looked for. */
export const INDICATOR_TYPES = [
  'payment-instrument',
  'payment-issuer',
  'client-build',
  'network-address',
  'network-prefix',
  'signup-origin',
  'signup-prefix',
  'signup-client',
  'email-domain',
  'referrer',
  'system-prompt',
  'prompt-template',
  'prompt-phrase',
  'rhythm',
] as const;
/** What may tie two accounts: besides, when something happened. */
export const TIE_TYPES = [...INDICATOR_TYPES, 'task-mix', 'signup-time', 'new-client', 'release-pivot', 'co-timing'] as const;
export type TieType = (typeof TIE_TYPES)[number];

/** Something the members share, with when it was first and last used by one of them. */
export const Indicator = z.object({
  type: z.enum(INDICATOR_TYPES),
  hash: z.custom<Hash64>(),
  family: z.enum(FAMILIES),
  members: z.int(),
  /** Accounts outside the campaign that also hold it. */
  others: z.int(),
  firstUse: z.number(),
  lastUse: z.number(),
  /** What holding it says for being a member (match weight, nats), as of the run that saw it last. */
  weight: z.number().optional(),
});
export type Indicator = z.infer<typeof Indicator>;

export const Member = z.object({
  account: z.custom<AccountKey>(),
  role: z.enum(ROLES),
  /** Log-likelihood ratio (nats) that the account belongs to the campaign and not to the population. */
  score: z.number(),
  families: z.array(z.enum(FAMILIES)),
  /** Sentences: why this account, most telling first. */
  because: z.array(z.string()),
  joinedAt: z.number(),
  /** Exchanges (evidence statuses), and requests our own action prevented. */
  exchanges: z.number(),
  prevented: z.number(),
  /** The other cloud whose tenant it is; absent of a first-party account. No machine acts on a tenant: its cloud is told (referral.ts). */
  cloud: z.string().optional(),
  /** Of a suspected victim: the one API key, of its several, that somebody else uses (keyed hash). */
  key: z.custom<Hash64>().optional(),
  /** A person put it here (regrouping.ts); `from`: the campaign that detection has it in, null for none. No machine acts on it for that. */
  placed: z.object({ from: z.custom<CampaignId>().nullable() }).optional(),
});
export type Member = z.infer<typeof Member>;

export const LINEAGE = ['merged', 'split', 're-linked', 'known-operator'] as const;

/** One of the three things that must all hold before a machine may suspend anybody, with what it stands on or what it lacks. */
export const Leg = z.object({ holds: z.boolean(), because: z.string() });
export type Leg = z.infer<typeof Leg>;
/**
 * coordination: one operator moves the accounts; concealment: behind identities made to look unrelated; purpose: what is asked is what a
 * student model needs (functions/detection/findings/legs.ts).
 */
export const LEGS = ['coordination', 'concealment', 'purpose'] as const;
export const Legs = z.object({ coordination: Leg, concealment: Leg, purpose: Leg });
export type Legs = z.infer<typeof Legs>;

/** What brought the members of a campaign together. */
export const FOUND_BY = ['links', 'content'] as const;

/** A network that keeps its identity from run to run. */
export const Campaign = z.object({
  id: z.custom<CampaignId>(),
  /** Split off by a person: detection does not know it (regrouping.ts). */
  handMade: z.boolean().optional(),
  classification: z.enum(CLASSIFICATIONS),
  /** Probability of each class by the policy's weighted signs; they add up to 1. That of `unclear`: that it is none of the others. */
  probabilities: z.record(z.enum(CLASSIFICATIONS), z.number()),
  /**
   * How usual its features are among groups that are known to be of its class, 0..1: a conformal p-value. Of an unclear campaign: the
   * greatest of any class. Absent in documents of before: then nothing is known, and no machine acts.
   */
  typicality: z.number().min(0).max(1).optional(),
  legs: Legs.optional(),
  /** `content`: nothing links its members but what they ask for (functions/detection/findings/content-candidates.ts). Absent: links. */
  foundBy: z.enum(FOUND_BY).optional(),
  /** What is odd about it: the features that are the least usual for the likeliest class. */
  odd: z.array(z.string()).optional(),
  /** First exchange of a member. */
  firstSeen: z.number(),
  lastSeen: z.number(),
  detectedAt: z.number(),
  /** When the run that wrote this version ran, and the version's number (optimistic lock). */
  updatedAt: z.number(),
  version: z.int(),
  members: z.array(Member),
  evidence: z.array(Evidence),
  /** Families with evidence strong enough to count towards an action. */
  families: z.array(z.enum(FAMILIES)),
  indicators: z.array(Indicator),
  exchanges: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  exchangesBeforeDetection: z.number(),
  /** Share of exchanges by targeted capability (task), 0..1. */
  targets: z.record(z.string(), z.number()),
  /** Hourly exchanges and prevented requests, [hour start ms, exchanges, prevented]. */
  timeline: z.array(z.tuple([z.number(), z.number(), z.number()])),
  /** Which campaigns it absorbed, split from or went on as, of which operator known from elsewhere it is, and when. */
  lineage: z.array(z.object({ at: z.number(), what: z.enum(LINEAGE), with: z.custom<CampaignId | OperatorId>(), because: z.string() })),
  /** What made it: code version, policy version, run id, input fold versions digest. */
  provenance: z.object({ run: z.string(), code: z.string(), policy: z.string(), input: z.string() }),
  /** The version with which its links were saved last (its own when absent), when, and how many accounts it had. */
  links: z.object({ version: z.int(), at: z.number(), accounts: z.int() }).optional(),
});
export type Campaign = z.infer<typeof Campaign>;

/** How likely a campaign's classification is. Of an unclear one: how likely the likeliest class is, which is less than it takes to be named. */
export const probabilityOf = ({ classification, probabilities }: Pick<Campaign, 'classification' | 'probabilities'>): number =>
  classification === 'unclear' ? Math.max(...Object.values(probabilities)) : probabilities[classification];

/** A pair (or star edge) of the link graph, with reasons: what the console draws and the reviewer reads. */
export const Link = z.object({
  from: z.custom<AccountKey>(),
  to: z.custom<AccountKey>(),
  /** Sum of the capped log-likelihood ratios, nats. */
  weight: z.number(),
  reasons: z.array(z.object({ type: z.enum(TIE_TYPES), family: z.enum(FAMILIES), weight: z.number(), hash: z.custom<Hash64>() })),
});
export type Link = z.infer<typeof Link>;

/** Accounts and what they sent. */
export type Part = { accounts: number; exchanges: number; prevented: number };
const NOBODY: Part = { accounts: 0, exchanges: 0, prevented: 0 };
const plus = (part: Part, { exchanges, prevented }: Member): Part => ({
  accounts: part.accounts + 1,
  exchanges: part.exchanges + exchanges,
  prevented: part.prevented + prevented,
});

/** The provider's own accounts among members. */
export const firstPartyOf = (members: readonly Member[]): Part => members.filter(({ cloud }) => cloud === undefined).reduce(plus, NOBODY);

/** Tenants of other clouds among members, by cloud, the most accounts first. With the provider's own accounts they are all members. */
export function tenantsOf(members: readonly Member[]): Record<string, Part> {
  const clouds = new Map<string, Part>();
  for (const member of members) if (member.cloud !== undefined) clouds.set(member.cloud, plus(clouds.get(member.cloud) ?? NOBODY, member));
  return Object.fromEntries([...clouds].sort(([one, a], [other, b]) => b.accounts - a.accounts || (one < other ? -1 : 1)));
}

/** What stands in a campaign before anything of it is counted. */
export const nothingCounted = () =>
  ({
    indicators: [],
    exchanges: 0,
    inputTokens: 0,
    outputTokens: 0,
    exchangesBeforeDetection: 0,
    targets: {},
    timeline: [],
  }) satisfies Partial<Campaign>;

/** What stands in a campaign that people made, about which detection has found nothing. */
export const nothingFound = () =>
  ({
    classification: 'unclear',
    probabilities: { distillation: 0, reselling: 0, 'hijacked-keys': 0, 'shared-origin': 0, unclear: 1 },
    evidence: [],
    families: [],
    ...nothingCounted(),
    lineage: [],
  }) satisfies Partial<Campaign>;
