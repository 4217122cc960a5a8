import type { TraitIndex } from '../traits/trait-index';
import { FAMILY_COUNTS_FROM, type PairLink, rhythmGroups } from './links';
import { PairScores } from './pair-scores';

/** How many neighbours in a holder list an account is paired with: star-like, never all pairs. */
const NEIGHBOURS = 3;

/**
 * Two accounts, the lower order first, that `lists` lists of holders ask about. `link`: if they are linked strongly enough, as of a
 * `run`, the last in which they were scored.
 */
type Pair = { a: number; b: number; lists: number; link: PairLink | undefined; run: number };
/** The id of a trait, or the name of a rhythm group. */
type Asking = number | string;

/**
 * The pairs that share something rare, kept from run to run: only lists of holders that changed are gone through again, and
 * only pairs of which an end changed are scored again.
 */
export class CandidatePairs {
  /** Pairs of each account, by the other's order: accounts keep their order from run to run. */
  private readonly pairs: Map<number, Pair>[] = [];
  /** Whom was asked about, by what they share. */
  private readonly lists = new Map<Asking, readonly number[]>();
  /** Revision at which each account's pairs were scored. */
  private readonly scored: number[] = [];
  private readonly joining = new Set<Pair>();
  private readonly scores = new PairScores();
  private run = 0;

  /** Links strong enough to join two accounts, by order: enough in all, from two families at least. */
  joiningLinks(index: TraitIndex, linkThreshold: number): PairLink[] {
    const { accounts } = index;
    while (this.pairs.length < accounts.length) this.pairs.push(new Map());
    this.run++;
    for (const pair of this.follow(index)) this.score(pair, index, linkThreshold);
    for (const entry of accounts) {
      const { order, revision } = entry;
      if (this.scored[order] === revision) continue;
      this.scored[order] = revision;
      this.scores.turnTo(entry, index.size);
      for (const pair of this.pairs[order]!.values()) if (pair.run !== this.run) this.score(pair, index, linkThreshold);
    }
    const links: PairLink[] = [];
    for (const { link } of this.joining) if (link) links.push(link);
    return links.sort((x, y) => x.a - y.a || x.b - y.b);
  }

  private score(pair: Pair, index: TraitIndex, linkThreshold: number): void {
    pair.run = this.run;
    pair.link = this.scores.joining(index, pair.a, pair.b, linkThreshold);
    if (pair.link) this.joining.add(pair);
    else this.joining.delete(pair);
  }

  /** Asks about the pairs that share something rare, and of no others; answers those that were not asked about before. */
  private follow(index: TraitIndex): Pair[] {
    const groups = rhythmGroups(index);
    const listOf = (name: Asking) => (typeof name === 'string' ? groups.get(name) : index.shared.get(name));
    const tells = (name: Asking): boolean => typeof name === 'string' || index.weight(name) >= FAMILY_COUNTS_FROM;
    const left: Pair[] = [];
    for (const [name, list] of this.lists) {
      if (isSame(list, listOf(name)) && tells(name)) continue;
      this.lists.delete(name);
      forPairs(list, (a, b) => {
        const pair = this.pairs[a]!.get(b);
        if (pair && --pair.lists === 0) left.push(pair);
      });
    }
    const fresh: Pair[] = [];
    const ask = (list: readonly number[], name: Asking): void => {
      if (!tells(name) || this.lists.has(name)) return;
      this.lists.set(name, list);
      forPairs(list, (a, b) => {
        const known = this.pairs[a]!.get(b);
        if (known) known.lists++;
        else fresh.push(this.begin(a, b));
      });
    };
    groups.forEach(ask);
    index.shared.forEach(ask);
    for (const pair of left) if (pair.lists === 0) this.end(pair);
    return fresh;
  }

  private begin(a: number, b: number): Pair {
    const pair = { a, b, lists: 1, link: undefined, run: 0 };
    this.pairs[a]!.set(b, pair);
    this.pairs[b]!.set(a, pair);
    return pair;
  }

  private end(pair: Pair): void {
    this.pairs[pair.a]!.delete(pair.b);
    this.pairs[pair.b]!.delete(pair.a);
    this.joining.delete(pair);
  }
}

/** A pair of each two orders (ascending) that are at most `NEIGHBOURS` places apart: linear in the length of the list. */
function forPairs(list: readonly number[], take: (a: number, b: number) => void): void {
  for (let i = 0; i < list.length; i++) {
    for (let step = 1; step <= NEIGHBOURS && i + step < list.length; step++) take(list[i]!, list[i + step]!);
  }
}

const isSame = (one: readonly number[], other: readonly number[] | undefined): boolean =>
  one === other || (one.length === other?.length && one.every((order, place) => order === other[place]));
