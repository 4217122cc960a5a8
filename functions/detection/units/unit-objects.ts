import { z } from 'zod';
import { Campaign, Indicator } from '../../../shared/domain/campaigns/campaign';
import { KnownOperator } from '../../../shared/domain/campaigns/known-operator';
import { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import { ByteReader } from '../../../shared/formats/bytes';
import { type AccountKey, accountKey, type CampaignId } from '../../../shared/identity/ids';
import type { Profile } from '../profiles/profile';
import { readProfile } from '../profiles/profile-codec';
import { Bytes, Doubles, Words } from '../screen/columns/growing';
import { KEY_BYTES } from '../screen/columns/screen-columns';
import { TraitIds } from '../traits/trait-ids';
import { type Counted, weightsUnasked } from '../traits/trait-index';
import { SettledUnit } from './settled';
import type { Among, Part, UnitRules } from './unit-judge';

/** What stands in the objects of a run whose units are judged by functions, by name of the object. */

/** Packed profiles one after another; where each ends. */
export const PACKED = { packed: Uint8Array, ends: Uint32Array } as const;

/**
 * `units/<step>/<batch>`: some parts, and all that is known of their accounts. Accounts are named by their place in `names`; one without bytes
 * has no profile. `flags`: MARK, and REFERENCE. Of each part where its accounts and its guests end, and PART; its campaigns as JSON.
 */
export const BATCH = {
  ...PACKED,
  names: Uint8Array,
  flags: Uint8Array,
  types: Uint8Array,
  hashes: Float64Array,
  inReference: Uint32Array,
  holders: Uint32Array,
  accounts: Uint32Array,
  accountEnds: Uint32Array,
  guests: Uint32Array,
  guestEnds: Uint32Array,
  parts: Uint8Array,
  campaigns: Uint8Array,
} as const;
type BatchArrays = {
  [K in keyof typeof BATCH]: (typeof BATCH)[K] extends Uint8ArrayConstructor
    ? Uint8Array
    : (typeof BATCH)[K] extends Uint32ArrayConstructor
      ? Uint32Array
      : Float64Array;
};
const REFERENCE = 128;
const BY_CONTENT = 1;
const VISITING = 2;

/** `units/rules`: what all units of a run are judged by, and what is counted of everybody. */
export const RulesObject = z.object({
  policy: DetectionPolicy,
  now: z.number(),
  releases: z.array(z.tuple([z.string(), z.number()])),
  operators: z.array(KnownOperator),
  returning: z.array(
    z.object({
      id: z.custom<CampaignId>(),
      size: z.int(),
      indicators: z.array(Indicator.pick({ type: true, hash: true, family: true, members: true })),
    }),
  ),
  tracking: z.object({ start: z.number(), provenance: Campaign.shape.provenance, names: z.array(z.string()) }),
  census: z.object({
    size: z.int(),
    referenceSize: z.int(),
    signupsPerDay: z.array(z.tuple([z.number(), z.number()])),
    together: z.array(z.number()),
  }),
});
export type RulesObject = z.infer<typeof RulesObject>;

/** `units/<step>/settling`. */
export const SettlingObject = z.object({ upTo: z.number(), popular: z.array(z.tuple([z.number(), z.number()])) });

/** `units/<step>/made/<batch>`. */
const Tests = z.object({ p: z.array(z.number()), groups: z.int() });
export const MADE = {
  ask: z.array(z.custom<AccountKey>()),
  look: z.array(
    z.object({
      tests: Tests,
      linked: z.array(z.custom<AccountKey>()),
      networks: z.array(z.object({ content: z.array(z.tuple([z.number(), z.number()])), isCell: z.boolean() })),
      returning: z.array(z.custom<CampaignId>()),
      askers: z.array(z.custom<AccountKey>()),
      made: SettledUnit.optional(),
    }),
  ),
  content: z.boolean(),
  test: z.array(Tests),
  settle: z.array(SettledUnit),
} as const;

export const releasesOf = ({ releases }: RulesObject): UnitRules['releases'] => new Map(releases);

/** Profiles as one object, in order; those that there are not are left out. */
export function packedOf(profiles: Iterable<Uint8Array | undefined>): { packed: Uint8Array; ends: Uint32Array } {
  const all = [...profiles];
  const ends = new Uint32Array(all.length);
  let length = 0;
  all.forEach((one, at) => {
    length += one?.length ?? 0;
    ends[at] = length;
  });
  const packed = new Uint8Array(length);
  all.forEach((one, at) => {
    if (one) packed.set(one, ends[at]! - one.length);
  });
  return { packed, ends };
}

export function packedAt({ packed, ends }: { packed: Uint8Array; ends: Uint32Array }, at: number): Uint8Array | undefined {
  const from = at === 0 ? 0 : ends[at - 1]!;
  return from === ends[at] ? undefined : packed.subarray(from, ends[at]);
}

export function profileAt(of: { packed: Uint8Array; ends: Uint32Array }, at: number): Profile | undefined {
  const packed = packedAt(of, at);
  return packed && readProfile(new ByteReader(packed));
}

/** `held`: what the accounts of the parts hold that others may hold too, and what is counted besides. */
export function batchOf(
  parts: readonly Part[],
  profiles: { packed(account: AccountKey): Uint8Array | undefined },
  marks: Among['marks'],
  counted: Counted,
  held: Pick<TraitIds, 'size' | 'types' | 'hashes'>,
): BatchArrays {
  const places = new Map<AccountKey, number>();
  const placeOf = (account: AccountKey): number => {
    const known = places.get(account);
    if (known !== undefined) return known;
    places.set(account, places.size);
    return places.size - 1;
  };
  const lists = { accounts: new Words(), accountEnds: new Words(), guests: new Words(), guestEnds: new Words(), parts: new Bytes() };
  for (const { accounts, guests, byContent, isVisiting } of parts) {
    for (const account of accounts) lists.accounts.push(placeOf(account));
    for (const guest of guests) lists.guests.push(placeOf(guest));
    lists.accountEnds.push(lists.accounts.length);
    lists.guestEnds.push(lists.guests.length);
    lists.parts.push((byContent ? BY_CONTENT : 0) | (isVisiting ? VISITING : 0));
  }
  // Tracking counts over all members of a campaign, wherever they are.
  for (const { campaigns } of parts) for (const { members } of campaigns) for (const { account } of members) placeOf(account);
  const all = [...places.keys()];
  const traits = { types: new Bytes(), hashes: new Doubles(), inReference: new Words(), holders: new Words() };
  for (let id = 0; id < held.size; id++) {
    const [type, hash] = [held.types[id]!, held.hashes[id]!];
    const holders = counted.holders(type, hash);
    if (holders === 0) continue;
    traits.types.push(type);
    traits.hashes.push(hash);
    traits.holders.push(holders);
    traits.inReference.push(counted.inReference(type, hash));
  }
  return {
    ...packedOf(all.map((account) => profiles.packed(account))),
    names: Buffer.from(all.join(''), 'latin1'),
    flags: Uint8Array.from(all, (account) => marks(account) | (counted.isReference(account) ? REFERENCE : 0)),
    types: traits.types.filled(),
    hashes: traits.hashes.filled(),
    inReference: traits.inReference.filled(),
    holders: traits.holders.filled(),
    accounts: lists.accounts.filled(),
    accountEnds: lists.accountEnds.filled(),
    guests: lists.guests.filled(),
    guestEnds: lists.guestEnds.filled(),
    parts: lists.parts.filled(),
    campaigns: Buffer.from(JSON.stringify(parts.map(({ campaigns }) => campaigns)), 'utf8'),
  };
}

const Campaigns = z.array(z.array(z.custom<Campaign>((value) => Campaign.safeParse(value).success)));

/** The parts of a batch, and what they are judged with. */
export function readBatch(batch: BatchArrays, { census }: RulesObject): { parts: Part[]; among: Among } {
  const { names, flags } = batch;
  const all = Array.from(flags, (_, at) =>
    accountKey(Buffer.from(names.buffer, names.byteOffset + KEY_BYTES * at, KEY_BYTES).toString('latin1')),
  );
  const places = new Map(all.map((account, at) => [account, at]));
  const campaigns = Campaigns.parse(JSON.parse(Buffer.from(batch.campaigns).toString('utf8')));
  const between = (list: Uint32Array, ends: Uint32Array, part: number): AccountKey[] =>
    Array.from(list.subarray(part === 0 ? 0 : ends[part - 1]!, ends[part]!), (at) => all[at]!);
  const parts = Array.from(batch.parts, (flag, part) => ({
    accounts: between(batch.accounts, batch.accountEnds, part),
    guests: between(batch.guests, batch.guestEnds, part),
    campaigns: campaigns[part]!,
    byContent: (flag & BY_CONTENT) !== 0,
    isVisiting: (flag & VISITING) !== 0,
  }));
  const flagOf = (account: AccountKey): number => flags[places.get(account) ?? -1] ?? 0;
  const peek = (account: AccountKey): Profile | undefined => {
    const at = places.get(account);
    return at === undefined ? undefined : profileAt(batch, at);
  };
  return {
    parts,
    among: { profiles: { peek }, marks: (account) => flagOf(account) & ~REFERENCE, counted: countedIn(batch, census, flagOf) },
  };
}

function countedIn(batch: BatchArrays, census: RulesObject['census'], flagOf: (account: AccountKey) => number): Counted {
  const ids = new TraitIds();
  batch.hashes.forEach((hash, at) => {
    ids.of(batch.types[at]!, hash);
  });
  return {
    size: census.size,
    referenceSize: census.referenceSize,
    isReference: (account) => (flagOf(account) & REFERENCE) !== 0,
    inReference: (type, hash) => batch.inReference[ids.find(type, hash) ?? -1] ?? 0,
    holders: (type, hash) => batch.holders[ids.find(type, hash) ?? -1] ?? 0,
    signupsPerDay: new Map(census.signupsPerDay),
    together: (type) => census.together[type] ?? 0,
    weights: weightsUnasked(),
  };
}
