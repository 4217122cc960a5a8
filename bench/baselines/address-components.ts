import type { Baseline } from './baseline';
import { Components, firstOf, inverted, secondOf, sharedPairs } from './components';

/** Addresses with more accounts than this are carriers or proxies for everybody. Stated; the best of three link strengths is taken. */
const POPULAR = 150;

/**
 * Accounts joined by addresses they have in common; the score is the size of the component. After Stringhini et al.,
 * "EVILCOHORT", USENIX Security 2015, with connected components in place of Louvain's communities.
 */
export const addressComponents: Baseline = {
  name: 'account-IP components',
  source: 'after EVILCOHORT, Stringhini et al. 2015',
  settings: [1, 3, 10].map((shared) => ({
    name: `≥ ${shared} shared addresses`,
    score: (seen) => {
      const accounts = [...seen.accounts.values()];
      const components = new Components(accounts.length);
      for (const [pair, count] of sharedPairs(inverted(accounts.map((account) => account.addresses.keys())).values(), POPULAR))
        if (count >= shared) components.join(firstOf(pair), secondOf(pair));
      return new Map(accounts.map((account, i) => [account.id, components.size(i) > 1 ? components.size(i) : 0]));
    },
  })),
};
