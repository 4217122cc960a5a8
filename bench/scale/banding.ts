import { UnionFind } from '../../functions/detection/networks/networks';
import type { Segments } from '../../functions/detection/screen/holders/census';
import { proposing } from './population';

/** What a bucket may hold and still join its accounts. */
const LARGEST_BUCKET = 1_000;

/**
 * Plain banding: every trait that may propose a pair is a bucket, all of a bucket are one group, buckets of more than a thousand are left
 * out. No weights, no families, nothing that speaks against; one sort. What the least costs.
 */
export async function banding(segments: Segments): Promise<{ links: number; inGroups: (which: number) => boolean; size: number }> {
  let size = 0;
  let records = 0;
  for (let s = 0; s < segments.count; s++) {
    const { fine: accounts, types } = await segments.columns(s);
    size += accounts.length;
    for (const type of types) if (proposing[type]) records++;
  }
  const hashes = new Float64Array(records);
  const who = new Uint32Array(records);
  let at = 0;
  let base = 0;
  for (let s = 0; s < segments.count; s++) {
    const { fine: accounts, starts, types, hashes: from } = await segments.columns(s);
    for (let account = 0; account < accounts.length; account++)
      for (let i = starts[account]!; i < starts[account + 1]!; i++) {
        if (!proposing[types[i]!]) continue;
        hashes[at] = from[i]! + types[i]! / 32;
        who[at++] = base + account;
      }
    base += accounts.length;
  }
  let slots = 16;
  while (slots < 2 * records) slots *= 2;
  const heads = new Int32Array(slots).fill(-1);
  const next = new Int32Array(records);
  const sizes = new Int32Array(records);
  for (let i = 0; i < records; i++) {
    const hash = hashes[i]!;
    let slot = Math.imul(hash | 0, 0x9e3779b1) >>> 0;
    slot = (slot ^ (slot >>> 15)) & (slots - 1);
    while (heads[slot]! >= 0 && hashes[heads[slot]!] !== hash) slot = (slot + 1) & (slots - 1);
    const head = heads[slot]!;
    sizes[i] = head < 0 ? 1 : sizes[head]! + 1;
    next[i] = head;
    heads[slot] = i;
  }
  const sets = new UnionFind(size);
  let links = 0;
  for (const head of heads) {
    if (head < 0 || sizes[head]! < 2 || sizes[head]! > LARGEST_BUCKET) continue;
    for (let i = head; next[i]! >= 0; i = next[i]!) {
      sets.union(who[i]!, who[next[i]!]!);
      links++;
    }
  }
  const counts = new Int32Array(size);
  for (let i = 0; i < size; i++) counts[sets.find(i)]!++;
  return { links, size, inGroups: (which) => counts[sets.find(which)]! >= 5 };
}
