import { FAMILIES } from '../../../shared/domain/campaigns/campaign';
import { FAMILY_CAP, SIGNUP_ORIGIN, TRAIT_NAMES, TRAIT_TYPES } from '../traits/traits';
import { CO_TIMING_CAP, FAMILY_COUNTS_FROM, POOL_FROM_ADDRESSES, POOL_OVERLAP } from './links';

const FAMILY_OF = TRAIT_NAMES.map((name) => FAMILIES.indexOf(TRAIT_TYPES[name].family));
const CAPS = FAMILIES.map((family) => FAMILY_CAP[family]);
const ADDRESS = TRAIT_NAMES.indexOf('network-address');
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
/**
 * What it says against one operator that two accounts have no client build, or no pool, in common, or that one rotates and the other
 * stays (nats). Of a pool one must have seen the size: who takes a new address for each request has one in common with nobody, whoever
 * runs him (a residential proxy).
 */
const OTHER_CLIENT = -2.5;
const OTHER_POOL = -3.5;
const OTHER_HABIT = -2.5;
const ROTATES = 16;
const STAYS = 4;

/**
 * What of one account, besides what it holds, bears on its pairs. `addresses`, `clients`: how many it is known to use; `revisited`:
 * to how many of the addresses it came back in a later hour.
 */
export type PairEnd = { addresses: number; revisited: number; clients: number; atOrigin: boolean };

/**
 * The match weight of two accounts: what they share, summed by family and capped, less what speaks against one operator. One
 * rule for the index (pair-scores.ts) and for columns (screen/): `clear`, `share` each trait in common, `settle`, then read.
 */
export class PairSum {
  private readonly sums = new Float64Array(FAMILIES.length);
  private addresses = 0;
  private addressWeight = 0;
  private prefixWeight = 0;
  private clients = 0;
  private origin = 0;
  private finer = 0;
  private against = 0;

  clear(): void {
    this.sums.fill(0);
    this.addresses = 0;
    this.addressWeight = 0;
    this.prefixWeight = 0;
    this.clients = 0;
    this.origin = 0;
    this.finer = 0;
    this.against = 0;
  }

  /** A trait that both hold, and its weight (nats). */
  share(type: number, weight: number): void {
    if (type === ADDRESS) {
      this.addresses++;
      this.addressWeight += weight;
    } else if (type === PREFIX) this.prefixWeight += weight;
    else if (ORIGIN[type]) this.origin += weight;
    else if (FINER[type]) this.finer += weight;
    else this.sums[FAMILY_OF[type]!]! += weight;
    if (type === CLIENT) this.clients++;
  }

  /** Once every trait in common is in. */
  settle(one: PairEnd, two: PairEnd): void {
    const { sums, addresses } = this;
    const pool = Math.min(one.addresses, two.addresses);
    const samePool = pool < POOL_FROM_ADDRESSES ? addresses > 0 : addresses >= Math.max(2, POOL_OVERLAP * pool);
    // Two pools at one hosting company share its networks, not their addresses: then the networks say nothing either.
    // One address in common may be chance among neighbours at a hosting company; two are not.
    if (samePool) sums[INFRASTRUCTURE]! += addresses >= 2 ? this.addressWeight + this.prefixWeight : this.addressWeight / 2;
    sums[one.atOrigin || two.atOrigin ? INFRASTRUCTURE : REGISTRATION]! += this.origin;
    // To have signed up in one hour tells when there is something they signed up with: neighbours do so by chance.
    if (sums[PAYMENT]! >= FAMILY_COUNTS_FROM || sums[REGISTRATION]! >= WITH) sums[REGISTRATION]! += this.finer;
    if (this.clients === 0 && one.clients > 0 && two.clients > 0) this.against += OTHER_CLIENT;
    if (Math.min(one.revisited, two.revisited) >= POOL_FROM_ADDRESSES && !samePool) this.against += OTHER_POOL;
    if (pool <= STAYS && pool > 0 && Math.max(one.addresses, two.addresses) >= ROTATES) this.against += OTHER_HABIT;
  }

  /** What being active in the same minutes says (nats), after `settle`. */
  timing(nats: number): void {
    this.sums[TIMING]! += Math.min(CO_TIMING_CAP, nats);
  }

  /** What all families say, each capped, less what speaks against (nats). */
  get weight(): number {
    let weight = 0;
    for (let f = 0; f < CAPS.length; f++) weight += Math.min(CAPS[f]!, this.sums[f]!);
    return weight + this.against;
  }

  /** How much more a family, by its place in FAMILIES, may still say (nats). */
  room(family: number): number {
    return CAPS[family]! - Math.min(CAPS[family]!, this.sums[family]!);
  }

  /** Whether a family, by its place in FAMILIES, counts as evidence of its own. */
  speaks(family: number): boolean {
    return Math.min(CAPS[family]!, this.sums[family]!) >= FAMILY_COUNTS_FROM;
  }
}
