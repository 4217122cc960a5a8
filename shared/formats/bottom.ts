import type { ByteReader, ByteWriter } from './bytes';
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

/** API key and client build of requests that had both, as hashes. */
export type KeyUse = { key: number; client: number; count: number };

/** Pairs of one account in one hour. */
export const MOST_KEY_USES = 24;

/**
 * Which API key was used with which client, of an account that used several keys within the hour; with one key its clients say it. The
 * first pairs in order of (key, client), with counts: exact under merging, as a bottom-k sample is. Fewer than the bound: these are all.
 */
export class KeyUses {
  readonly pairs: KeyUse[] = [];

  /** 0 stands for "not given", and is passed over. */
  add(key: number, client: number, count: number): void {
    if (key === 0 || client === 0) return;
    const { pairs } = this;
    let at = pairs.length;
    while (at > 0 && isAfter(pairs[at - 1]!, key, client)) at--;
    const before = pairs[at - 1];
    if (before?.key === key && before.client === client) {
      before.count += count;
      return;
    }
    if (at >= MOST_KEY_USES) return;
    pairs.splice(at, 0, { key, client, count });
    if (pairs.length > MOST_KEY_USES) pairs.pop();
  }

  clear(): void {
    this.pairs.length = 0;
  }

  /** Nothing where there is nothing to say: such rows are to the byte what they were before there were any. */
  encode(out: ByteWriter): void {
    if (this.pairs.length === 0) return;
    out.varint(this.pairs.length);
    for (const { key, client, count } of this.pairs) {
      out.hash(key);
      out.hash(client);
      out.varint(count);
    }
  }

  absorb(from: ByteReader): void {
    if (from.done) return;
    for (let left = from.varint(); left > 0; left--) this.add(from.hash(), from.hash(), from.varint());
  }
}

const isAfter = (pair: KeyUse, key: number, client: number): boolean => pair.key > key || (pair.key === key && pair.client > client);
