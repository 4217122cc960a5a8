import type { Family } from '../../../shared/domain/campaigns/campaign';
import type { TraitIndex } from '../traits/trait-index';
import { TRAIT_NAMES } from '../traits/traits';

export type PairLink = { a: number; b: number; weight: number; families: Family[] };

/** What a family must say (nats) to count as evidence of its own: 4.5 times as likely. */
export const FAMILY_COUNTS_FROM = 1.5;

/** The most that being active in the same minutes may say (nats): schedulers and time zones hang together in ways nobody has listed. */
export const CO_TIMING_CAP = 4;

/** Below this share of the smaller pool in common, two accounts with pools of addresses do not work from one pool. */
export const POOL_OVERLAP = 0.1;
export const POOL_FROM_ADDRESSES = 6;

/** Accounts that keep the same rare rhythm and signed up together: what is left of a campaign that shares nothing else. */
export function rhythmGroups(index: TraitIndex): Map<string, number[]> {
  const signup = TRAIT_NAMES.indexOf('signup-time');
  const groups = new Map<string, number[]>();
  const { types } = index;
  for (const { ids, order, established, rhythm } of index.accounts) {
    if (established || rhythm === undefined || index.weight(rhythm) < FAMILY_COUNTS_FROM) continue;
    for (const id of ids) {
      if (types[id] !== signup) continue;
      const name = `${rhythm}/${id}`;
      const group = groups.get(name);
      if (group) group.push(order);
      else groups.set(name, [order]);
    }
  }
  return groups;
}
