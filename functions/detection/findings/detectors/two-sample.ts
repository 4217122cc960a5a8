import { SUM } from '../../../../shared/formats/features';
import { contentOf, divergence, FEWEST_PROMPTS, PERMUTATIONS, pooledContent } from '../content-nulls';
import { abstains, type Detector } from './detector';

const MOST_ACCOUNTS = 100;

/**
 * Two-sample test of the group's pooled content sketch against a cohort matched on volume: the divergence from the
 * population, and how often a group of unrelated accounts of the same size is as far from it (permutation p-value,
 * never below 1/500; Phipson and Smyth 2010).
 */
export const contentTest: Detector = {
  name: 'content-test',
  family: 'content',
  question: "Is the pooled content of the group drawn from another distribution than a matched cohort's?",
  ask({ profiles, baseline }) {
    const mine = profiles.filter((profile) => profile.sum(SUM.prompts) >= FEWEST_PROMPTS).slice(0, MOST_ACCOUNTS);
    if (mine.length < 5) return abstains('too few members with enough prompts');
    const volumes = mine.map((profile) => profile.windowExchanges).sort((a, b) => a - b);
    const low = volumes[Math.floor(volumes.length * 0.05)]! / 4;
    const high = volumes[Math.floor(volumes.length * 0.95)]! * 4;
    const chance = baseline.content.of(mine.length, low, high);
    if (!chance) return abstains('the cohort of comparable established accounts is too small');
    const { population, distances, typical, cohort } = chance;
    const found = divergence(pooledContent(mine.map(contentOf)), population);
    const asFar = distances.filter((distance) => distance >= found).length;
    const p = (asFar + 1) / (PERMUTATIONS + 1);
    if (p > 0.01) return abstains(`a group of unrelated accounts is as far from the population in ${(100 * p).toFixed(0)} % of draws`);
    return {
      kind: 'evidence',
      because: `The pooled prompts of ${mine.length} members are ${(found / typical).toFixed(1)} times as far from the population as those of ${mine.length} unrelated accounts (p ≤ ${p.toFixed(3)}).`,
      ratio: 1 / p,
      numbers: { divergence: found, typical, p, cohort },
    };
  },
};
