import type { PairLink } from '../links/links';
import type { TraitIndex } from '../traits/trait-index';
import { TRAIT_NAMES } from '../traits/traits';
import { components, UnionFind } from './networks';
import { isSameOperator, TIES } from './same-operator';
import { sparsestCut } from './sparsest-cut';

const CLIENT = TRAIT_NAMES.indexOf('client-build');
const ADDRESS = TRAIT_NAMES.indexOf('network-address');
/** A part must be this share of the whole, and this many accounts, to be looked at. */
const PART = 0.15;
const FEWEST = 10;
/** How much more than joining a link must say to make a strong part (nats). */
const STRONGER = 6;

/**
 * Takes apart what a few coincidences joined. A component is parted by client build, by the pools of addresses its accounts share,
 * where its links are strongest, and where they are fewest; parts stay together if one operator moves both. `links`: its own are enough.
 */
export function split(index: TraitIndex, component: readonly number[], links: readonly PairLink[], linkThreshold: number): number[][] {
  if (component.length < 2 * FEWEST) return [[...component]];
  const fewest = Math.max(FEWEST, PART * component.length);
  const inside = new Set(component);
  const own = links.filter(({ a, b }) => inside.has(a) && inside.has(b));
  const ways = [
    () => byClient(index, component),
    () => byPool(index, component),
    () => byStrength(component, own, linkThreshold + STRONGER),
    () => sparsestCut(component, own, fewest) ?? [],
  ];
  for (const way of ways) {
    const parts = way();
    const [first] = parts.filter((part) => part.length >= fewest).sort((a, b) => b.length - a.length);
    if (!first) continue;
    const taken = new Set(first);
    const rest = component.filter((order) => !taken.has(order));
    if (rest.length < fewest) continue;
    if (isSameOperator(index, first, rest)) continue;
    return [...split(index, first, own, linkThreshold), ...split(index, rest, own, linkThreshold)];
  }
  return [[...component]];
}

function byClient(index: TraitIndex, component: readonly number[]): number[][] {
  const parts = new Map<string, number[]>();
  const { types } = index;
  for (const order of component) {
    let name = '';
    for (const id of index.accounts[order]!.ids) if (types[id] === CLIENT) name += `${id},`;
    const part = parts.get(name);
    if (part) part.push(order);
    else parts.set(name, [order]);
  }
  return [...parts.values()];
}

/** Accounts that links of some weight (nats) connect. */
function byStrength(component: readonly number[], links: readonly PairLink[], atLeast: number): number[][] {
  const place = new Map(component.map((order, at) => [order, at]));
  const strong: PairLink[] = [];
  for (const link of links) if (link.weight >= atLeast) strong.push({ ...link, a: place.get(link.a)!, b: place.get(link.b)! });
  return components(component.length, strong, FEWEST).map((part) => part.map((at) => component[at]!).sort((x, y) => x - y));
}

/** Accounts that rare addresses connect, however indirectly. */
function byPool(index: TraitIndex, component: readonly number[]): number[][] {
  const sets = new UnionFind(component.length);
  const first = new Map<number, number>();
  for (let place = 0; place < component.length; place++) {
    for (const id of index.common(index.accounts[component[place]!]!)) {
      if (index.types[id] !== ADDRESS || index.weight(id) < TIES) continue;
      const before = first.get(id);
      if (before === undefined) first.set(id, place);
      else sets.union(before, place);
    }
  }
  return sets.parts().map((part) => part.map((place) => component[place]!));
}
