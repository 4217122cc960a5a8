import type { AccountKey } from '../../../shared/identity/ids';
import { UnionFind } from '../networks/networks';
import { accountAt, placesOf } from './columns/screen-columns';
import { ordinalsOf, type Segments } from './holders/census';
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

type Place = { ordinal: number; account: AccountKey; part: number };

/**
 * What the screen named, cut where no link joins it: each unit is judged by itself, so that no more than one need be in memory. `ties`:
 * accounts that were judged together before (a campaign's members). Units are the same whatever the segments, in order of their first account.
 */
export async function unitsOf(
  { groupOf, groups, guests, census }: Pick<Screened, 'groupOf' | 'groups' | 'guests' | 'census'>,
  segments: Segments,
  ties: readonly (readonly AccountKey[])[],
): Promise<Unit[]> {
  const sets = new UnionFind(groups + ties.length);
  const tieOf = new Map<AccountKey, number>();
  ties.forEach((accounts, tie) => {
    for (const account of accounts) tieOf.set(account, tie);
  });
  const visits = new Map<number, number[]>();
  for (const guest of guests) {
    const known = visits.get(firstOf(guest));
    if (known) known.push(secondOf(guest) - 1);
    else visits.set(firstOf(guest), [secondOf(guest) - 1]);
  }
  const own: Place[] = [];
  const visiting: (Place & { home: number })[] = [];
  for (let s = 0; s < segments.count; s++) {
    const columns = await segments.columns(s);
    const tied = new Map<number, number>();
    for (const at of placesOf(columns, tieOf.keys())) tied.set(at, groups + tieOf.get(accountAt(columns, at))!);
    ordinalsOf(columns, census).forEach((ordinal, at) => {
      const group = groupOf[ordinal]! - 1;
      const tie = tied.get(at);
      const home = tie ?? group;
      if (group >= 0 && tie !== undefined) sets.union(group, tie);
      if (home >= 0) own.push({ ordinal, account: accountAt(columns, at), part: home });
      for (const part of visits.get(ordinal) ?? []) visiting.push({ ordinal, account: accountAt(columns, at), part, home });
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
