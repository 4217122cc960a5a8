import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import { segmentOf } from '../../../shared/formats/segment-of';
import type { AccountKey } from '../../../shared/identity/ids';
import type { ObjectStore } from '../../../shared/ports';
import type { Profile } from '../profiles/profile';
import type { PackedProfiles } from '../profiles/profiles';
import { TraitIds } from '../traits/trait-ids';
import { type Counted, TraitIndex, weightsUnasked } from '../traits/trait-index';
import { Repeated } from './columns/repeated';
import { accountAt, placesOf, type ScreenColumns, sizeOf } from './columns/screen-columns';
import { type Census, NOT_REFERENCE, type Segments, standingsIn } from './holders/census';
import { countTraits } from './holders/trait-counts';
import { type ScreenCut, type Screened, screen, screenPolicyOf } from './screen';
import { type Places, placesIn, tiesOf, type Unit, unitsOf, visitsOf } from './units';

/** Accounts of the reference that are read with their profiles, so that candidates are compared with what people do. */
const SAMPLE = 20_000;

export type Trait = { type: number; hash: number };
/** What some accounts are judged with. */
export type About = {
  profiles: PackedProfiles;
  /** Over everybody: what any of them holds together with anybody else. */
  counted: Counted;
  /** What any of some of them holds that somebody else may hold too. */
  shared(accounts: Iterable<AccountKey>): Promise<TraitIds>;
};
/** Everybody screened, wherever they are: here (`Screening`), or by segments (segments/screened-by-segments.ts). */
export interface ScreenedPopulation {
  readonly census: Pick<Census, 'size' | 'referenceSize' | 'signupsPerDay'>;
  readonly units: readonly Unit[];
  readonly together: Float64Array;
  /** Packed profiles of accounts of the reference whose keys lie lowest by some of their characters, in the order of keys: the same whatever the segments. */
  sample(): Promise<Uint8Array[]>;
  /** `besides`: traits that are counted, too; `others`: accounts of whom only the profile is asked. */
  about(accounts: Iterable<AccountKey>, besides?: readonly Trait[], others?: Iterable<AccountKey>): Promise<About>;
}

export type ScreeningGiven = {
  /** Everybody's. */
  profiles: PackedProfiles;
  /** Accounts that were judged together before: members of campaigns. */
  ties: readonly (readonly AccountKey[])[];
  /** Accounts that are no reference. */
  known: ReadonlySet<AccountKey>;
  now: number;
  policy: DetectionPolicy;
  cut: ScreenCut;
};

/**
 * Screen everybody in columns, judge few with profiles: which accounts must be judged, in units of which each is judged by itself, in an
 * index of its accounts alone in which every count is that of the whole population. So what is found in a unit depends on nothing that
 * happens to be in memory beside it.
 */
export class Screening implements ScreenedPopulation {
  private constructor(
    readonly census: Census,
    readonly units: readonly Unit[],
    private readonly segments: Segments,
    readonly together: Float64Array,
    private readonly repeated: Repeated,
    private readonly profiles: PackedProfiles,
  ) {}

  static async of(segments: Segments, given: ScreeningGiven, spill: Pick<ObjectStore, 'put' | 'get' | 'delete'>): Promise<Screening> {
    const { now, policy, known } = given;
    const screened = await screen(segments, known, now, screenPolicyOf(policy), given.cut, spill);
    const units = await unitsOf(screened, placesBySegment(screened, segments, given.ties), given.ties);
    const repeated = await repeatedIn(segments, screened.traits);
    return new Screening(screened.census, units, segments, screened.together, repeated, given.profiles);
  }

  async sample(): Promise<Uint8Array[]> {
    const { segments, census } = this;
    const sample: AccountKey[] = [];
    for (let s = 0; s < segments.count; s++) sample.push(...sampleIn(await segments.columns(s), census));
    return sample.sort().flatMap((account) => this.profiles.packed(account) ?? []);
  }

  async about(accounts: Iterable<AccountKey>, besides: readonly Trait[] = []): Promise<About> {
    const counted = await this.counted(accounts, besides);
    return { profiles: this.profiles, counted, shared: (some) => this.shared(some) };
  }

  /**
   * Counts over everybody what some accounts hold together with anybody else, and some traits besides: one reading of the columns. What an
   * account holds alone has no count here.
   */
  private async counted(accounts: Iterable<AccountKey>, besides: readonly Trait[]): Promise<Counted> {
    const { segments, census } = this;
    const ids = new TraitIds();
    const reference = new Set<AccountKey>();
    for (const { type, hash } of besides) ids.of(type, hash);
    let of: { segment: number; standings: Uint8Array } | undefined;
    await this.ofEach(accounts, (columns, segment, at) => {
      if (of?.segment !== segment) of = { segment, standings: standingsIn(columns, census) };
      if (of.standings[at] !== NOT_REFERENCE) reference.add(accountAt(columns, at));
      this.addShared(ids, columns, at);
    });
    const { inReference, holders } = await countTraits(ids, segments, census);
    return countedOf(this, ids, { inReference, holders }, (account) => reference.has(account));
  }

  private async shared(accounts: Iterable<AccountKey>): Promise<TraitIds> {
    const ids = new TraitIds();
    await this.ofEach(accounts, (columns, _, at) => this.addShared(ids, columns, at));
    return ids;
  }

  private addShared(ids: TraitIds, columns: ScreenColumns, at: number): void {
    for (let i = columns.starts[at]!; i < columns.starts[at + 1]!; i++)
      if (this.repeated.may(columns.types[i]!, columns.hashes[i]!)) ids.of(columns.types[i]!, columns.hashes[i]!);
  }

  /** Where each of some accounts stands, segment by segment. */
  private async ofEach(accounts: Iterable<AccountKey>, take: (columns: ScreenColumns, segment: number, at: number) => void): Promise<void> {
    const { segments } = this;
    const wanted: AccountKey[][] = Array.from({ length: segments.count }, () => []);
    for (const account of accounts) wanted[segmentOf(account, segments.count)]!.push(account);
    for (let s = 0; s < segments.count; s++) {
      if (wanted[s]!.length === 0) continue;
      const columns = await segments.columns(s);
      for (const at of placesOf(columns, wanted[s]!)) take(columns, s, at);
    }
  }
}

/** What was counted, by the ids of traits. */
export const countedOf = (
  { census, together }: Pick<ScreenedPopulation, 'census' | 'together'>,
  ids: TraitIds,
  { inReference, holders }: { inReference: Uint32Array; holders: Uint32Array },
  isReference: Counted['isReference'],
): Counted => ({
  size: census.size,
  referenceSize: census.referenceSize,
  isReference,
  inReference: (type, hash) => inReference[ids.find(type, hash) ?? -1] ?? 0,
  holders: (type, hash) => holders[ids.find(type, hash) ?? -1] ?? 0,
  signupsPerDay: census.signupsPerDay,
  together: (type) => together[type] ?? 0,
  weights: weightsUnasked(),
});

/** Accounts of a segment that are of the sample. */
export function* sampleIn(columns: ScreenColumns, census: Census): Iterable<AccountKey> {
  const share = SAMPLE / Math.max(1, census.referenceSize);
  const standings = standingsIn(columns, census);
  for (let at = 0; at < sizeOf(columns); at++) {
    if (standings[at] === NOT_REFERENCE) continue;
    const account = accountAt(columns, at);
    if (share >= 1 || Buffer.from(account.slice(4, 8), 'base64url').readUIntBE(0, 3) / 2 ** 24 < share) yield account;
  }
}

/** An index of some accounts, of those whose traits were counted over everybody. */
export function indexOf(
  accounts: readonly AccountKey[],
  profiles: { peek(account: AccountKey): Profile | undefined },
  releases: ReadonlyMap<string, number>,
  counted: Counted,
  policy: DetectionPolicy,
  now: number,
): TraitIndex {
  const held: Profile[] = [];
  for (const account of accounts) {
    const profile = profiles.peek(account);
    if (profile) held.push(profile);
  }
  const { referenceAgeDays, smallestReference, hubShare } = policy;
  const index = new TraitIndex(
    { referenceAgeDays: referenceAgeDays.value, smallestReference: smallestReference.value, hubShare: hubShare.value },
    counted,
  );
  index.update(held.sort(byArrival), releases, now, new Set());
  return index;
}

/** Of all segments, one at a time. */
export async function* placesBySegment(
  { groupOf, guests, census }: Pick<Screened, 'groupOf' | 'guests' | 'census'>,
  segments: Segments,
  ties: ScreeningGiven['ties'],
): AsyncIterable<Places> {
  const tieOf = tiesOf(ties);
  const visits = visitsOf(guests);
  for (let s = 0; s < segments.count; s++)
    yield placesIn(await segments.columns(s), census, groupOf, (ordinal) => visits.has(ordinal), tieOf);
}

async function repeatedIn(segments: Segments, traits: number): Promise<Repeated> {
  const repeated = new Repeated(traits);
  for (let s = 0; s < segments.count; s++) repeated.add(await segments.columns(s));
  return repeated;
}

/** In the order in which accounts came: the same in every process. */
export const byArrival = (one: Profile, other: Profile): number =>
  one.firstSeen - other.firstSeen || (one.account < other.account ? -1 : one.account > other.account ? 1 : 0);
