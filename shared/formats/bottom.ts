import { insertAt } from './insert-at';

/**
 * A bottom-k sample with counts (KMV: Bar-Yossef et al., RANDOM 2002; with counts: Cohen and Kaplan, PODC 2007): the k
 * smallest hashes seen, each with how often. Order-free and idempotent in its keys; the counts of disjoint parts add up
 * exactly, because a key among the k smallest of a union is among the k smallest of every part that holds it.
 * Two accounts that draw from one pool keep the same small hashes, so overlap shows in the samples.
 */
export class Bottom {
  readonly keys: number[] = [];
  readonly counts: number[] = [];

  constructor(readonly k: number) {}

  /** `key` is a hash (integer < 2^53); 0 stands for "not given" and is passed over. */
  add(key: number, count: number): void {
    if (key === 0) return;
    const { keys, counts } = this;
    let at = keys.length;
    while (at > 0 && keys[at - 1]! > key) at--;
    if (at > 0 && keys[at - 1] === key) {
      counts[at - 1]! += count;
      return;
    }
    if (at >= this.k) return;
    insertAt(keys, at, key, this.k);
    insertAt(counts, at, count, this.k);
  }

  clear(): void {
    if (this.keys.length === 0) return;
    this.keys.length = 0;
    this.counts.length = 0;
  }

  /** Distinct hashes seen: exact below k, else (k − 1) / (k-th smallest as a fraction of `space`). */
  distinct(space: number): number {
    const { keys, k } = this;
    return keys.length < k ? keys.length : ((k - 1) * space) / keys[k - 1]!;
  }
}
