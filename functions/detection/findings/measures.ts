import type { Family } from '../../../shared/domain/campaign';
import { DAY, HOUR } from '../../../shared/domain/time';
import type { Watched } from '../campaigns/known-operators';
import type { Membership } from '../networks/networks';
import type { Profile } from '../profiles/profile';
import { restShare } from '../profiles/rhythm';
import type { TraitIndex } from '../traits/trait-index';
import { type Baseline, dispersionOf, elicitation, RESTLESS } from './baseline';

/** A network with what it is compared with: what detectors are asked about. */
export type Group = {
  members: readonly Membership[];
  profiles: readonly Profile[];
  index: TraitIndex;
  baseline: Baseline;
  releases: ReadonlyMap<string, number>;
  /** Operators known from elsewhere: they are asked about, and make no network. */
  operators: readonly Watched[];
  now: number;
};

/** The numbers a kind is judged by. Shares are 0..1; `undefined` where there is too little to say. */
export type Measures = {
  size: number;
  /** Quietest third of the members' days. */
  rest: number | undefined;
  /** Median index of dispersion of members' hourly counts, once enough of them can be read. */
  dispersion: number | undefined;
  /** Share of members of 30 days and more before they were linked. */
  old: number;
  /** Share of members that took up a second client or network lately, beside the one they had. */
  taken: number;
  /** Share held by the commonest payer among members who pay, distinct payers, and share of members who pay. */
  payer: number;
  payers: number;
  paying: number;
  /** Share of members under the commonest organisation or uncommon e-mail domain. */
  customer: number;
  /** Share of members that use one of the group's own addresses, and how many such addresses there are. */
  pooled: number;
  poolSize: number;
  /** Share of members that use one of the group's own client builds. */
  tooled: number;
  /** Mean log-likelihood ratio by family. */
  families: Record<Family, number>;
  /** ln of how many times as often as the population the group asks for reasoning, and for grades. */
  elicits: number;
  grading: number;
  /** Share of the exchanges after a release that went to the released model in its first day and a half, less the population's. */
  pivot: number;
  /** Coefficient of variation of members' daily rates. */
  rates: number | undefined;
};

const OLD = 30 * DAY;

export function measure(group: Group): Measures {
  const { members, profiles } = group;
  const size = members.length;
  const families = { infrastructure: 0, payment: 0, registration: 0, timing: 0, content: 0 };
  for (const { byFamily } of members) for (const family of Object.keys(families) as Family[]) families[family] += byFamily[family] / size;
  const linkedSince = median(profiles.map((profile) => profile.firstUse).filter(Number.isFinite)) ?? group.now;
  const dispersion = readable(profiles.map(dispersionOf));
  const payers = countOf(profiles.map((profile) => profile.facts.paymentInstrument));
  const paying = sum(payers.values());
  const pool = ownOf(group, 'network-address');
  const tools = ownOf(group, 'client-build');
  return {
    size,
    rest: restOf(profiles, dispersion),
    dispersion,
    old:
      profiles.filter((profile) => profile.bornAt <= Math.min(linkedSince, group.now) - OLD || profile.bornAt <= group.now - 2 * OLD)
        .length / size,
    taken: profiles.filter(tookUp).length / size,
    payer: paying === 0 ? 0 : Math.max(...payers.values()) / paying,
    payers: payers.size,
    paying: paying / size,
    customer: customerShare(group),
    pooled: pool.covered,
    poolSize: pool.distinct,
    tooled: tools.covered,
    families,
    ...askingFor(group),
    pivot: pivotOf(group),
    rates: ratesOf(profiles),
  };
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function countOf<T>(values: readonly (T | undefined)[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
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

/** A client build or network first used long after the account's first, while the first goes on or went on till then. */
function tookUp(profile: Profile): boolean {
  const { clients, ips } = profile.samples;
  if (clients.keys.length < 2 && ips.keys.length < 4) return false;
  const earliest = Math.min(...clients.first);
  const latest = Math.max(...clients.first);
  return latest - earliest >= 24;
}

function customerShare({ profiles, index }: Group): number {
  const organizations = countOf(profiles.map((profile) => profile.facts.organization));
  const domains = countOf(profiles.map((profile) => profile.facts.emailDomain));
  const uncommon = [...domains].filter(([domain]) => (index.referenceShare('email-domain', domain) ?? 0) < 0.01).map(([, count]) => count);
  return Math.max(0, ...organizations.values(), ...uncommon) / profiles.length;
}

/** Of the group's own traits of a type (held by two members or more, and rare outside): members covered, and how many there are. */
function ownOf({ members, index }: Group, type: 'network-address' | 'client-build'): { covered: number; distinct: number } {
  const counts = new Map<number, number>();
  const common = members.map(({ entry }) => index.common(entry));
  for (const ids of common) for (const id of ids) if (index.typeName(id) === type) counts.set(id, (counts.get(id) ?? 0) + 1);
  const own = new Set([...counts].filter(([id, count]) => count >= 2 && count / members.length > 5 * index.base(id)).map(([id]) => id));
  const covered = common.filter((ids) => ids.some((id) => own.has(id))).length;
  return { covered: covered / members.length, distinct: own.size };
}

function askingFor({ profiles, baseline }: Group): { elicits: number; grading: number } {
  let of = 0;
  let elicits = 0;
  let grading = 0;
  for (const profile of profiles) {
    const rates = elicitation(profile);
    of += rates.of;
    elicits += rates.of * rates.elicits;
    grading += rates.of * rates.grading;
  }
  if (of < 20) return { elicits: 0, grading: 0 };
  return { elicits: timesExpected(elicits, of * baseline.elicits), grading: timesExpected(grading, of * baseline.grading) };
}

/** ln of observed over expected, drawn towards none by four of each: few requests say little (gamma-Poisson, DuMouchel 1999). */
export const timesExpected = (observed: number, expected: number): number => Math.log((observed + FEW) / (expected + FEW));
const FEW = 4;

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
    used += (profile.current.models.get(model) ?? 0) + (profile.previous.models.get(model) ?? 0);
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

function ratesOf(profiles: readonly Profile[]): number | undefined {
  const rates = profiles
    .filter((profile) => profile.exchanges >= 4)
    .map((profile) => profile.exchanges / Math.max(2, (profile.lastUse - profile.firstUse) / HOUR));
  if (rates.length < 5) return undefined;
  const mean = sum(rates) / rates.length;
  return Math.sqrt(sum(rates.map((rate) => (rate - mean) ** 2)) / rates.length) / mean;
}

/** Whether the day the group keeps is one that people keep. */
export const restless = (rest: number | undefined): boolean => rest !== undefined && rest > RESTLESS;
