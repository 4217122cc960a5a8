import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DAY, iso } from '../time';
import { TLP, type Tlp } from './stix';

/**
 * What labs send each other under the salt of a group: STIX 2.1 objects of four kinds. An indicator holds the keyed hash of a normalised
 * value under the group's salt (functions/exchange/normalise.ts), so that only members of the group can look for it.
 */

/** An indicator that does not end would speak against the next owner of an address. */
export const LONGEST_SHARED = 400 * DAY;
/** How far ahead of ours another lab's clock may be. */
export const AHEAD = 10 * 60_000;
export const LARGEST_OBJECT = 16_384;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const id = (type: string) => z.string().regex(new RegExp(`^${type}--${UUID}$`), `An id of the form ${type}--UUID.`);
const Timestamp = z.iso.datetime({ error: 'A time in UTC, as 2026-04-22T07:00:00.000Z.' });
const oneLine = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\u2028\u2029<>[\]`]*$/u, 'One line of plain text.');
const MARKINGS = Object.values(TLP) as string[];
const common = {
  spec_version: z.literal('2.1'),
  created: Timestamp,
  modified: Timestamp,
  created_by_ref: id('identity'),
  revoked: z.boolean().default(false),
  object_marking_refs: z.array(z.string().refine((ref) => MARKINGS.includes(ref), 'One of the four TLP markings of STIX 2.1.')).length(1),
};

export const PATTERN = /^\[x-lockstep-shared:kind = '([a-z-]{1,32})' AND x-lockstep-shared:group_hash = '([0-9a-f]{64})'\]$/;

export const SharedIndicator = z.strictObject({
  type: z.literal('indicator'),
  id: id('indicator'),
  ...common,
  name: oneLine(200),
  description: oneLine(500).optional(),
  indicator_types: z.tuple([z.literal('malicious-activity')]),
  pattern: z.string().regex(PATTERN, 'A pattern of a kind and a hash under the group’s salt.'),
  pattern_type: z.literal('stix'),
  valid_from: Timestamp,
  valid_until: Timestamp,
  confidence: z.int().min(0).max(100).optional(),
});
export type SharedIndicator = z.infer<typeof SharedIndicator>;

/** That another lab met an indicator. How often; never in whose traffic. */
export const SharedSighting = z.strictObject({
  type: z.literal('sighting'),
  id: id('sighting'),
  ...common,
  sighting_of_ref: id('indicator'),
  count: z.int().min(0).max(999_999_999),
  first_seen: Timestamp.optional(),
  last_seen: Timestamp.optional(),
});
export const OPINIONS = ['strongly-disagree', 'disagree', 'neutral', 'agree', 'strongly-agree'] as const;
export const SharedOpinion = z.strictObject({
  type: z.literal('opinion'),
  id: id('opinion'),
  ...common,
  opinion: z.enum(OPINIONS),
  explanation: oneLine(500).optional(),
  object_refs: z.array(id('indicator')).min(1).max(100),
});
export const SharedIdentity = z.strictObject({
  type: z.literal('identity'),
  id: id('identity'),
  ...common,
  name: oneLine(200),
  identity_class: z.enum(['organization', 'system']),
});
export const SharedObject = z.discriminatedUnion('type', [SharedIndicator, SharedSighting, SharedOpinion, SharedIdentity]);
export type SharedObject = z.infer<typeof SharedObject>;

export type ReadShared = { kind: 'object'; object: SharedObject } | { kind: 'refused'; because: string };

/** One object as it may be kept or used at `now`, or why not. Pure. */
export function sharedObject(value: unknown, now: number): ReadShared {
  if (Buffer.byteLength(JSON.stringify(value) ?? '') > LARGEST_OBJECT) return refused(`it is larger than ${LARGEST_OBJECT} bytes`);
  const parsed = SharedObject.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refused(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'does not fit'}`);
  }
  const object = parsed.data;
  if (Date.parse(object.modified) > now + AHEAD) return refused(`modified: ${object.modified} is still to come`);
  if (Date.parse(object.modified) < Date.parse(object.created)) return refused('modified: before it was created');
  if (object.object_marking_refs[0] === TLP.red) return refused('object_marking_refs: TLP:RED is for nobody else');
  if (object.type === 'indicator') {
    const [from, until] = [Date.parse(object.valid_from), Date.parse(object.valid_until)];
    if (until <= from) return refused('valid_until: it ends before it begins');
    if (until > Math.max(from, now) + LONGEST_SHARED) return refused(`valid_until: at most ${LONGEST_SHARED / DAY} days`);
  }
  return { kind: 'object', object };
}
const refused = (because: string): ReadShared => ({ kind: 'refused', because });

/** UUID version 5 (RFC 9562) of a name: the same thing has the same id again. */
const NAMESPACE = Buffer.from('6c6f636b73746570e3736861726564f1', 'hex');
export function sharedId(type: string, name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(`${type}/${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Who says so, under which marking, and when. */
export type Saying = { lab: string; tlp: Exclude<Tlp, 'red'>; now: number };
const head = (type: string, name: string, { lab, tlp, now }: Saying) => ({
  id: sharedId(type, `${lab}/${name}`),
  spec_version: '2.1' as const,
  created: iso(now),
  modified: iso(now),
  created_by_ref: sharedId('identity', lab),
  revoked: false,
  object_marking_refs: [TLP[tlp]],
});

export const identityOf = (says: Saying): SharedObject => ({
  type: 'identity',
  ...head('identity', '', says),
  id: sharedId('identity', says.lab),
  name: says.lab,
  identity_class: 'organization',
});

/** `hash`: of the value under the group's salt. The same hash of the same lab is the same indicator, so that it can be revoked. */
export const indicatorOf = (
  { kind, hash, campaign, until }: { kind: string; hash: string; campaign: string; until: number },
  says: Saying,
): SharedIndicator => ({
  type: 'indicator',
  ...head('indicator', `${kind}/${hash}`, says),
  name: `${kind} of ${campaign}`,
  indicator_types: ['malicious-activity'],
  pattern: `[x-lockstep-shared:kind = '${kind}' AND x-lockstep-shared:group_hash = '${hash}']`,
  pattern_type: 'stix',
  valid_from: iso(says.now),
  valid_until: iso(until),
});
export const revocationOf = (indicator: SharedIndicator, now: number): SharedIndicator => ({
  ...indicator,
  revoked: true,
  modified: iso(now),
});
export const sightingOf = (indicator: string, count: number, says: Saying): SharedObject => ({
  type: 'sighting',
  ...head('sighting', `${indicator}/${says.now}`, says),
  sighting_of_ref: indicator,
  count,
});
export const opinionOf = (indicators: readonly string[], opinion: (typeof OPINIONS)[number], says: Saying): SharedObject => ({
  type: 'opinion',
  ...head('opinion', `${opinion}/${indicators.join()}/${says.now}`, says),
  opinion,
  object_refs: [...indicators],
});

/** What an indicator is about. Undefined: its pattern is none of ours, which `sharedObject` would have refused. */
export function subjectOf({ pattern }: SharedIndicator): { kind: string; hash: string } | undefined {
  const [, kind, hash] = PATTERN.exec(pattern) ?? [];
  return kind === undefined || hash === undefined ? undefined : { kind, hash };
}
