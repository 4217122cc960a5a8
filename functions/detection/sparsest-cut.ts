import type { PairLink } from './links';

const ROUNDS = 60;

/**
 * The two parts of a component with the fewest links between them for their size: a sweep over the second eigenvector of the
 * random walk on its links (Andersen, Chung, Lang, FOCS 2006; Cheeger's bound), found by power iteration from a fixed start.
 * Each part has `fewest` accounts at least; undefined when there is no such cut.
 */
export function sparsestCut(component: readonly number[], links: readonly PairLink[], fewest: number): [number[], number[]] | undefined {
  const place = new Map(component.map((order, i) => [order, i]));
  const size = component.length;
  const inside = links.flatMap(({ a, b, weight }) => {
    const [i, j] = [place.get(a), place.get(b)];
    return i === undefined || j === undefined ? [] : [{ i, j, weight }];
  });
  const degree = new Float64Array(size);
  let volume = 0;
  for (const { i, j, weight } of inside) {
    degree[i]! += weight;
    degree[j]! += weight;
    volume += 2 * weight;
  }
  if (size < 2 * fewest || volume === 0) return undefined;
  let walk = Float64Array.from(component, (_, i) => ((i * 0.6180339887498949) % 1) - 0.5);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(size);
    for (const { i, j, weight } of inside) {
      next[i]! += weight * walk[j]!;
      next[j]! += weight * walk[i]!;
    }
    // Lazy, so that no component of the walk flips sign; less what all have in common.
    let mean = 0;
    for (let i = 0; i < size; i++) {
      next[i] = (walk[i]! + next[i]! / Math.max(1e-9, degree[i]!)) / 2;
      mean += (next[i]! * degree[i]!) / volume;
    }
    let norm = 0;
    for (let i = 0; i < size; i++) {
      next[i]! -= mean;
      norm = Math.max(norm, Math.abs(next[i]!));
    }
    if (norm === 0) return undefined;
    walk = next.map((value) => value / norm);
  }
  const ranked = component.map((_, i) => i).sort((i, j) => walk[i]! - walk[j]! || i - j);
  return swept(component, ranked, inside, degree, volume, fewest);
}

/** The prefix of the ranking with the least conductance: weight cut over the smaller side's weight. */
function swept(
  component: readonly number[],
  ranked: readonly number[],
  inside: readonly { i: number; j: number; weight: number }[],
  degree: Float64Array,
  volume: number,
  fewest: number,
): [number[], number[]] | undefined {
  const rank = new Int32Array(ranked.length);
  ranked.forEach((i, at) => {
    rank[i] = at;
  });
  /** Change of the weight cut when the account of a rank moves over. */
  const change = new Float64Array(ranked.length);
  for (const { i, j, weight } of inside) {
    const [first, second] = rank[i]! < rank[j]! ? [i, j] : [j, i];
    change[rank[first]!]! += weight;
    change[rank[second]!]! -= weight;
  }
  let cut = 0;
  let moved = 0;
  let best = Number.POSITIVE_INFINITY;
  let at = -1;
  for (let n = 1; n < ranked.length; n++) {
    cut += change[n - 1]!;
    moved += degree[ranked[n - 1]!]!;
    if (n < fewest || ranked.length - n < fewest) continue;
    const conductance = cut / Math.max(1e-9, Math.min(moved, volume - moved));
    if (conductance < best) {
      best = conductance;
      at = n;
    }
  }
  if (at < 0) return undefined;
  const part = (from: number, to: number): number[] => ranked.slice(from, to).map((i) => component[i]!);
  return [part(0, at), part(at, ranked.length)];
}
