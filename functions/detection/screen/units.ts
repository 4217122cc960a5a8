import type { AccountKey } from '../../../shared/identity/ids';
import { UnionFind } from '../networks/networks';
import { accountAt, placesOf, type ScreenColumns } from './columns/screen-columns';
import { type Census, ordinalsOf } from './holders/census';
import { firstOf, secondOf } from './holders/trait-records';
import type { Screened } from './screen';

/** Accounts that can only be judged together, in the order in which they came. */
export type Unit = {
  /** Joined by links, or by what they were before. */
  accounts: AccountKey[];
  /** Nothing joins them here, but they may turn out to fit; each may be a guest of several units, or be joined in another one. */
  guests: AccountKey[];
  /** The ties (by their place) that lie in the unit. */
  ties: number[];
  /** Whether any of its accounts is another unit's guest. */
  isVisiting: boolean;
};

/** Accounts of a segment that are in a group, tied or a guest, ascending: their ordinals and keys, and the numbers of group and tie (-1: none). */
export const PLACES = { ordinals: Uint32Array, names: Uint8Array, groups: Int32Array, ties: Int32Array } as const;
export type Places = { ordinals: Uint32Array; names: Uint8Array; groups: Int32Array; ties: Int32Array };

/** By account, the last tie that names it. */
export const tiesOf = (ties: readonly (readonly AccountKey[])[]): Map<AccountKey, number> =>
  new Map(ties.flatMap((accounts, tie) => accounts.map((account) => [account, tie])));

/** `isGuest`, by ordinal: whether an account is anybody's guest. */
export function placesIn(
  columns: ScreenColumns,
  census: Pick<Census, 'arrivals'>,
  groupOf: Uint32Array,
  isGuest: (ordinal: number) => boolean,
  tieOf: ReadonlyMap<AccountKey, number>,
): Places {
  const tied = new Map<number, number>();
  for (const at of placesOf(columns, tieOf.keys())) tied.set(at, tieOf.get(accountAt(columns, at))!);
  const found: { ordinal: number; at: number }[] = [];
  ordinalsOf(columns, census).forEach((ordinal, at) => {
    if (groupOf[ordinal]! > 0 || tied.has(at) || isGuest(ordinal)) found.push({ ordinal, at });
  });
  return {
    ordinals: Uint32Array.from(found, ({ ordinal }) => ordinal),
    names: Buffer.from(found.map(({ at }) => accountAt(columns, at)).join(''), 'latin1'),
    groups: Int32Array.from(found, ({ ordinal }) => groupOf[ordinal]! - 1),
    ties: Int32Array.from(found, ({ at }) => tied.get(at) ?? -1),
  };
}

/** By ordinal: the groups whose guest an account is. */
export function visitsOf(guests: Float64Array): Map<number, number[]> {
  const visits = new Map<number, number[]>();
  for (const guest of guests) {
    const known = visits.get(firstOf(guest));
    if (known) known.push(secondOf(guest) - 1);
    else visits.set(firstOf(guest), [secondOf(guest) - 1]);
  }
  return visits;
}

type Place = { ordinal: number; account: AccountKey; part: number };

/**
 * What the screen named, cut where no link joins it: each unit is judged by itself, so that no more than one need be in memory. `places`:
 * of every segment. `ties`: accounts that were judged together before (a campaign's members). Units are the same whatever the segments, in
 * order of their first account.
 */
export async function unitsOf(
  { groups, guests }: Pick<Screened, 'groups' | 'guests'>,
  places: AsyncIterable<Places>,
  ties: readonly (readonly AccountKey[])[],
): Promise<Unit[]> {
  const sets = new UnionFind(groups + ties.length);
  const visits = visitsOf(guests);
  const own: Place[] = [];
  const visiting: (Place & { home: number })[] = [];
  for await (const segment of places) {
    segment.ordinals.forEach((ordinal, at) => {
      const account = accountAt(segment, at);
      const [group, tie] = [segment.groups[at]!, segment.ties[at]!];
      const home = tie >= 0 ? groups + tie : group;
      if (group >= 0 && tie >= 0) sets.union(group, groups + tie);
      if (home >= 0) own.push({ ordinal, account, part: home });
      for (const part of visits.get(ordinal) ?? []) visiting.push({ ordinal, account, part, home });
    });
  }
  const units = new Map<number, Unit>();
  const unitAt = (part: number): Unit => {
    const root = sets.find(part);
    const unit = units.get(root) ?? { accounts: [], guests: [], ties: [], isVisiting: false };
    units.set(root, unit);
    return unit;
  };
  const inOrder = (one: Place, other: Place): number => one.ordinal - other.ordinal;
  for (const { account, part } of own.sort(inOrder)) unitAt(part).accounts.push(account);
  for (const { account, part, home } of visiting.sort(inOrder)) {
    const unit = unitAt(part);
    if (home >= 0 && unitAt(home) === unit) continue;
    if (unit.guests.at(-1) !== account) unit.guests.push(account);
    if (home >= 0) unitAt(home).isVisiting = true;
  }
  for (let tie = 0; tie < ties.length; tie++) unitAt(groups + tie).ties.push(tie);
  return [...units.values()];
}

/** Units in order, as many at a time as have so many accounts together; one at least. */
export function* batchesOf<T extends Pick<Unit, 'accounts' | 'guests'>>(units: readonly T[], accountsAtMost: number): Iterable<T[]> {
  let batch: T[] = [];
  let size = 0;
  for (const unit of units) {
    const accounts = unit.accounts.length + unit.guests.length;
    if (batch.length > 0 && size + accounts > accountsAtMost) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(unit);
    size += accounts;
  }
  if (batch.length > 0) yield batch;
}
