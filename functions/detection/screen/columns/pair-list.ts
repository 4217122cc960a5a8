import { ascending } from './growing';

/** Pairs by their first account, ascending, each once: the seconds of `first` stand from `starts[first]` to `starts[first + 1]`. */
export type PairList = { starts: Uint32Array; seconds: Uint32Array };

/**
 * Some pairs, each as often as it came, in any order: read twice, a part at a time, so that no two parts need be in memory. `size`: accounts,
 * by ordinal.
 */
export async function pairList(size: number, parts: () => AsyncIterable<{ firsts: Uint32Array; seconds: Uint32Array }>): Promise<PairList> {
  const starts = new Uint32Array(size + 1);
  for await (const { firsts } of parts()) for (const first of firsts) starts[first + 1]!++;
  for (let first = 0; first < size; first++) starts[first + 1]! += starts[first]!;
  const seconds = new Uint32Array(starts[size]!);
  const filled = starts.slice(0, size);
  for await (const part of parts()) {
    const { firsts } = part;
    for (let i = 0; i < firsts.length; i++) seconds[filled[firsts[i]!]!++] = part.seconds[i]!;
  }
  let kept = 0;
  for (let first = 0; first < size; first++) {
    const from = starts[first]!;
    const to = filled[first]!;
    ascending(seconds, from, to);
    starts[first] = kept;
    let last = -1;
    for (let i = from; i < to; i++) {
      const second = seconds[i]!;
      if (second !== last) seconds[kept++] = second;
      last = second;
    }
  }
  starts[size] = kept;
  return { starts, seconds: seconds.slice(0, kept) };
}
