import type { Spread } from './dice';

/**
 * Every number about behaviour, with where it comes from. "Stated" means: chosen by us, plausible, to be argued with.
 * Rates are requests a day an account; hours are UTC unless they are called local.
 */
export const PARAMETERS = {
  /** Share of a population that signs up while we watch. Stated: services of this kind grew about threefold a year. */
  newcomers: 0.25,
  /** Age of the accounts that were there before, days. Stated. */
  age: { median: 160, sigma: 1.1 } satisfies Spread,
  /** How much one person's days differ: gamma shape of the factor on a day's rate (1.2: many quiet days, a few busy ones). Stated. */
  mood: 1.2,
  /** Mean requests in one sitting and mean seconds between them. Of the order of public chat logs (conversations of 2 to 6 turns). */
  sitting: { requests: 5, gapSeconds: 75 },
  rates: {
    person: { median: 5, sigma: 1 },
    agentUser: { median: 26, sigma: 1 },
    app: { median: 120, sigma: 1.2 },
    automation: { median: 20, sigma: 0.8 },
    office: { median: 14, sigma: 0.8 },
    agency: { median: 18, sigma: 0.7 },
    enterpriseSeat: { median: 24, sigma: 0.5 },
    fleetAccount: { median: 60, sigma: 0.25 },
    nicheUser: { median: 22, sigma: 0.9 },
    cohortMember: { median: 20, sigma: 0.9 },
    resold: { median: 60, sigma: 0.4 },
    owner: { median: 8, sigma: 0.8 },
  } satisfies Record<string, Spread>,
  /** Share of busy applications that run flat round the clock: 27 to 44 % of production clients do (ServeGen, 2025). */
  flatApps: 0.35,
  /** Gamma shape of an application's hourly load: production clients have an inter-arrival variation of 1 to 3. */
  appBurst: { low: 0.15, high: 1 },
  /** Share of applications on the popular retrieval template. Stated. */
  retrievalApps: 0.2,
  /** Share of servers that are rented from the hosters where exits are rented, too. Stated. */
  hostedServers: 0.12,
  /** Requests of a class in an afternoon hour of its two days. Stated. */
  classHour: 5,
  /** An evaluation harness: requests an hour, for so many hours after a release. Stated: a 1,800-item suite. */
  harness: { perHour: 60, hours: 30, otherwise: 0.05 },
  /** A synthetic-data customer: requests an hour in the first hours of the night, by batch. Stated. */
  synthetic: { perHour: 90, hours: 5 },
  /** Requests an hour that thieves add to a stolen key, and the share of the key's requests that go through their exits. Stated. */
  hijack: { perHour: 4, exitShare: 0.85 },
  /** Accounts that a reseller pays with one card. Stated. */
  resellerCardShare: 12,
  /** Card issuers, drawn by rank, and the share of honest payers with a virtual card of the two issuers campaigns like. Stated. */
  issuers: 60,
  virtualCards: 0.05,
  /** A classifier's word: right about the task so often; scores as `labelled` in lines.ts makes them. Stated. */
  taskLabel: 0.85,
  /** Requests that fail or are refused by the model. Stated. */
  failed: 0.012,
  refused: 0.006,
  /** Input tokens beyond the text itself (history, files), and output tokens, by task. Of the order of the Azure and Kimi traces. */
  context: {
    coding: { median: 1_800, sigma: 1.3 },
    agentic: { median: 6_000, sigma: 1.2 },
    conversation: { median: 500, sigma: 1.2 },
    writing: { median: 300, sigma: 1 },
    reasoning: { median: 120, sigma: 0.8 },
    data: { median: 500, sigma: 1 },
  } satisfies Record<string, Spread>,
  output: {
    coding: { median: 260, sigma: 1.2 },
    agentic: { median: 120, sigma: 1.1 },
    conversation: { median: 180, sigma: 1 },
    writing: { median: 240, sigma: 0.9 },
    reasoning: { median: 420, sigma: 0.8 },
    data: { median: 150, sigma: 0.9 },
  } satisfies Record<string, Spread>,
  /** Output grows when the prompt asks for written reasoning, and shrinks when it asks for a grade. Stated. */
  elicitedOutput: 2.4,
  gradedOutput: 0.5,
  /** Days after which half of the honest move to a new model of their own accord; hours in which a client's default moves all of its users. Stated. */
  drift: { halfDays: 28, defaultHours: 18 },
  /** A campaign after a release: half of its traffic within a day (disclosed, February 2026), 19 in 20 at last. */
  pivot: { atOnce: 0.3, hours: 24, most: 0.95 },
  /** All accounts of a campaign stop together for some hours every few days: the operator's own trouble. Stated. */
  pause: { everyDays: 6, hours: 3 },
};

/** Requests by local hour of the day, mean 1. Office: two humps. Person: the evening. Shift: nine hours of staff. */
export const dayShape = (hours: readonly number[]): readonly number[] => hours.map((x) => (x * 24) / hours.reduce((sum, y) => sum + y, 0));
export const DAY_OFFICE = dayShape([0, 0, 0, 0, 0, 0, 0.1, 0.5, 1.3, 2, 2.2, 2, 1.2, 1.7, 2.2, 2.2, 1.9, 1.2, 0.6, 0.3, 0.2, 0.2, 0.1, 0]);
export const DAY_PERSON = dayShape([
  0.3, 0.15, 0.08, 0.05, 0.05, 0.1, 0.3, 0.6, 0.9, 1.2, 1.4, 1.4, 1.2, 1.3, 1.5, 1.5, 1.4, 1.3, 1.3, 1.6, 1.9, 1.9, 1.4, 0.8,
]);
export const DAY_SHIFT = dayShape([0, 0, 0, 0, 0, 0, 0, 0, 0.5, 1, 1, 1, 0.6, 0.6, 1, 1, 1, 1, 0.5, 0, 0, 0, 0, 0]);
export const DAY_FLAT = dayShape(Array.from({ length: 24 }, () => 1));
