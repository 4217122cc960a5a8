import type { PairLink } from '../links/links';

const ROUNDS = 60;

/**
 * The two parts of a component with the fewest links between them for their size: a sweep over the second eigenvector of the
 * random walk on its links (Andersen, Chung, Lang, FOCS 2006; Cheeger's bound), found by power iteration from a fixed start.
 * Each part has `fewest` accounts at least; undefined when there is no such cut.
 */
export function sparsestCut(component: readonly number[], links: readonly PairLink[], fewest: number): [number[], number[]] | undefined {
  const size = component.length;
  const inside = linksInside(component, links);
  const { from, to, weights } = inside;
  const degree = new Float64Array(size);
  let volume = 0;
  for (let link = 0; link < from.length; link++) {
    const weight = weights[link]!;
    degree[from[link]!]! += weight;
    degree[to[link]!]! += weight;
    volume += 2 * weight;
  }
  if (size < 2 * fewest || volume === 0) return undefined;
  let walk = Float64Array.from(component, (_, i) => ((i * 0.6180339887498949) % 1) - 0.5);
  let next = new Float64Array(size);
  for (let round = 0; round < ROUNDS; round++) {
    next.fill(0);
    for (let link = 0; link < from.length; link++) {
      const i = from[link]!;
      const j = to[link]!;
      next[i]! += weights[link]! * walk[j]!;
      next[j]! += weights[link]! * walk[i]!;
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
    for (let i = 0; i < size; i++) next[i]! /= norm;
    [walk, next] = [next, walk];
  }
  const ranked = component.map((_, i) => i).sort((i, j) => walk[i]! - walk[j]! || i - j);
  return swept(component, ranked, inside, degree, volume, fewest);
}

/** Links between accounts of a component, by their places in it. */
type Inside = { from: number[]; to: number[]; weights: number[] };

function linksInside(component: readonly number[], links: readonly PairLink[]): Inside {
  const place = new Map(component.map((order, i) => [order, i]));
  const inside: Inside = { from: [], to: [], weights: [] };
  for (const { a, b, weight } of links) {
    const [i, j] = [place.get(a), place.get(b)];
    if (i === undefined || j === undefined) continue;
    inside.from.push(i);
    inside.to.push(j);
    inside.weights.push(weight);
  }
  return inside;
}

/** The prefix of the ranking with the least conductance: weight cut over the smaller side's weight. */
function swept(
  component: readonly number[],
  ranked: readonly number[],
  { from, to, weights }: Inside,
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
  for (let link = 0; link < from.length; link++) {
    const [one, other] = [rank[from[link]!]!, rank[to[link]!]!];
    change[Math.min(one, other)]! += weights[link]!;
    change[Math.max(one, other)]! -= weights[link]!;
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
  const part = (begin: number, end: number): number[] => ranked.slice(begin, end).map((i) => component[i]!);
  return [part(0, at), part(at, ranked.length)];
}
