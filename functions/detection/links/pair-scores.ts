import { FAMILIES } from '../../../shared/domain/campaign';
import type { Indexed } from '../traits/account-traits';
import type { TraitIndex } from '../traits/trait-index';
import { FAMILY_CAP, SIGNUP_ORIGIN, TRAIT_NAMES, TRAIT_TYPES } from '../traits/traits';
import { coTimingNats } from './co-timing';
import { CO_TIMING_CAP, type PairLink, POOL, POOL_OVERLAP, SPEAKS } from './links';

const FAMILY_OF = TRAIT_NAMES.map((name) => FAMILIES.indexOf(TRAIT_TYPES[name].family));
const CAPS = FAMILIES.map((family) => FAMILY_CAP[family]);
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
/** What it says against one operator that two accounts have no client build, or no pool, in common, or that one rotates and the other stays (nats). */
const OTHER_CLIENT = -2.5;
const OTHER_POOL = -3.5;
const OTHER_HABIT = -2.5;
const ROTATES = 16;
const STAYS = 4;

/** Scores pairs of accounts. What one account holds is marked once for all its pairs. */
export class PairScores {
  /** By trait id: whether the account that was turned to holds it. A byte each, so that they stay near. */
  private held = new Uint8Array(0);
  private marked: Int32Array = new Int32Array(0);

  score(index: TraitIndex, a: number, b: number): PairLink {
    const weight = this.weigh(index, a, b, Number.NEGATIVE_INFINITY);
    return { a, b, weight, families: FAMILIES.filter((_, family) => speaks(family)) };
  }

  /** The link of a pair, if it is strong enough to join the two: `bar` nats in all, from two families at least. */
  joining(index: TraitIndex, a: number, b: number, bar: number): PairLink | undefined {
    const weight = this.weigh(index, a, b, bar);
    if (weight < bar) return undefined;
    const families = FAMILIES.filter((_, family) => speaks(family));
    return families.length >= 2 ? { a, b, weight, families } : undefined;
  }

  /** Marks what an account holds: pairs of it come next. */
  turnTo({ ids }: Pick<Indexed, 'ids'>, traits: number): void {
    if (this.marked === ids) return;
    if (traits > this.held.length) this.held = new Uint8Array(2 * traits);
    else for (let i = 0; i < this.marked.length; i++) this.held[this.marked[i]!] = 0;
    for (let i = 0; i < ids.length; i++) this.held[ids[i]!] = 1;
    this.marked = ids;
  }

  /**
   * What two accounts share, summed by family (`sums`) and capped, less what they would share if one hand moved them. Where even
   * the most that co-timing can say leaves it below `bar` nobody asks what it says.
   */
  private weigh(index: TraitIndex, a: number, b: number, bar: number): number {
    sums.fill(0);
    const one = index.accounts[a]!;
    const two = index.accounts[b]!;
    if (this.marked !== two.ids) this.turnTo(one, index.size);
    const { ids } = this.marked === two.ids ? one : two;
    const { types } = index;
    const { held } = this;
    let addresses = 0;
    let addressWeight = 0;
    let prefixWeight = 0;
    let clients = 0;
    let origin = 0;
    let finer = 0;
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (held[id] !== 1) continue;
      const type = types[id]!;
      const weight = index.weight(id);
      if (type === IP) {
        addresses++;
        addressWeight += weight;
      } else if (type === PREFIX) prefixWeight += weight;
      else if (ORIGIN[type]) origin += weight;
      else if (FINER[type]) finer += weight;
      else sums[FAMILY_OF[type]!]! += weight;
      if (type === CLIENT) clients++;
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
}

const speaks = (family: number): boolean => Math.min(CAPS[family]!, sums[family]!) >= SPEAKS;

/** What is said by all families, each capped (nats). */
function saidBy(byFamily: Float64Array): number {
  let said = 0;
  for (let f = 0; f < CAPS.length; f++) said += Math.min(CAPS[f]!, byFamily[f]!);
  return said;
}
