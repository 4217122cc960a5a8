import { CONTENT_BUCKETS, SUM } from '../../../shared/formats/features';
import type { Profile } from '../profiles/profile';

/** Groups of cohort accounts drawn to see how far chance alone takes a group from the population. */
export const PERMUTATIONS = 499;
/** Fewest prompts from which an account's content can be read. */
export const FEWEST_PROMPTS = 5;

/** Under chance: `distances` of drawn groups from the population (ascending), their mean, and how many accounts there were to draw from. */
export type ContentNull = { population: Float64Array; distances: Float64Array; typical: number; cohort: number };

/**
 * For groups of a size and volume, how far as many unrelated accounts of like volume are from their population in content.
 * Drawn once for all groups of that size and volume, as long as the baseline holds.
 */
export class ContentNulls {
  private readonly known = new Map<string, ContentNull>();
  private readonly contents = new Map<Profile, Float64Array>();

  constructor(private readonly accounts: readonly Profile[]) {}

  /** `low` and `high`: exchanges in the window; taken out to the next powers of two. Undefined when there are too few to draw from. */
  of(size: number, low: number, high: number): ContentNull | undefined {
    const from = 2 ** Math.floor(Math.log2(Math.max(1, low)));
    const to = 2 ** Math.ceil(Math.log2(Math.max(1, high)));
    const name = `${size}/${from}/${to}`;
    const known = this.known.get(name);
    if (known) return known;
    const cohort: Float64Array[] = [];
    for (const profile of this.accounts) {
      const { windowExchanges } = profile;
      if (windowExchanges < from || windowExchanges > to || profile.sum(SUM.prompts) < FEWEST_PROMPTS) continue;
      cohort.push(this.contentOnce(profile));
    }
    if (cohort.length < 4 * size) return undefined;
    const population = pooledContent(cohort);
    const distances = Float64Array.from({ length: PERMUTATIONS }, (_, i) =>
      divergence(pooledContent(drawn(cohort, size, i + 1)), population),
    ).sort();
    const typical = distances.reduce((a, b) => a + b, 0) / PERMUTATIONS;
    const made = { population, distances, typical, cohort: cohort.length };
    this.known.set(name, made);
    return made;
  }

  private contentOnce(profile: Profile): Float64Array {
    let content = this.contents.get(profile);
    if (!content) {
      content = contentOf(profile);
      this.contents.set(profile, content);
    }
    return content;
  }
}

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

/** A deterministic stride through the cohort, so that a finding can be recomputed: the accounts drawn the `round`-th time. */
function drawn<T>(cohort: readonly T[], size: number, round: number): T[] {
  const step = 1 + ((round * 7919) % Math.max(1, cohort.length - 1));
  return Array.from({ length: size }, (_, i) => cohort[(round * 104_729 + i * step) % cohort.length]!);
}

/** The content sketch of an account as shares of 64 buckets; all 0 without prompts. */
export function contentOf(profile: Profile): Float64Array {
  const content = new Float64Array(CONTENT_BUCKETS);
  let total = 0;
  for (let i = 0; i < CONTENT_BUCKETS; i++) {
    content[i] = profile.sum(SUM.content + i);
    total += content[i]!;
  }
  if (total > 0) for (let i = 0; i < CONTENT_BUCKETS; i++) content[i]! /= total;
  return content;
}

/** The content sketches of some accounts together, as shares of 64 buckets; each account counts the same. */
export function pooledContent(contents: readonly Float64Array[]): Float64Array {
  const together = new Float64Array(CONTENT_BUCKETS);
  for (const content of contents) for (let i = 0; i < CONTENT_BUCKETS; i++) together[i]! += content[i]!;
  let sum = 0;
  for (let i = 0; i < CONTENT_BUCKETS; i++) sum += together[i]!;
  if (sum > 0) for (let i = 0; i < CONTENT_BUCKETS; i++) together[i]! /= sum;
  return together;
}
