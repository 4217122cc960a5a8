import { z } from 'zod';
import type { Hash64 } from '../../identity/ids';
import { CLASSIFICATIONS, type Classification, FAMILIES, INDICATOR_TYPES, type Indicator } from '../campaigns/campaign';
import { Reasoned } from './detection-policy';
import { Mode } from './enforcement-policy';

/** What is answered about a newcomer: let in, ask for proof first, or keep waiting for a person. */
export const ADMISSIONS = ['allow', 'challenge', 'hold'] as const;
export type Admission = (typeof ADMISSIONS)[number];

/** The numbers of the check of newcomers. One account alone bears little: nobody is suspended by them, in any mode. */
export const AdmissionPolicy = z.object({
  /** observe and shadow: everybody is let in, and told what auto would have said. assist: challenges where auto would hold. */
  mode: Reasoned(Mode),
  /** Nats of resemblance to one campaign, from which a newcomer is challenged, and from which it is held. */
  challengeFrom: Reasoned(z.number().positive()),
  holdFrom: Reasoned(z.number().positive()),
  /** Families that must each have `familyFrom` nats, at least, for either. */
  families: Reasoned(z.int().min(2)),
  familyFrom: Reasoned(z.number().positive()),
  /** How long the provider's own check may take, once somebody is challenged, limited or held; 72 hours where not given. */
  verifyWithinHours: Reasoned(z.number().positive()).optional(),
});
export type AdmissionPolicy = z.infer<typeof AdmissionPolicy>;

/** What is seen of an account only once it has worked for a while. */
const SEEN_LATER = ['prompt-phrase', 'rhythm'] as const;
export type ShownType = Exclude<Indicator['type'], (typeof SEEN_LATER)[number]>;
/** Indicators that a newcomer can show before it did anything. */
export const SHOWN_AT_FIRST = INDICATOR_TYPES.filter((type): type is ShownType => !(SEEN_LATER as readonly string[]).includes(type));

/** One thing that a newcomer shows, hashed. */
export type Shown = { type: ShownType; hash: Hash64 };

/** That a campaign is known by something: what a newcomer is compared with. `weight`: match weight, nats. */
export const KnownBy = z.object({
  type: z.enum(INDICATOR_TYPES),
  campaign: z.string(),
  classification: z.enum(CLASSIFICATIONS),
  family: z.enum(FAMILIES),
  weight: z.number(),
  members: z.int(),
  size: z.int(),
});
export type KnownBy = z.infer<typeof KnownBy>;

/** Operators whose next account may be told by what it shows. Victims of stolen keys and ordinary customers are none. */
export const OPERATED: ReadonlySet<Classification> = new Set(['distillation', 'reselling']);
