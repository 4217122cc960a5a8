import type { Profile } from '../profiles/profile';
import { ASKING_SOURCES, type AskedFor, type AskingSource, askedFor, type Baseline } from './baseline';

/** What is asked for that a student model is trained on. */
export type Asking = 'reasoning' | 'grades';

/** How often a group asks for something, beside the population, with what its accounts' differences leave uncertain. */
export type AskingRate = {
  asking: Asking;
  by: AskingSource;
  /** Share of the group's requests. */
  share: number;
  /** The least that share may be, by `ERRORS` standard errors over accounts. */
  atLeast: number;
  /** Share of the population's requests. */
  base: number;
  /** Requests, and accounts, it was read from. */
  requests: number;
  accounts: number;
};

const FEWEST_REQUESTS = 60;
const FEWEST_ACCOUNTS = 8;
/** Standard errors taken off before a rate is compared: a group is looked at again every hour, so chance gets many tries. */
const ERRORS = 3;

/**
 * Shares over all requests of a group, with a standard error that takes accounts and not requests as independent (ratio estimator,
 * Cochran, Sampling Techniques, 6.4): one account that asks for nothing else does not speak for the others. Empty without prompts and
 * labels, or while there is too little.
 */
export const askingRates = (profiles: readonly Profile[], base: Baseline['asking']): AskingRate[] =>
  ASKING_SOURCES.flatMap((source) => {
    const read = profiles.map((profile) => askedFor(profile, source)).filter(({ of }) => of > 0);
    const requests = read.reduce((sum, { of }) => sum + of, 0);
    if (read.length < FEWEST_ACCOUNTS || requests < FEWEST_REQUESTS) return [];
    const rate = (asking: Asking, own: (one: AskedFor) => number, expected: number): AskingRate => {
      const share = read.reduce((sum, one) => sum + own(one) * one.of, 0) / requests;
      const squares = read.reduce((sum, one) => sum + ((own(one) - share) * one.of) ** 2, 0);
      const between = Math.sqrt((squares * read.length) / (read.length - 1)) / requests;
      const within = Math.sqrt(Math.max(share * (1 - share), 1 / requests) / requests);
      const atLeast = Math.max(0, share - ERRORS * Math.max(between, within));
      return { asking, by: source, share, atLeast, base: expected, requests, accounts: read.length };
    };
    return [
      rate('reasoning', ({ elicits }) => elicits, base[source].elicits),
      rate('grades', ({ grading }) => grading, base[source].grading),
    ];
  });

/** With how many times as often as the population they ask, at least; the most telling first. */
export const byTimes = (rates: readonly AskingRate[]): (AskingRate & { times: number })[] =>
  rates.map((rate) => ({ ...rate, times: rate.atLeast / rate.base })).sort((a, b) => b.times - a.times);

/** The most telling of what is asked. */
export const strongestAsking = (rates: readonly AskingRate[]): (AskingRate & { times: number }) | undefined => byTimes(rates)[0];
