import type { TraitIndex } from '../traits/trait-index';
import { TRAIT_NAMES, type TraitType } from '../traits/traits';
import { UnionFind } from './networks';

/** What ties the accounts of one operator to one another, each tie by itself: its tools, exits, payers, sign-ups and prompts. */
const TIES_BY_TYPE: readonly (readonly TraitType[])[] = [
  ['client-build'],
  ['network-address'],
  ['payment-instrument'],
  ['signup-origin', 'signup-client', 'email-domain'],
  ['system-prompt', 'prompt-template', 'prompt-phrase'],
];
const TIE_OF = TRAIT_NAMES.map((name) => TIES_BY_TYPE.findIndex((types) => types.includes(name)));
/** What a trait must say (nats) to tie anybody. */
export const TIES = 1;
/** A shared identifier holds a group together when it connects more than this share of it: cards that each pay for a few accounts do not. */
const HOLDS = 0.5;
/** And when two of the group share by it this many times as much as one of them and somebody else: what people ask holds nobody. */
const OWN = 20;
/** One that holds only one of two groups tells when it connects so many times as many there: one such card is but one of many. */
const LARGER = 2;
/** Two groups are one operator's when their shared identifiers overlap more than this on average (Morisita's index: 0 nothing in common, 1 as within each). */
const ONE = 0.5;

/**
 * Whether one operator moves two groups of accounts: what holds either together is much the same in both. One operator with two
 * tools works from one pool and asks alike with both; two operators with one data set, or at one hosting company, do not.
 */
export function isSameOperator(index: TraitIndex, one: readonly number[], other: readonly number[]): boolean {
  const held = overlaps(index, one, other).filter((overlap) => overlap !== undefined);
  return held.length === 0 || held.reduce((sum, overlap) => sum + Math.min(1, overlap), 0) > ONE * held.length;
}

/**
 * For each shared identifier how far two groups overlap, by Morisita's index (1959), which does not depend on their sizes: the rate at which
 * a pair across shares a trait, over the mean rate of pairs within. `undefined` where the identifier holds neither together.
 */
function overlaps(index: TraitIndex, one: readonly number[], other: readonly number[]): (number | undefined)[] {
  const mine = holdersOf(index, one);
  const theirs = holdersOf(index, other);
  return TIES_BY_TYPE.map((_, tie) => {
    const [a, b] = [mine[tie]!, theirs[tie]!];
    const [here, there] = [connected(a, one.length), connected(b, other.length)];
    const outside = index.population - one.length - other.length;
    const isOwn = (held: Held, size: number): boolean => pairsWithin(held, size) * outside * size >= OWN * pairsOut(index, held, [a, b]);
    const holdsHere = here > HOLDS * one.length && isOwn(a, one.length);
    const holdsThere = there > HOLDS * other.length && isOwn(b, other.length);
    const tells = (holdsHere && holdsThere) || (holdsHere && here > LARGER * there) || (holdsThere && there > LARGER * here);
    if (!tells) return undefined;
    let across = 0;
    for (const [id, holders] of a) across += holders.length * (b.get(id)?.length ?? 0);
    const within = (pairsWithin(a, one.length) + pairsWithin(b, other.length)) / 2;
    return across / (one.length * other.length) / within;
  });
}

/** The members (by their place) that hold each trait. */
type Held = ReadonlyMap<number, readonly number[]>;

/** For each shared identifier who holds each trait which is not theirs alone. */
function holdersOf(index: TraitIndex, orders: readonly number[]): Map<number, number[]>[] {
  const held = TIES_BY_TYPE.map(() => new Map<number, number[]>());
  for (let place = 0; place < orders.length; place++) {
    for (const id of index.common(index.accounts[orders[place]!]!)) {
      const ofTie = held[TIE_OF[index.types[id]!]!];
      if (!ofTie || index.weight(id) < TIES) continue;
      const holders = ofTie.get(id);
      if (holders) holders.push(place);
      else ofTie.set(id, [place]);
    }
  }
  return held;
}

/** Shared traits of a member and somebody in neither group, over all such pairs. */
function pairsOut(index: TraitIndex, held: Held, groups: readonly Held[]): number {
  let sum = 0;
  for (const [id, { length }] of held)
    sum += length * (index.holdersOf(id) - groups.reduce((of, group) => of + (group.get(id)?.length ?? 0), 0));
  return sum;
}

/** Accounts of a group in the largest part that shared traits connect. */
function connected(held: Held, size: number): number {
  const sets = new UnionFind(size);
  for (const holders of held.values()) for (let i = 1; i < holders.length; i++) sets.union(holders[0]!, holders[i]!);
  return sets.parts().reduce((most, { length }) => Math.max(most, length), 0);
}

/** Shared traits for each pair of members. */
function pairsWithin(held: Held, size: number): number {
  let sum = 0;
  for (const { length } of held.values()) sum += length * (length - 1);
  return sum / Math.max(1, size * (size - 1));
}
