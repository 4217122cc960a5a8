import type { TraitIndex } from '../traits/trait-index';
import { FAMILY_COUNTS_FROM, type PairLink, rhythmGroups } from './links';
import { PairScores } from './pair-scores';

/** How many neighbours in a holder list an account is paired with: star-like, never all pairs. */
const NEIGHBOURS = 3;

/**
 * Links strong enough to join two accounts, by order: enough in all (`linkThreshold` nats), from two families at least. Asked about are the
 * pairs that share something rare, and no others: of an index, the same whatever was asked before.
 */
export function joiningLinks(index: TraitIndex, linkThreshold: number): PairLink[] {
  const scores = new PairScores();
  const links: PairLink[] = [];
  for (const [a, others] of candidatePairs(index)) {
    scores.turnTo(index.accounts[a]!, index.size);
    for (const b of others) {
      const link = scores.joining(index, a, b, linkThreshold);
      if (link) links.push(link);
    }
  }
  return links.sort((x, y) => x.a - y.a || x.b - y.b);
}

/** Whom each account, by order, may be one with, each of a higher order: each two once. */
function candidatePairs(index: TraitIndex): Map<number, Set<number>> {
  const pairs = new Map<number, Set<number>>();
  const ask = (list: readonly number[]): void =>
    forPairs(list, (a, b) => {
      const others = pairs.get(a);
      if (others) others.add(b);
      else pairs.set(a, new Set([b]));
    });
  for (const list of rhythmGroups(index).values()) ask(list);
  for (const [id, list] of index.shared) if (index.weight(id) >= FAMILY_COUNTS_FROM) ask(list);
  return pairs;
}

/** A pair of each two orders (ascending) that are at most `NEIGHBOURS` places apart: linear in the length of the list. */
function forPairs(list: readonly number[], take: (a: number, b: number) => void): void {
  for (let i = 0; i < list.length; i++) {
    for (let step = 1; step <= NEIGHBOURS && i + step < list.length; step++) take(list[i]!, list[i + step]!);
  }
}
