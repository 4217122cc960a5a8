import { FAMILIES, type Family } from '../../shared/model/campaign';
import { coTimingNats } from './co-timing';
import type { TraitIndex } from './trait-index';
import { FAMILY_CAP, SIGNUP_ORIGIN, TRAIT_NAMES, TRAIT_TYPES } from './traits';

export type PairLink = { a: number; b: number; weight: number; families: Family[] };

/** What a family must say (nats) to count as evidence of its own: 4.5 times as likely. */
export const SPEAKS = 1.5;

const FAMILY_OF = TRAIT_NAMES.map((name) => FAMILIES.indexOf(TRAIT_TYPES[name].family));
const CAPS = FAMILIES.map((family) => FAMILY_CAP[family]);

/** Accounts that keep the same rare rhythm and signed up together: what is left of a campaign that shares nothing else. */
export function rhythmGroups(index: TraitIndex): Map<string, number[]> {
  const rhythm = TRAIT_NAMES.indexOf('rhythm');
  const signup = TRAIT_NAMES.indexOf('signup-time');
  const groups = new Map<string, number[]>();
  const { types } = index;
  for (const { ids, order, established } of index.accounts) {
    if (established) continue;
    let beat = -1;
    for (let i = 0; i < ids.length; i++) if (types[ids[i]!] === rhythm && index.weight(ids[i]!) >= SPEAKS) beat = ids[i]!;
    if (beat < 0) continue;
    for (const id of ids) {
      if (index.types[id] !== signup) continue;
      const name = `${beat}/${id}`;
      const group = groups.get(name);
      if (group) group.push(order);
      else groups.set(name, [order]);
    }
  }
  return groups;
}

const sums = new Float64Array(FAMILIES.length);
const IP = TRAIT_NAMES.indexOf('network-address');
const PREFIX = TRAIT_NAMES.indexOf('network-prefix');
const CLIENT = TRAIT_NAMES.indexOf('client-build');
const INFRASTRUCTURE = FAMILIES.indexOf('infrastructure');
const PAYMENT = FAMILIES.indexOf('payment');
const TIMING = FAMILIES.indexOf('timing');
const REGISTRATION = FAMILIES.indexOf('registration');
const ORIGIN = TRAIT_NAMES.map((_, type) => SIGNUP_ORIGIN.has(type));
const FINER = TRAIT_NAMES.map((name) => name === 'signup-day' || name === 'signup-hour');
/** More than the buckets of two days say together: there is a domain, an origin or a client besides. */
const WITH = 2 * TRAIT_TYPES['signup-time'].cap + 1;
/** The most that being active in the same minutes may say (nats): schedulers and time zones hang together in ways nobody has listed. */
export const CO_TIMING_CAP = 4;

/** Below this share of the smaller pool in common, two accounts with pools of addresses do not work from one pool. */
export const POOL_OVERLAP = 0.1;
export const POOL = 6;
/** What it says against one operator that two accounts have no client build, or no pool, in common, or that one rotates and the other stays (nats). */
const OTHER_CLIENT = -2.5;
const OTHER_POOL = -3.5;
const OTHER_HABIT = -2.5;
const ROTATES = 16;
const STAYS = 4;

/** Scores one pair. */
export function scorePair(index: TraitIndex, a: number, b: number): PairLink {
  const weight = weighPair(index, a, b, Number.NEGATIVE_INFINITY);
  return { a, b, weight, families: FAMILIES.filter((_, family) => speaks(family)) };
}

/** The link of a pair, if it is strong enough to join the two: `bar` nats in all, from two families at least. */
export function joiningLink(index: TraitIndex, a: number, b: number, bar: number): PairLink | undefined {
  const weight = weighPair(index, a, b, bar);
  if (weight < bar) return undefined;
  const families = FAMILIES.filter((_, family) => speaks(family));
  return families.length >= 2 ? { a, b, weight, families } : undefined;
}

const speaks = (family: number): boolean => Math.min(CAPS[family]!, sums[family]!) >= SPEAKS;

/**
 * What two accounts share, summed by family (`sums`) and capped, less what they would share if one hand moved them. Where even
 * the most that co-timing can say leaves it below `bar` nobody asks what it says.
 */
function weighPair(index: TraitIndex, a: number, b: number, bar: number): number {
  sums.fill(0);
  const one = index.accounts[a]!;
  const two = index.accounts[b]!;
  const left = index.common(one);
  const right = index.common(two);
  const { types } = index;
  let i = 0;
  let j = 0;
  let addresses = 0;
  let addressWeight = 0;
  let prefixWeight = 0;
  let clients = 0;
  let origin = 0;
  let finer = 0;
  while (i < left.length && j < right.length) {
    const x = left[i]!;
    const y = right[j]!;
    if (x === y) {
      const type = types[x]!;
      if (type === IP) {
        addresses++;
        addressWeight += index.weight(x);
      } else if (type === PREFIX) prefixWeight += index.weight(x);
      else if (ORIGIN[type]) origin += index.weight(x);
      else if (FINER[type]) finer += index.weight(x);
      else sums[FAMILY_OF[type]!]! += index.weight(x);
      if (type === CLIENT) clients++;
      i++;
      j++;
    } else if (x < y) i++;
    else j++;
  }
  const pool = Math.min(one.addresses, two.addresses);
  const samePool = pool < POOL ? addresses > 0 : addresses >= Math.max(2, POOL_OVERLAP * pool);
  // Two pools at one hosting company share its networks, not their addresses: then the networks say nothing either.
  // One address in common may be chance among neighbours at a hosting company; two are not.
  if (samePool) sums[INFRASTRUCTURE]! += addresses >= 2 ? addressWeight + prefixWeight : addressWeight / 2;
  sums[one.atOrigin || two.atOrigin ? INFRASTRUCTURE : REGISTRATION]! += origin;
  // To have signed up in one hour tells when there is something they signed up with: neighbours do so by chance.
  if (sums[PAYMENT]! >= SPEAKS || sums[REGISTRATION]! >= WITH) sums[REGISTRATION]! += finer;
  let against = 0;
  if (clients === 0 && one.clients > 0 && two.clients > 0) against += OTHER_CLIENT;
  if (pool >= POOL && !samePool) against += OTHER_POOL;
  if (pool <= STAYS && pool > 0 && Math.max(one.addresses, two.addresses) >= ROTATES) against += OTHER_HABIT;
  if (saidBy(sums) + against + CO_TIMING_CAP >= bar) sums[TIMING]! += Math.min(CO_TIMING_CAP, coTimingNats(one.profile, two.profile));
  return saidBy(sums) + against;
}

/** What is said by all families, each capped (nats). */
function saidBy(byFamily: Float64Array): number {
  let said = 0;
  for (let f = 0; f < CAPS.length; f++) said += Math.min(CAPS[f]!, byFamily[f]!);
  return said;
}
