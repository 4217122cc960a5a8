import type { Observations } from './observations';

/**
 * A way of finding bad accounts that others use. `score` says how suspicious each account is (higher: more); the evaluation
 * tries every setting and every threshold and reports the best one, chosen with the truth in hand: an advantage that nobody has in practice.
 */
export type Baseline = {
  readonly name: string;
  readonly source: string;
  readonly settings: readonly { readonly name: string; score(seen: Observations): ReadonlyMap<string, number> }[];
};
