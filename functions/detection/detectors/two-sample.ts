import { contentOf, pooledContent } from '../baseline';
import { abstains, type Detector } from './detector';

/** Groups of cohort accounts drawn to see how far chance alone takes a group from the population. */
export const PERMUTATIONS = 499;
const MOST_ACCOUNTS = 100;
const FEWEST_PROMPTS = 5;

/** Jensen-Shannon divergence (nats, at most ln 2) between two distributions over the same buckets. */
export function divergence(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const middle = (a[i]! + b[i]!) / 2;
    if (a[i]! > 0) sum += (a[i]! * Math.log(a[i]! / middle)) / 2;
    if (b[i]! > 0) sum += (b[i]! * Math.log(b[i]! / middle)) / 2;
  }
  return sum;
}

/** A deterministic stride through the cohort, so that a finding can be recomputed: draw `n` accounts, the `round`-th time. */
function draw<T>(cohort: readonly T[], n: number, round: number): T[] {
  const step = 1 + ((round * 7919) % Math.max(1, cohort.length - 1));
  return Array.from({ length: n }, (_, i) => cohort[(round * 104_729 + i * step) % cohort.length]!);
}

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
    const mine = profiles.filter((profile) => profile.sum(8) >= FEWEST_PROMPTS).slice(0, MOST_ACCOUNTS);
    if (mine.length < 5) return abstains('too few members with enough prompts');
    const volumes = mine.map((profile) => profile.windowExchanges).sort((a, b) => a - b);
    const low = volumes[Math.floor(volumes.length * 0.05)]! / 4;
    const high = volumes[Math.floor(volumes.length * 0.95)]! * 4;
    const cohort = baseline.accounts.filter(
      (profile) => profile.sum(8) >= FEWEST_PROMPTS && profile.windowExchanges >= low && profile.windowExchanges <= high,
    );
    if (cohort.length < 4 * mine.length) return abstains('the cohort of comparable established accounts is too small');
    // Once for all draws: an account is drawn again and again.
    const contents = cohort.map(contentOf);
    const population = pooledContent(contents);
    const found = divergence(pooledContent(mine.map(contentOf)), population);
    let asFar = 0;
    let typical = 0;
    for (let round = 1; round <= PERMUTATIONS; round++) {
      const other = divergence(pooledContent(draw(contents, mine.length, round)), population);
      typical += other / PERMUTATIONS;
      if (other >= found) asFar++;
    }
    const p = (asFar + 1) / (PERMUTATIONS + 1);
    if (p > 0.01) return abstains(`a group of unrelated accounts is as far from the population in ${(100 * p).toFixed(0)} % of draws`);
    return {
      kind: 'evidence',
      because: `The pooled prompts of ${mine.length} members are ${(found / typical).toFixed(1)} times as far from the population as those of ${mine.length} unrelated accounts (p ≤ ${p.toFixed(3)}).`,
      ratio: 1 / p,
      numbers: { divergence: found, typical, p, cohort: cohort.length },
    };
  },
};
