import { UnionFind } from '../networks/networks';
import { firstOf, secondOf } from './trait-records';

/** Neighbours of each end of some pairs (distinct, ascending), one after the other. */
class Neighbours {
  private readonly starts = new Map<number, number>();
  private readonly ends: Uint32Array;
  private readonly list: Uint32Array;

  constructor(pairs: Float64Array) {
    const degrees = new Map<number, number>();
    for (const pair of pairs) for (const end of [firstOf(pair), secondOf(pair)]) degrees.set(end, (degrees.get(end) ?? 0) + 1);
    this.ends = new Uint32Array(degrees.size);
    this.list = new Uint32Array(2 * pairs.length);
    let at = 0;
    let node = 0;
    for (const [end, degree] of degrees) {
      this.starts.set(end, node);
      this.ends[node++] = at;
      at += degree;
    }
    const begins = this.ends.slice();
    for (const pair of pairs) {
      const [a, b] = [firstOf(pair), secondOf(pair)];
      this.list[this.ends[this.starts.get(a)!]!++] = b;
      this.list[this.ends[this.starts.get(b)!]!++] = a;
    }
    begins.forEach((begin, which) => {
      this.list.subarray(begin, this.ends[which]!).sort();
    });
    this.begins = begins;
  }
  private readonly begins: Uint32Array;

  haveCommon(a: number, b: number): boolean {
    const [x, y] = [this.starts.get(a)!, this.starts.get(b)!];
    const { begins, ends, list } = this;
    for (let i = begins[x]!, j = begins[y]!; i < ends[x]! && j < ends[y]!; ) {
      if (list[i] === list[j]) return true;
      if (list[i]! < list[j]!) i++;
      else j++;
    }
    return false;
  }
}

/** Links whose ends have another account in common: one coincidence does not join two networks. */
export function supportedPairs(pairs: Float64Array): Float64Array {
  const neighbours = new Neighbours(pairs);
  return pairs.filter((pair) => neighbours.haveCommon(firstOf(pair), secondOf(pair)));
}

/** Of which accounts (by ordinal) are joined in groups of `minimum` at least: 1 + the group's number, 0 for all others; and how large each group is. */
export function groupsOf(size: number, pairs: Float64Array, minimum: number): { groupOf: Uint32Array; sizes: number[] } {
  const sets = new UnionFind(size);
  for (const pair of pairs) sets.union(firstOf(pair), secondOf(pair));
  const counts = new Uint32Array(size);
  for (let at = 0; at < size; at++) counts[sets.find(at)]!++;
  const groupOf = new Uint32Array(size);
  const sizes: number[] = [];
  for (let at = 0; at < size; at++) {
    const root = sets.find(at);
    if (counts[root]! < minimum) continue;
    if (root === at) groupOf[at] = sizes.push(counts[at]!);
    else groupOf[at] = groupOf[root]!;
  }
  return { groupOf, sizes };
}
