import { askingLists, type PairLink, scorePair } from './links';
import type { TraitIndex } from './trait-index';

/** How many neighbours in a holder list an account is paired with: star-like, never all pairs. */
const NEIGHBOURS = 3;

/** Two accounts, the lower order first, that `lists` lists of holders ask about; `link`: if they are linked strongly enough. */
type Pair = { a: number; b: number; lists: number; link: PairLink | undefined };

/**
 * The pairs that share something rare, kept from run to run: only lists of holders that changed are gone through again, and
 * only pairs of which an end changed are scored again.
 */
export class AskedPairs {
  /** Pairs of each account, by the other's order: accounts keep their order from run to run. */
  private readonly pairs: Map<number, Pair>[] = [];
  private lists: ReadonlyMap<number | string, readonly number[]> = new Map();
  /** Revision at which each account's pairs were scored. */
  private readonly scored: number[] = [];
  private readonly joining = new Set<Pair>();

  /** Links strong enough to join two accounts, by order: enough in all, from two families at least. */
  joiningLinks(index: TraitIndex, linkThreshold: number): PairLink[] {
    const { accounts } = index;
    while (this.pairs.length < accounts.length) this.pairs.push(new Map());
    const fresh = this.follow(askingLists(index));
    for (const { order, revision } of accounts) {
      if (this.scored[order] === revision) continue;
      this.scored[order] = revision;
      for (const pair of this.pairs[order]!.values()) fresh.add(pair);
    }
    for (const pair of fresh) this.score(pair, index, linkThreshold);
    return Array.from(this.joining, ({ link }) => link)
      .filter((link) => link !== undefined)
      .sort((x, y) => x.a - y.a || x.b - y.b);
  }

  private score(pair: Pair, index: TraitIndex, linkThreshold: number): void {
    const link = scorePair(index, pair.a, pair.b, linkThreshold);
    pair.link = link.weight >= linkThreshold && link.families.length >= 2 ? link : undefined;
    if (pair.link) this.joining.add(pair);
    else this.joining.delete(pair);
  }

  /** Asks about the pairs of these lists and of no others; answers those that were not asked about before. */
  private follow(lists: ReadonlyMap<number | string, readonly number[]>): Set<Pair> {
    const fresh = new Set<Pair>();
    const left: Pair[] = [];
    for (const [name, list] of this.lists) {
      if (isSame(list, lists.get(name))) continue;
      forPairs(list, (a, b) => {
        const pair = this.pairs[a]!.get(b);
        if (pair && --pair.lists === 0) left.push(pair);
      });
    }
    for (const [name, list] of lists) {
      if (isSame(list, this.lists.get(name))) continue;
      forPairs(list, (a, b) => {
        const known = this.pairs[a]!.get(b);
        if (known) known.lists++;
        else fresh.add(this.begin(a, b));
      });
    }
    for (const pair of left) if (pair.lists === 0) this.end(pair);
    this.lists = lists;
    return fresh;
  }

  private begin(a: number, b: number): Pair {
    const pair = { a, b, lists: 1, link: undefined };
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
