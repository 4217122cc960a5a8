import { z } from 'zod';
import { CLASSIFICATIONS } from '../campaigns/campaign';
import { ONE_LINE } from '../plain-text';

/** A number that judges people, with the reason it has this value. */
export const Reasoned = <T extends z.ZodType>(value: T) => z.object({ value, reason: z.string().min(10).regex(ONE_LINE) });
export type Reasoned<T> = { value: T; reason: string };

const positive = z.number().positive();
const share = z.number().min(0).max(1);

/** The features of a group that its classification is made from, each 0..1 (functions/detection/findings/features.ts says how each is measured). */
export const GROUP_FEATURES = [
  'flatDay',
  'humanDay',
  'evenLoad',
  'burstyLoad',
  'dealtLoad',
  'unequalLoad',
  'asking',
  'ownContent',
  'harvest',
  'cardCells',
  'rotatingPool',
  'open',
  'place',
  'aged',
  'takeover',
  'together',
  'pivot',
] as const;
export type GroupFeature = (typeof GROUP_FEATURES)[number];

/** One row of the classification: what a feature, fully there, adds to the log-odds of a class. */
export const ClassWeight = z.object({
  classification: z.enum(CLASSIFICATIONS),
  feature: z.enum([...GROUP_FEATURES, 'always']),
  weight: z.number(),
  reason: z.string().min(10),
});
export type ClassWeight = z.infer<typeof ClassWeight>;

/** The bounds of the three legs (functions/detection/findings/legs.ts). */
export const LegPolicy = z.object({
  /** Overdispersion of the members' loads, at most, two standard errors included; people have 0.5 and more. */
  loadSpread: Reasoned(z.number().positive()),
  /** Payment instruments that each pay for three accounts or more with nothing else in common, at least, and the share of paying members they pay for. */
  cells: Reasoned(z.int().min(2)),
  cardCells: Reasoned(share),
  /** Of the group's own pool of addresses: share of members among them and established accounts that use it, share of members that use it, share of members that rotate, addresses. */
  exclusivePool: Reasoned(share),
  pooled: Reasoned(share),
  rotating: Reasoned(share),
  pool: Reasoned(z.int().min(2)),
  /** Index of dispersion of members' hourly counts, at most, for requests that a machine spaces out. */
  machineDispersion: Reasoned(z.number().positive()),
  /** Share of members of long standing from which an owner whom one can call is known. Absent: openness shields a machine's load, too. */
  knownOwner: Reasoned(share).optional(),
  /** Where no cards show it: share of all users of the pool that are members, at least; `exclusivePool` where not given. */
  mostOfPool: Reasoned(share).optional(),
  /** The same index for requests so even that accounts that pay nothing are no event; none is where not given. */
  evenDispersion: Reasoned(z.number().positive()).optional(),
  /** Share of members that signed up within ten days, and that pay. */
  together: Reasoned(share),
  paying: Reasoned(share),
  /** Share under one organisation, one uncommon domain, or at one place, from which a group is open; and under one payer. */
  open: Reasoned(share),
  onePayer: Reasoned(share),
  /** How many times as often as the population the group asks for reasoning or grades, at least, three standard errors taken off, and in what share of its requests. */
  askingTimes: Reasoned(z.number().min(1)),
  askingShare: Reasoned(share),
  /** The same for a purpose behind many other requests: a smaller share, and that many times as often. None where not given. */
  diluted: z.object({ times: Reasoned(z.number().min(1)), share: Reasoned(share) }).optional(),
});
export type LegPolicy = z.infer<typeof LegPolicy>;

/** Groups of a class as they were seen in evaluation, to tell how usual a new one is (functions/detection/findings/typicality.ts). */
export const ClassExamples = z.object({
  classification: z.enum(CLASSIFICATIONS),
  /** Mean and standard deviation of each feature over the class. */
  features: z.record(z.enum(GROUP_FEATURES), z.object({ mean: z.number(), deviation: z.number().positive() })),
  /** How far groups that the numbers above were not made with are from them, ascending. */
  distances: z.array(z.number().min(0)).min(1),
});
export type ClassExamples = z.infer<typeof ClassExamples>;

/** What detection is tuned by. Owned by functions/detection; replayed on the past before it goes live. */
export const DetectionPolicy = z.object({
  /** Days that are read: 14 at most, for so many are kept of an account. */
  windowDays: Reasoned(z.int().min(1).max(14)),
  minimumNetwork: Reasoned(z.int().min(3)),
  /** Nats two accounts must share to be joined, from two families at least. */
  linkThreshold: Reasoned(positive),
  /** Nats an account must score against its group's profile to be a member, from two families at least. */
  memberThreshold: Reasoned(positive),
  /** Nats above which a member is core rather than peripheral. */
  coreThreshold: Reasoned(positive),
  referenceAgeDays: Reasoned(positive),
  smallestReference: Reasoned(z.int().min(1)),
  /** A trait that a larger share of the reference holds links nobody. */
  hubShare: Reasoned(share),
  /** Benjamini-Hochberg level for the content tests of one run. */
  falseDiscoveryRate: Reasoned(share),
  classes: z.array(ClassWeight),
  /** What is known of each class; a class without examples is typical of nothing. */
  examples: Reasoned(z.array(ClassExamples)),
  legs: LegPolicy,
  /** How likely a class is, at least, to be named; below it a group is unclear. More than a half, so that one class at most can be. */
  namedFrom: Reasoned(z.number().gt(0.5).max(1)),
  /** How typical of a class a group is, at least, to be named so. */
  typicalFrom: Reasoned(share),
});
export type DetectionPolicy = z.infer<typeof DetectionPolicy>;
