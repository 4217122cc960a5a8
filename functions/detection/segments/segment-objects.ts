import { z } from 'zod';
import type { AccountKey } from '../../../shared/identity/ids';
import { Head } from '../profiles/checkpoints';
import { KEY_BYTES } from '../screen/columns/screen-columns';
import { PACKED } from '../units/unit-objects';

/** What stands in the objects of a run of a population that is kept by segment, by name of the object. `s`: segment, `q`: number of a question. */

/** `segments`: what the population is made of: a checkpoint, and outputs that were folded since, hour by hour, always in one order. */
export const SegmentsGiven = z.object({
  /** A power of two. */
  count: z.int(),
  base: Head.pick({ start: true, last: true, segments: true }),
  hours: z.array(z.object({ hour: z.number(), keys: z.array(z.string()) })),
  /** Of all segments: a task sees but some outputs. */
  releases: z.array(z.tuple([z.string(), z.number()])),
});
export type SegmentsGiven = z.infer<typeof SegmentsGiven>;

/** What could not be read: a file of the checkpoint, or an output of an hour (ms). */
export const Damage = z.object({ key: z.string(), isMissing: z.boolean(), isBase: z.boolean(), hour: z.number() });
export type Damage = z.infer<typeof Damage>;

/** `absorbed/s`. */
export const Absorbed = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('absorbed'),
    accounts: z.int(),
    rows: z.int(),
    start: z.int(),
    /** Met in its outputs: the hour (ms), the place of the output in it, and of the release in that, with the model and when (ms). */
    releases: z.array(z.tuple([z.number(), z.int(), z.int(), z.string(), z.number()])),
  }),
  Damage.extend({ kind: z.literal('damaged') }),
]);
export type Absorbed = z.infer<typeof Absorbed>;

/** `profiles/s`: in the order of keys. `told`: 1 of whom the provider said something in the outputs since the checkpoint. */
export const PROFILES = { ...PACKED, names: Uint8Array, told: Uint8Array } as const;
/** `glances/s`: as in a Glance; `createdAt` NaN where the provider did not say. */
export const GLANCES = {
  names: Uint8Array,
  createdAt: Float64Array,
  lastUse: Float64Array,
  lastHeard: Float64Array,
  exchanges: Float64Array,
} as const;

/** `kept/s`: the file of a segment in a checkpoint. */
export const KeptFile = Head.shape.segments.element;

/** `placing`: groups and guests that the screen found; ties by name. */
export const PLACING = { groupOf: Uint32Array, guests: Float64Array, tiedNames: Uint8Array, ties: Uint32Array } as const;
/** `samples/s`: accounts of the sample of the reference. */
export const SAMPLES = { ...PACKED, names: Uint8Array } as const;

/** `repeats`: on how many places hashes of traits fall, and how many are looked after together. */
export const RepeatsGiven = z.object({ places: z.int(), slice: z.int() });
/** `repeats/slice/s`, `again/slice`. */
export const BITS = { bits: Uint8Array } as const;

/** `wanted/q/s`: accounts, and of WANT for each. */
export const WANTED = { names: Uint8Array, wants: Uint8Array } as const;
export const WANT = {
  /** Its profile. */
  profile: 1,
  /** Its profile, if it was told. */
  ifTold: 2,
  /** What it holds that somebody else may hold too, and whether it is of the reference. */
  traits: 4,
} as const;
/** `handed/q/s`: in the order of `wanted`; no bytes where there is no such profile. `starts`: one longer than accounts. */
export const HANDED = {
  ...PACKED,
  isReference: Uint8Array,
  starts: Uint32Array,
  types: Uint8Array,
  hashes: Float64Array,
} as const;

/** `counting/q`: traits (TRAITS); `counted/q/s`: those that are held in the segment, by their place. */
export const COUNTED = { ids: Uint32Array, holders: Uint32Array, inReference: Uint32Array } as const;

/** Tasks of a question, for a segment: both are one number. */
export const QUESTIONS_OF = 64;

export const namesOf = (accounts: readonly AccountKey[]): Uint8Array => Buffer.from(accounts.join(''), 'latin1');
export const namedIn = ({ names }: { names: Uint8Array }): number => names.length / KEY_BYTES;
