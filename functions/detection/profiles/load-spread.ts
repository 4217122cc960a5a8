import type { Profile } from './profile';

/** How unequal the load of a group's accounts is, beyond what chance makes of one common rate. */
export type LoadSpread = {
  /** Overdispersion of a negative binomial: variance of the accounts' rates over their squared mean; 0 when all have one rate. */
  spread: number;
  /** The most that the spread may be, by two standard errors. */
  atMost: number;
  /** Accounts it was read from. */
  accounts: number;
};

/** Fewest accounts, and requests in all, from which a spread can be read. */
const FEWEST_ACCOUNTS = 8;
const FEWEST_REQUESTS = 24;
/** Hours of an account's life, at least, before its rate says anything. */
const SHORTEST_LIFE_HOURS = 1;
/** An account without a request for so long, while the group goes on, has ended. */
const ENDED_AFTER_HOURS = 24;
/** Standard errors added to the estimate. */
const ERRORS = 2;

/**
 * Work that is dealt out over accounts gives each the same rate; people differ by more than their mean. Moment estimator of the
 * negative binomial's overdispersion over the accounts' lives (Cameron and Trivedi, Regression Analysis of Count Data, 3.3), with
 * a standard error from the accounts' own residuals. `undefined` while too little was seen.
 */
export function loadSpreadOf(profiles: readonly Profile[]): LoadSpread | undefined {
  const lives = profiles.map((profile) => profile.activity()).filter((life) => life !== undefined);
  const until = lives.reduce((latest, { last }) => Math.max(latest, last), 0);
  const rows: { count: number; hours: number }[] = [];
  let requests = 0;
  let exposure = 0;
  for (const { first, last, exchanges } of lives) {
    const hours = (until - last > ENDED_AFTER_HOURS ? last : until) - first;
    if (hours < SHORTEST_LIFE_HOURS) continue;
    // The first request begins the life and is no part of what came in it.
    const count = exchanges - 1;
    rows.push({ count, hours });
    requests += count;
    exposure += hours;
  }
  if (rows.length < FEWEST_ACCOUNTS || requests < FEWEST_REQUESTS) return undefined;
  const rate = requests / exposure;
  let excess = 0;
  let squares = 0;
  for (const { count, hours } of rows) {
    const expected = rate * hours;
    excess += (count - expected) ** 2 - expected;
    squares += expected ** 2;
  }
  const spread = excess / squares;
  let residuals = 0;
  for (const { count, hours } of rows) {
    const expected = rate * hours;
    residuals += ((count - expected) ** 2 - expected - spread * expected ** 2) ** 2;
  }
  return { spread, atMost: spread + (ERRORS * Math.sqrt(residuals)) / squares, accounts: rows.length };
}
