import type { Baseline } from './baseline';

/** The busiest day of an account: what a rate limit sees. */
export const volume: Baseline = {
  name: 'volume threshold',
  source: 'requests of the busiest day, per account',
  score: (seen) => [
    { setting: 'a day', scores: new Map([...seen.accounts].map(([id, account]) => [id, Math.max(0, ...account.perDay.values())])) },
  ],
};
