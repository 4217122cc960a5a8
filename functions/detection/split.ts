import { type PairLink, scorePair } from './links';
import { components } from './networks';
import type { TraitIndex } from './trait-index';
import { TRAIT_NAMES } from './traits';

const PAIRS = 80;
const CLIENT = TRAIT_NAMES.indexOf('client-build');
/** A part must be this share of the whole, and this many accounts, to be looked at. */
const PART = 0.15;
const FEWEST = 10;
/** How much more than joining a link must say to make a strong part (nats). */
const STRONGER = 6;
/** Two parts are two networks when an average pair across would not be linked, and says less than this share of an average pair within the tighter one. */
const ACROSS = 0.6;

/**
 * Takes apart what a few coincidences joined. A component is parted where its links are strongest, and by client build;
 * parts stay together unless pairs across say much less than pairs within. One operator with two tools shares cards,
 * exits and prompts across them; two operators at one hosting company, with one data set, do not.
 */
export function split(index: TraitIndex, component: readonly number[], links: readonly PairLink[], linkThreshold: number): number[][] {
  if (component.length < 2 * FEWEST) return [[...component]];
  const fewest = Math.max(FEWEST, PART * component.length);
  const inside = new Set(component);
  const strong = links.filter(({ a, b, weight }) => weight >= linkThreshold + STRONGER && inside.has(a) && inside.has(b));
  for (const parts of [byClient(index, component), components(index.accounts.length, strong, FEWEST)]) {
    const [first] = parts.filter((part) => part.length >= fewest).sort((a, b) => b.length - a.length);
    if (!first) continue;
    const taken = new Set(first);
    const rest = component.filter((order) => !taken.has(order));
    if (rest.length < fewest) continue;
    const tightest = Math.max(meanWeight(index, first, first), meanWeight(index, rest, rest));
    const across = meanWeight(index, first, rest);
    if (across >= linkThreshold || across >= ACROSS * tightest) continue;
    return [...split(index, first, links, linkThreshold), ...split(index, rest, links, linkThreshold)];
  }
  return [[...component]];
}

function byClient(index: TraitIndex, component: readonly number[]): number[][] {
  const parts = new Map<string, number[]>();
  for (const order of component) {
    const name = index.accounts[order]!.ids.filter((id) => index.types[id] === CLIENT).join();
    const part = parts.get(name);
    if (part) part.push(order);
    else parts.set(name, [order]);
  }
  return [...parts.values()];
}

/** Mean weight over a fixed sample of pairs of two different accounts, one end in each. */
function meanWeight(index: TraitIndex, one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < PAIRS; i++) {
    const a = one[(i * 37) % one.length]!;
    const b = other[(i * 53 + 11) % other.length]!;
    if (a === b) continue;
    sum += scorePair(index, a, b).weight;
    pairs++;
  }
  return pairs === 0 ? 0 : sum / pairs;
}
