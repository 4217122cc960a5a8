import type { DetectionPolicy } from '../../../shared/domain/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import type { ObjectStore } from '../../../shared/ports';
import type { Population } from '../profiles/population';
import type { Profile } from '../profiles/profile';
import { TraitIds } from '../traits/trait-ids';
import { type Counted, TraitIndex } from '../traits/trait-index';
import { type Census, NOT_REFERENCE, type Segments, standingsIn } from './census';
import { namesOf, type ScreenCut, screen, screenPolicyOf } from './screen';
import { accountAt, placesOf, sizeOf } from './screen-columns';
import { countTraits } from './trait-counts';

/** Accounts of the reference that are read with their profiles, so that candidates are compared with what people do. */
const SAMPLE = 20_000;

export type ScreenedIndex = {
  index: TraitIndex;
  /** Of the reference, drawn by key: for what is compared with people at large. */
  sample: ReadonlySet<AccountKey>;
  /** Accounts that the screen named, and all that were unpacked. */
  candidates: number;
  unpacked: number;
};

/**
 * Screen everybody in columns, judge few with profiles: an index of candidates, members of campaigns and a sample of the reference,
 * in which every count is that of the whole population.
 */
export async function screenedIndex(
  population: { profiles: Pick<Population['profiles'], 'get'>; releases: Population['releases'] },
  segments: Segments,
  given: { members: ReadonlySet<AccountKey>; known: ReadonlySet<AccountKey>; now: number; policy: DetectionPolicy; cut: ScreenCut },
  spill: Pick<ObjectStore, 'put' | 'get' | 'delete'>,
): Promise<ScreenedIndex> {
  const { now, policy, known } = given;
  const screened = await screen(segments, known, now, screenPolicyOf(policy), given.cut, spill);
  const { census } = screened;
  const candidates = await namesOf(screened.candidates, segments, census);
  const reference = new Set<AccountKey>();
  const sample = await sampleOf(segments, census);
  const wanted = new Set([...candidates, ...given.members, ...sample]);
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const standings = standingsIn(columns, census);
    for (const at of placesOf(columns, wanted)) if (standings[at] !== NOT_REFERENCE) reference.add(accountAt(columns, at));
  }
  const profiles: Profile[] = [];
  for (const account of wanted) {
    const profile = population.profiles.get(account);
    if (profile) profiles.push(profile);
  }
  profiles.sort(byArrival);
  const counts = { ids: new TraitIds(), vouchers: new Uint32Array(0), holders: new Uint32Array(0) };
  const countOf = (which: 'vouchers' | 'holders') => (type: number, hash: number) => counts[which][counts.ids.find(type, hash) ?? -1] ?? 0;
  const counted: Counted = {
    referenceSize: census.referenceSize,
    isReference: (account) => reference.has(account),
    vouchers: countOf('vouchers'),
    holders: countOf('holders'),
    births: census.births,
    together: (type) => screened.together[type] ?? 0,
  };
  const index = new TraitIndex(
    {
      referenceAgeDays: policy.referenceAgeDays.value,
      smallestReference: policy.smallestReference.value,
      hubShare: policy.hubShare.value,
    },
    counted,
  );
  index.read(profiles, population.releases);
  const { types, hashes, size } = index.traits;
  for (let id = 0; id < size; id++) counts.ids.of(types[id]!, hashes[id]!);
  Object.assign(counts, await countTraits(counts.ids, segments, census));
  index.update([], population.releases, now, new Set());
  return { index, sample, candidates: candidates.length, unpacked: profiles.length };
}

/** In the order in which accounts came: the same in every process. */
export const byArrival = (one: Profile, other: Profile): number =>
  one.firstSeen - other.firstSeen || (one.account < other.account ? -1 : one.account > other.account ? 1 : 0);

/** Accounts of the reference whose keys lie lowest by some of their characters: the same whatever the segments. */
async function sampleOf(segments: Segments, census: Census): Promise<Set<AccountKey>> {
  const share = SAMPLE / Math.max(1, census.referenceSize);
  const sample = new Set<AccountKey>();
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const standings = standingsIn(columns, census);
    for (let at = 0; at < sizeOf(columns); at++) {
      if (standings[at] === NOT_REFERENCE) continue;
      const account = accountAt(columns, at);
      if (share >= 1 || Buffer.from(account.slice(4, 8), 'base64url').readUIntBE(0, 3) / 2 ** 24 < share) sample.add(account);
    }
  }
  return sample;
}
