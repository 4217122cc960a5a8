import { UnionFind } from '../networks/networks';
import { ascending } from './columns/growing';
import { firstOf, secondOf } from './holders/trait-records';

/** Links whose ends have another account in common: one coincidence does not join two networks. `pairs`: distinct, of accounts by ordinal. */
export function supportedPairs(size: number, pairs: Float64Array): Float64Array {
  const ends = new Uint32Array(size + 1);
  for (const pair of pairs) {
    ends[firstOf(pair) + 1]!++;
    ends[secondOf(pair) + 1]!++;
  }
  for (let at = 0; at < size; at++) ends[at + 1]! += ends[at]!;
  const begins = ends.slice();
  const neighbours = new Uint32Array(2 * pairs.length);
  for (const pair of pairs) {
    const [a, b] = [firstOf(pair), secondOf(pair)];
    neighbours[ends[a]!++] = b;
    neighbours[ends[b]!++] = a;
  }
  for (let at = 0; at < size; at++) ascending(neighbours, begins[at]!, ends[at]!);
  const haveCommon = (a: number, b: number): boolean => {
    for (let i = begins[a]!, j = begins[b]!; i < ends[a]! && j < ends[b]!; ) {
      if (neighbours[i] === neighbours[j]) return true;
      if (neighbours[i]! < neighbours[j]!) i++;
      else j++;
    }
    return false;
  };
  return pairs.filter((pair) => haveCommon(firstOf(pair), secondOf(pair)));
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
