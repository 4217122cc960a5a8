import { z } from 'zod';
import { KINDS } from './campaign';
import { ONE_LINE } from './plain-text';

/** A number that judges people, with the reason it has this value. */
export const Reasoned = <T extends z.ZodType>(value: T) => z.object({ value, reason: z.string().min(10).regex(ONE_LINE) });
export type Reasoned<T> = { value: T; reason: string };

const positive = z.number().positive();
const share = z.number().min(0).max(1);

/** The signs a kind is told by, each 0..1 (functions/detection/findings/classify.ts says how each is measured). */
export const SIGNS = [
  'machineDay',
  'humanDay',
  'even',
  'bursty',
  'narrow',
  'asks',
  'harvest',
  'hidden',
  'pool',
  'cards',
  'customer',
  'payerAlone',
  'place',
  'old',
  'taken',
  'pivot',
] as const;
export type Sign = (typeof SIGNS)[number];

/** One row of the judgement of kinds: what a sign, fully there, adds to the log-odds of a kind. */
export const KindWeight = z.object({
  kind: z.enum(KINDS),
  sign: z.enum([...SIGNS, 'always']),
  weight: z.number(),
  reason: z.string().min(10),
});
export type KindWeight = z.infer<typeof KindWeight>;

/** What detection is tuned by. Owned by functions/detection; replayed on the past before it goes live. */
export const DetectionPolicy = z.object({
  windowDays: Reasoned(z.int().min(1).max(60)),
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
  kinds: z.array(KindWeight),
  /** How likely a kind is, at least, to be named; below it a group is unclear. More than a half, so that one kind at most can be. */
  namedFrom: Reasoned(z.number().gt(0.5).max(1)),
});
export type DetectionPolicy = z.infer<typeof DetectionPolicy>;
