import type { Baseline } from './baseline';
import { Components, firstOf, inverted, secondOf, sharedPairs } from './components';
import type { Observations, Observed } from './observations';

/** Objects with more accounts than this are carriers or proxies for everybody. Stated; the best of the settings is taken. */
const POPULAR = 150;

const components = (seen: Observations, objects: (account: Observed) => Iterable<number>, shared: number): Map<string, number> => {
  const accounts = [...seen.accounts.values()];
  const joined = new Components(accounts.length);
  for (const [pair, count] of sharedPairs(inverted(accounts.map(objects)).values(), POPULAR))
    if (count >= shared) joined.join(firstOf(pair), secondOf(pair));
  return new Map(accounts.map((account, i) => [account.id, joined.size(i) > 1 ? joined.size(i) : 0]));
};

/**
 * Accounts joined by addresses (or cards) they have in common; the score is the size of the component. After Stringhini et al.,
 * "EVILCOHORT", USENIX Security 2015, with connected components in place of Louvain's communities.
 */
export const addressComponents: Baseline = {
  name: 'account-IP components',
  source: 'after EVILCOHORT, Stringhini et al. 2015; cards as a further choice of object',
  settings: [
    ...[1, 3, 10].map((shared) => ({
      name: `≥ ${shared} shared addresses`,
      score: (seen: Observations) => components(seen, (account) => account.addresses.keys(), shared),
    })),
    { name: '≥ 1 shared card', score: (seen) => components(seen, (account) => account.cards, 1) },
  ],
};
