import type { Baseline } from './baseline';
import { componentSizes, inverted, sharedPairs } from './components';

/** Objects with more accounts than this are carriers or proxies for everybody. Stated; the best of the settings is taken. */
const POPULAR = 150;

/**
 * Accounts joined by addresses (or cards) they have in common; the score is the size of the component. After Stringhini et al.,
 * "EVILCOHORT", USENIX Security 2015, with connected components in place of Louvain's communities.
 */
export const addressComponents: Baseline = {
  name: 'account-IP components',
  source: 'after EVILCOHORT, Stringhini et al. 2015; cards as a further choice of object',
  score: (seen) => {
    const accounts = [...seen.accounts.values()];
    const ids = accounts.map((account) => account.id);
    const byAddress = sharedPairs(inverted(accounts.map((account) => account.addresses.keys())).values(), POPULAR);
    const byCard = sharedPairs(inverted(accounts.map((account) => account.cards)).values(), POPULAR);
    return [
      ...[1, 3, 10].map((shared) => ({ setting: `≥ ${shared} shared addresses`, scores: componentSizes(ids, byAddress, shared) })),
      { setting: '≥ 1 shared card', scores: componentSizes(ids, byCard, 1) },
    ];
  },
};
