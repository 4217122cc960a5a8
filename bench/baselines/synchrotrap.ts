import type { Baseline } from './baseline';
import { componentSizes, firstOf, inverted, secondOf, sharedPairs } from './components';
import type { Observed } from './observations';

type Visits = 'visits' | 'prefixVisits' | 'cardVisits';
const OBJECTS: readonly (readonly [Visits, string])[] = [
  ['visits', 'addresses'],
  ['prefixVisits', 'prefixes'],
  ['cardVisits', 'cards'],
];

/** (object, hour) pairs with more accounts are popular and skipped. */
const POPULAR = 150;

/** Daily Jaccard similarity over (address, hour), added up over the days: pair -> sum. */
const similarities = (accounts: readonly Observed[], object: Visits): Map<number, number> => {
  const days = new Set(accounts.flatMap((account) => [...account[object].keys()]));
  const sums = new Map<number, number>();
  for (const day of days) {
    const sets = accounts.map((account) => account[object].get(day) ?? new Set<number>());
    for (const [pair, both] of sharedPairs(inverted(sets).values(), POPULAR)) {
      const either = sets[firstOf(pair)]!.size + sets[secondOf(pair)]!.size - both;
      sums.set(pair, (sums.get(pair) ?? 0) + both / either);
    }
  }
  return sums;
};

/** Accounts that do the same at the same time: Cao et al., "Uncovering Large Groups of Active Malicious Accounts", CCS 2014. Score: cluster size. */
export const synchrotrap: Baseline = {
  name: 'SynchroTrap-style',
  source: 'Cao et al. 2014; Jaccard over (object, hour), daily sums',
  score: (seen) => {
    const accounts = [...seen.accounts.values()];
    const ids = accounts.map((account) => account.id);
    return OBJECTS.flatMap(([object, name]) => {
      const similar = similarities(accounts, object);
      return [0.05, 0.2, 0.5].map((threshold) => ({
        setting: `${name}, similarity ≥ ${threshold}`,
        scores: componentSizes(ids, similar, threshold),
      }));
    });
  },
};
