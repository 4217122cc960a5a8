import { SUM } from '../../../shared/formats/features';
import { coTimingOf } from '../links/co-timing';
import type { Profile } from '../profiles/profile';
import { restShare } from '../profiles/rhythm';
import type { TraitIndex } from '../traits/trait-index';
import { ContentNulls } from './content-nulls';

/** How the reference population behaves: what a group is compared with. */
export type Baseline = {
  accounts: readonly Profile[];
  /** Share of requests that ask for reasoning, and for grades, by each source that says so. */
  asking: Readonly<Record<AskingSource, { elicits: number; grading: number }>>;
  /** Share of exchanges by task; empty without labels. */
  tasks: ReadonlyMap<string, number>;
  /** Share of accounts (with a readable day) that rest less than a person does. */
  restless: number;
  /** Share of accounts (with a readable rhythm) whose hourly counts vary less than chance would make them. */
  even: number;
  /** Active minutes that two accounts have in common, over what their hours alone would give; 1 at least. */
  coTiming: number;
  /** How far groups of unrelated accounts are from the population in content. */
  content: ContentNulls;
};

/** A day in which the quietest third carries more than this was not lived by one person. */
export const RESTLESS = 0.2;
/** Index of dispersion of hourly counts below this: evener than chance. */
export const EVEN = 0.75;

/** One account may not be the population: its exchanges count up to this. */
const MOST_EXCHANGES = 500;

export const baselineOf = (index: Pick<TraitIndex, 'accounts'>): Baseline =>
  baselineOfProfiles(index.accounts.filter((entry) => entry.established).map((entry) => entry.profile));

/** `accounts`: of the reference. */
export function baselineOfProfiles(accounts: readonly Profile[]): Baseline {
  const asked = { labels: { of: 0, elicits: 0, grading: 0 }, prompts: { of: 0, elicits: 0, grading: 0 } };
  let readable = 0;
  let restless = 0;
  let timed = 0;
  let even = 0;
  const tasks = new Map<string, number>();
  let labelled = 0;
  for (const profile of accounts) {
    const { rates, rest, dispersion } = readingOf(profile);
    for (const source of ASKING_SOURCES) {
      const weight = Math.min(MOST_EXCHANGES, rates[source].of);
      asked[source].of += weight;
      asked[source].elicits += weight * rates[source].elicits;
      asked[source].grading += weight * rates[source].grading;
    }
    if (rest !== undefined) {
      readable++;
      if (rest > RESTLESS) restless++;
    }
    if (dispersion !== undefined) {
      timed++;
      if (dispersion < EVEN) even++;
    }
    for (const [task, asked] of profile.window.tasks) {
      const count = Math.min(MOST_EXCHANGES, asked);
      tasks.set(task, (tasks.get(task) ?? 0) + count);
      labelled += count;
    }
  }
  for (const [task, count] of tasks) tasks.set(task, count / labelled);
  const together = coTimingOf(accounts);
  const rate = (part: number, whole: number): number => (part + 0.5) / (whole + 1);
  return {
    accounts,
    asking: {
      labels: { elicits: rate(asked.labels.elicits, asked.labels.of), grading: rate(asked.labels.grading, asked.labels.of) },
      prompts: { elicits: rate(asked.prompts.elicits, asked.prompts.of), grading: rate(asked.prompts.grading, asked.prompts.of) },
    },
    tasks,
    restless: rate(restless, readable),
    even: rate(even, timed),
    coTiming: Math.max(1, (together.shared + 1) / (together.expected + 1)),
    content: new ContentNulls(accounts),
  };
}

type Reading = {
  revision: number;
  rates: Record<AskingSource, AskedFor>;
  rest: number | undefined;
  dispersion: number | undefined;
};
const readings = new WeakMap<Profile, Reading>();

/** What is read of an account again and again, kept until the account changes: from one run to the next most do not. */
function readingOf(profile: Profile): Reading {
  const known = readings.get(profile);
  if (known?.revision === profile.revision) return known;
  const made = {
    revision: profile.revision,
    rates: { labels: askedFor(profile, 'labels'), prompts: askedFor(profile, 'prompts') },
    rest: restShare(profile.clock),
    dispersion: dispersionOf(profile),
  };
  readings.set(profile, made);
  return made;
}

/** Who says what a request asks for: the provider's own labels, or the fingerprint of the prompt. */
export const ASKING_SOURCES = ['labels', 'prompts'] as const;
export type AskingSource = (typeof ASKING_SOURCES)[number];
/** `of`: requests that could be read; shares of them that ask for reasoning, and for grades. */
export type AskedFor = { of: number; elicits: number; grading: number };

/** How much of an account's traffic asks for reasoning or for grades, by one source. */
export function askedFor(profile: Profile, source: AskingSource): AskedFor {
  if (source === 'labels') {
    const of = profile.sum(SUM.elicitsLabels);
    return {
      of,
      elicits: profile.sum(SUM.elicitsHigh) / Math.max(1, of),
      grading: profile.sum(SUM.gradingHigh) / Math.max(1, profile.sum(SUM.gradingLabels)),
    };
  }
  const of = profile.sum(SUM.prompts);
  return { of, elicits: profile.sum(SUM.elicitsTrait) / Math.max(1, of), grading: profile.sum(SUM.gradingTrait) / Math.max(1, of) };
}

/** The same by the labels, or by the prompts where there are no labels. */
export function elicitation(profile: Profile): AskedFor {
  return askedFor(profile, profile.sum(SUM.elicitsLabels) > 0 ? 'labels' : 'prompts');
}

const FEWEST_HOURS = 4;
const FEWEST_EXCHANGES = 4;
const WEEK = 168;
const sumOf = (counts: Uint16Array): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * Index of dispersion (variance over mean) of hourly counts from the first to the last active hour of a week: 1 for chance arrivals, well
 * above for people, who come in bursts, below for requests dealt out evenly. Of its own last week, or of the one before when there is too
 * little in that; over two the load of anybody changes. `undefined` while there is too little.
 */
export function dispersionOf(profile: Profile): number | undefined {
  const end = profile.hourly.findLastIndex((exchanges) => exchanges > 0) + 1;
  const began = Math.max(0, end - WEEK);
  const hourly = [profile.hourly.subarray(began, end), profile.hourly.subarray(0, began)].find((week) => sumOf(week) >= FEWEST_EXCHANGES);
  if (!hourly) return undefined;
  let first = -1;
  let last = -1;
  let sum = 0;
  let squares = 0;
  for (let hour = 0; hour < hourly.length; hour++) {
    const count = hourly[hour]!;
    if (count === 0) continue;
    if (first < 0) first = hour;
    last = hour;
    sum += count;
    squares += count * count;
  }
  const hours = last - first + 1;
  if (hours < FEWEST_HOURS) return undefined;
  const mean = sum / hours;
  // n/(n-1) corrects for the mean having been estimated from the same hours.
  return ((squares / hours - mean * mean) * hours) / (hours - 1) / mean;
}
