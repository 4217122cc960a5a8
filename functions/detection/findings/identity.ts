import { cloudOf, ownDomainOf } from '../../../shared/domain/account';
import type { AccountKey, Hash64 } from '../../../shared/identity/ids';
import { hashNumber } from '../../../shared/identity/keyed-hash';
import type { Profile, ProfileSample } from '../profiles/profile';
import type { Group } from './measures';

/** What the accounts of a group say of who they are, and what contradicts it. Shares are 0..1 of the accounts that have such a fact. */
export type Identity = {
  /** Share under the commonest organisation, and under the commonest e-mail domain that hardly anybody outside has. */
  organization: number;
  domain: number;
  /** Share paid for by the commonest instrument; distinct instruments; share of accounts that pay. */
  payer: number;
  payers: number;
  paying: number;
  /** Share whose main address is one of the three commonest main addresses of the group. */
  place: number;
  /** Share of paying accounts whose instrument pays for three or more, in the group or not, that show no other sign of belonging together. */
  cardCells: number;
  /** Such instruments. */
  cells: number;
  /** Share of accounts that rotate: four addresses or more, and none for most of the requests. */
  rotating: number;
  /** Share that use the group's own pool of addresses, how many addresses that is, and share of the pool's users that are in the group. */
  pooled: number;
  pool: number;
  exclusive: number;
  /**
   * The same beside accounts of the reference alone. A pool that other campaigns and their resellers share is no less a disguise; one that
   * established people use is a service.
   */
  exclusiveOfReference: number;
  /** Share of accounts that signed up within the best ten days, of those younger than two months. */
  together: number;
};

type IdentityGroup = Pick<Group, 'members' | 'profiles' | 'holdings' | 'index' | 'now'>;

/** A cell has at least this many accounts: two people with one card are a household. */
const CELL = 3;
/** Share of a cell under one roof (an address, a domain, an organisation) from which it is one. */
const ROOF = 0.6;
const PLACES = 3;
const ROTATES_OVER = 4;
/** Share of an account's requests from one address, above which it stays there. */
const STAYS = 0.5;
/** A domain says who somebody is when the group has it this many times as often as everybody outside. */
const TELLING_TIMES = 5;
const TOGETHER_DAYS = 10;
const YOUNG_DAYS = 60;
const DAY = 86_400_000;

/**
 * Read from first-party accounts where there are any: a tenant of another cloud signed up and pays there, so what it does not say here
 * hides nothing, and its openness there covers nobody here. A firm that uses both is read as it would be without its tenants.
 */
export function identityOf(whole: IdentityGroup): Identity {
  const group = firstPartyOf(whole);
  const { profiles } = group;
  const homes = new Map(profiles.map((profile) => [profile.account, mainOf(profile, 'ips')]));
  const cards = groupBy(profiles, ({ facts }) => facts.paymentInstrument);
  const paying = [...cards.values()].reduce((sum, { length }) => sum + length, 0);
  const telling = tellingDomains(group);
  const cells = [...cards].filter(([card]) => isCell(holdersOf(group, card), telling)).map(([, holders]) => holders);
  return {
    organization: largest(groupBy(profiles, organizationOf)) / profiles.length,
    domain: Math.max(0, ...telling.values()),
    payer: paying === 0 ? 0 : largest(cards) / paying,
    payers: cards.size,
    paying: paying / profiles.length,
    place: placeShare(homes),
    cardCells: paying === 0 ? 0 : cells.reduce((sum, { length }) => sum + length, 0) / paying,
    cells: cells.length,
    rotating: shareOf(
      profiles.filter(({ windowExchanges }) => windowExchanges >= ROTATES_OVER),
      (profile) => profile.samples.ips.keys.length >= ROTATES_OVER && homes.get(profile.account) === undefined,
    ),
    ...poolOf(group),
    together: togetherShare(group),
  };
}

/** First-party accounts of a group; all of it where there are none. */
function firstPartyOf(group: IdentityGroup): IdentityGroup {
  const profiles = group.profiles.filter(isFirstParty);
  if (profiles.length === 0 || profiles.length === group.profiles.length) return group;
  return { ...group, profiles, members: group.members.filter(({ entry }) => isFirstParty(entry.profile)) };
}

const isFirstParty = ({ facts }: Profile): boolean => cloudOf(facts) === undefined;

/** Of a tenant without one, whoever pays for it there: its cloud can call them. */
const organizationOf = ({ facts }: Profile): Hash64 | undefined =>
  facts.organization ?? (cloudOf(facts) === undefined ? undefined : facts.billingAccount);

/** The one that an account uses for most of its requests, if there is one. */
function mainOf(profile: Profile, sample: ProfileSample): number | undefined {
  const { keys, counts } = profile.samples[sample];
  let sum = 0;
  let most = 0;
  let main: number | undefined;
  for (let i = 0; i < keys.length; i++) {
    sum += counts[i]!;
    if (counts[i]! > most) [most, main] = [counts[i]!, keys[i]];
  }
  return most > STAYS * sum ? main : undefined;
}

/** Everybody who pays with an instrument: an operator's cells are not cut along his cards. */
function holdersOf({ index }: IdentityGroup, card: Hash64): Profile[] {
  const id = index.find('payment-instrument', hashNumber(card));
  const holders = id === undefined ? [] : index.holders(id).map((order) => index.accounts[order]!.profile);
  return holders.filter((profile) => profile.facts.paymentInstrument === card && isFirstParty(profile));
}

/** Accounts that share an address, a domain or an organisation besides the card have an ordinary reason to share it. */
function isCell(holders: readonly Profile[], telling: ReadonlyMap<Hash64, number>): boolean {
  if (holders.length < CELL) return false;
  const homes = new Map(holders.map((profile) => [profile.account, mainOf(profile, 'ips')]));
  const roofs = [
    groupBy(holders, ({ account }) => homes.get(account)),
    groupBy(holders, (profile) => (homes.get(profile.account) === undefined ? undefined : mainOf(profile, 'prefixes'))),
    groupBy(holders, ({ facts }) => facts.organization),
    groupBy(holders, ({ facts }) => tellingOf(ownDomainOf(facts), telling)),
  ];
  return roofs.every((roof) => largest(roof) < ROOF * holders.length);
}

const tellingOf = (domain: Hash64 | undefined, telling: ReadonlyMap<Hash64, number>): Hash64 | undefined =>
  domain !== undefined && telling.has(domain) ? domain : undefined;

function placeShare(homes: ReadonlyMap<AccountKey, number | undefined>): number {
  const counts = [...groupBy([...homes.values()], (home) => home).values()].map(({ length }) => length).sort((a, b) => b - a);
  return (
    counts
      .slice(0, PLACES)
      .filter((count) => count >= CELL)
      .reduce((sum, count) => sum + count, 0) / Math.max(1, homes.size)
  );
}

/**
 * E-mail domains that the group has far more often than everybody outside it, with their share of the group. Whether a domain is common
 * is counted outside: a firm's own accounts do not make its domain a public one.
 */
function tellingDomains({ profiles, index, holdings }: IdentityGroup): Map<Hash64, number> {
  const telling = new Map<Hash64, number>();
  for (const [domain, { length }] of groupBy(profiles, ({ facts }) => ownDomainOf(facts))) {
    const share = length / profiles.length;
    const id = index.find('email-domain', hashNumber(domain));
    if (id !== undefined && length >= 2 && share > TELLING_TIMES * holdings.base(id)) telling.set(domain, share);
  }
  return telling;
}

/** The group's own addresses, taken as one thing: its users inside and outside. */
function poolOf({ members, holdings }: IdentityGroup): Pick<Identity, 'pooled' | 'pool' | 'exclusive' | 'exclusiveOfReference'> {
  const { addresses, outside, established } = holdings.pool;
  const within = members.filter(({ entry }) => entry.ids.some((id) => addresses.has(id))).length;
  const share = (others: number): number => (within === 0 ? 0 : within / (within + others));
  return { pooled: within / members.length, pool: addresses.size, exclusive: share(outside), exclusiveOfReference: share(established) };
}

function togetherShare({ profiles, now }: IdentityGroup): number {
  const born = profiles.map(({ bornAt }) => bornAt).sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  for (let to = 0; to < born.length; to++) {
    while (born[to]! - born[from]! > TOGETHER_DAYS * DAY) from++;
    if (born[from]! > now - YOUNG_DAYS * DAY) most = Math.max(most, to - from + 1);
  }
  return most / profiles.length;
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K | undefined): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

const largest = (groups: ReadonlyMap<unknown, readonly unknown[]>): number =>
  [...groups.values()].reduce((most, { length }) => Math.max(most, length), 0);

const shareOf = <T>(items: readonly T[], is: (item: T) => boolean): number =>
  items.length === 0 ? 0 : items.filter(is).length / items.length;
