import type { Family } from '../../../shared/domain/campaigns/campaign';
import { DAY, HOUR } from '../../../shared/domain/time';
import type { Watched } from '../campaigns/known-operators';
import type { GroupProfile, Membership } from '../networks/networks';
import { type LoadSpread, loadSpreadOf } from '../profiles/load-spread';
import type { Profile } from '../profiles/profile';
import { restShare } from '../profiles/rhythm';
import type { TraitIndex } from '../traits/trait-index';
import { type Baseline, dispersionOf } from './baseline';
import { type Identity, identityOf } from './identity';
import { newOriginOf } from './new-origin';
import { type AskingRate, askingRates } from './purpose';

/** A network with what it is compared with: what detectors are asked about. */
export type Group = {
  members: readonly Membership[];
  profiles: readonly Profile[];
  /** What members hold, beside everybody outside. */
  holdings: GroupProfile;
  index: TraitIndex;
  baseline: Baseline;
  releases: ReadonlyMap<string, number>;
  /** Operators known from elsewhere: they are asked about, and make no network. */
  operators: readonly Watched[];
  now: number;
};

/** What every group of a run is compared with. */
export type GroupContext = Omit<Group, 'members' | 'profiles' | 'holdings'>;

/** The numbers a group is judged by. Shares are 0..1; `undefined` where there is too little to say. */
export type Measures = {
  size: number;
  /** Quietest third of the members' days. */
  rest: number | undefined;
  /** Median index of dispersion of members' hourly counts, once enough of them can be read. */
  dispersion: number | undefined;
  /** Share of members of 30 days and more before they were linked. */
  old: number;
  /** Share of members that took up a second client and network lately, beside the one they had, while their key is what it was. */
  taken: number;
  /** Share of members whose new client and network go on although their keys were replaced since: no theft, or one that a new key does not end. */
  kept: number;
  identity: Identity;
  /** How unequally the load is spread over the members. */
  load: LoadSpread | undefined;
  /** How often members ask for reasoning and for grades. */
  asking: readonly AskingRate[];
  /** Mean log-likelihood ratio by family. */
  families: Record<Family, number>;
  /** Share of the exchanges after a release that went to the released model in its first day and a half, less the population's. */
  pivot: number;
};

const OLD = 30 * DAY;

export function measure(group: Group): Measures {
  const { members, profiles, baseline } = group;
  const size = members.length;
  const families = { infrastructure: 0, payment: 0, registration: 0, timing: 0, content: 0 };
  for (const { byFamily } of members) for (const family of Object.keys(families) as Family[]) families[family] += byFamily[family] / size;
  const linkedSince = median(profiles.map((profile) => profile.firstUse).filter(Number.isFinite)) ?? group.now;
  const dispersion = readable(profiles.map(dispersionOf));
  const newOrigins = profiles.map(newOriginOf);
  return {
    size,
    rest: restOf(profiles, dispersion),
    dispersion,
    old:
      profiles.filter((profile) => profile.bornAt <= Math.min(linkedSince, group.now) - OLD || profile.bornAt <= group.now - 2 * OLD)
        .length / size,
    taken: newOrigins.filter((origin) => origin === 'beside').length / size,
    kept: newOrigins.filter((origin) => origin === 'kept').length / size,
    identity: identityOf(group),
    load: loadSpreadOf(profiles),
    asking: askingRates(profiles, baseline.asking),
    families,
    pivot: pivotOf(group),
  };
}

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** The median of what could be read of members, if it could be of five and of every fourth: the first who speak are no sample. */
export function readable(values: readonly (number | undefined)[]): number | undefined {
  const read = values.filter((value) => value !== undefined);
  return read.length >= Math.max(READABLE, values.length / 4) ? median(read) : undefined;
}
const READABLE = 5;

/**
 * The quietest third of the members' own days (median): a tool used all over the world is flat as a whole and sleeps in
 * each of its users. While members have too little to read, the day of all together stands in, unless they come in bursts.
 */
function restOf(profiles: readonly Profile[], dispersion: number | undefined): number | undefined {
  const own = readable(profiles.map((profile) => (profile.lastUse - profile.firstUse < 44 * HOUR ? undefined : restShare(profile.clock))));
  if (own !== undefined) return own;
  if (dispersion !== undefined && dispersion > BURSTS) return undefined;
  const clock = new Float64Array(24);
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const profile of profiles) {
    for (let i = 0; i < 24; i++) clock[i]! += profile.clock[i]!;
    from = Math.min(from, profile.firstUse);
    to = Math.max(to, profile.lastUse);
  }
  return to - from < 22 * HOUR ? undefined : restShare(clock);
}
const BURSTS = 1.5;

function pivotOf({ profiles, releases, baseline }: Group): number {
  let most = 0;
  for (const [model, at] of releases) {
    const mine = movedTo(model, at, profiles);
    if (mine === undefined) continue;
    const theirs = movedOfAll(model, at, baseline);
    if (theirs !== undefined) most = Math.max(most, mine - theirs);
  }
  return most;
}

/** Share of the exchanges of accounts that were there at a model's release, and after it, that went to it. */
function movedTo(model: string, at: number, accounts: readonly Profile[]): number | undefined {
  let used = 0;
  let all = 0;
  for (const profile of accounts) {
    if (profile.firstUse > at || profile.lastUse < at) continue;
    used += profile.window.models.get(model) ?? 0;
    all += profile.windowExchanges;
  }
  return all < 50 ? undefined : used / all;
}

/** The population's share is the same for every network of a run. */
function movedOfAll(model: string, at: number, baseline: Baseline): number | undefined {
  let known = movedByBaseline.get(baseline);
  if (!known) {
    known = new Map();
    movedByBaseline.set(baseline, known);
  }
  if (!known.has(model)) known.set(model, movedTo(model, at, baseline.accounts));
  return known.get(model);
}
const movedByBaseline = new WeakMap<Baseline, Map<string, number | undefined>>();
