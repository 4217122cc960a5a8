import type { Observations } from './observations';

/** How suspicious each account is under one choice of parameters; higher is more. */
export type Scores = { readonly setting: string; readonly scores: ReadonlyMap<string, number> };

/**
 * A way of finding bad accounts that others use. The evaluation tries every setting and every threshold and reports the best one,
 * chosen with the truth in hand: an advantage that nobody has in practice.
 */
export type Baseline = { readonly name: string; readonly source: string; score(seen: Observations): Scores[] };
