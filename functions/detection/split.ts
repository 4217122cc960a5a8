import { scorePair } from './links';
import type { TraitIndex } from './trait-index';
import { TRAIT_NAMES } from './traits';

const PAIRS = 60;
const CLIENT = TRAIT_NAMES.indexOf('client-build');
/** A part must be this share of the whole to be looked at. */
const PART = 0.15;

/**
 * Takes apart what a few coincidences joined: the component is parted by its commonest client builds, and stays whole
 * only if an average pair across is as good as linked. One operator with two tools shares cards, exits and prompts
 * across them; two operators at one hosting company do not.
 */
export function split(index: TraitIndex, component: readonly number[], linkThreshold: number, minimum: number): number[][] {
  const parts = byClient(index, component).filter((part) => part.length >= Math.max(minimum, PART * component.length));
  if (parts.length < 2) return [[...component]];
  const groups: number[][] = [];
  for (const part of parts) {
    const home = groups.find((group) => meanAcross(index, group, part) >= linkThreshold * 0.75);
    if (home) home.push(...part);
    else groups.push([...part]);
  }
  if (groups.length < 2) return [[...component]];
  const placed = new Set(groups.flat());
  for (const order of component) {
    if (placed.has(order)) continue;
    const best = groups.map((group) => meanAcross(index, group, [order])).reduce((a, value, i, all) => (value > all[a]! ? i : a), 0);
    groups[best]!.push(order);
  }
  return groups.map((group) => group.sort((a, b) => a - b));
}

function byClient(index: TraitIndex, component: readonly number[]): number[][] {
  const parts = new Map<string, number[]>();
  for (const order of component) {
    const name = index.accounts[order]!.ids.filter((id) => index.types[id] === CLIENT).join();
    const part = parts.get(name);
    if (part) part.push(order);
    else parts.set(name, [order]);
  }
  return [...parts.values()].sort((a, b) => b.length - a.length);
}

/** Mean weight over a fixed sample of pairs, one end in each. */
function meanAcross(index: TraitIndex, one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < PAIRS; i++) sum += scorePair(index, one[(i * 37) % one.length]!, other[(i * 53 + 11) % other.length]!).weight;
  return sum / PAIRS;
}
