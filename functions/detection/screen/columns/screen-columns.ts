import { HOUR } from '../../../../shared/domain/time';
import { segmentOf } from '../../../../shared/formats/segment-of';
import { type AccountKey, accountKey } from '../../../../shared/identity/ids';
import { hashNumber } from '../../../../shared/identity/keyed-hash';
import type { Profile } from '../../profiles/profile';
import { onsetOf, SAMPLED, TRAIT_NAMES, unsampledTraits } from '../../traits/traits';
import { readArrays, writeArrays } from './array-file';

/** What of an account the screen needs besides what it holds. Hours are since the epoch. */
export type ScreenedAccount = {
  account: AccountKey;
  /** Hour in which we first heard of it: decides who stands before whom in a list of holders. */
  firstSeen: number;
  /** ms */
  bornAt: number;
  /** Hour of its first use. */
  came: number;
  /** Hour of the day on which a settled account took up a new client; `NEVER` if it did not. */
  onset: number;
  used: boolean;
  atOrigin: boolean;
  /** Whether `bornAt` is what the provider says. */
  isTold: boolean;
  addresses: number;
  /** Of them, those it came back to in a later hour. */
  revisited: number;
  clients: number;
  /** ms */
  lastUse: number;
  /** ms: last use, or what the provider told us last. */
  lastHeard: number;
  /** In the window. */
  exchanges: number;
};

export const NEVER = -1;
const USED = 1;
const AT_ORIGIN = 2;
const TOLD = 4;

/**
 * What the screen needs of the accounts of one segment, as columns: accounts in order of their keys, and of each what it holds
 * (ascending by type, then hash, each once) and its active minutes (hashed, ascending).
 */
export type ScreenColumns = {
  /** Account keys, 22 bytes each. */
  names: Uint8Array;
  /** The finest segment of each account (census.ts). */
  fine: Uint8Array;
  firstSeen: Int32Array;
  bornAt: Float64Array;
  lastUse: Float64Array;
  lastHeard: Float64Array;
  exchanges: Float64Array;
  came: Int32Array;
  onset: Int32Array;
  flags: Uint8Array;
  addresses: Uint8Array;
  revisited: Uint8Array;
  clients: Uint8Array;
  /** One longer than there are accounts: where each one's traits begin. */
  starts: Uint32Array;
  types: Uint8Array;
  hashes: Float64Array;
  /** Since which hour each is held; of accounts with an `onset` only: everybody else vouches for all of it. */
  sinceStarts: Uint32Array;
  since: Int32Array;
  minuteStarts: Uint32Array;
  minutes: Uint32Array;
};

/** Characters of an account key, one byte each. */
export const KEY_BYTES = 22;
/** Segments, at most: what fewer segments are made of. */
export const FINEST = 64;

export const sizeOf = ({ fine }: ScreenColumns): number => fine.length;
export const accountAt = ({ names }: Pick<ScreenColumns, 'names'>, at: number): AccountKey =>
  accountKey(Buffer.from(names.buffer, names.byteOffset + KEY_BYTES * at, KEY_BYTES).toString('latin1'));

/** Where some accounts stand, of those that are in these columns. */
export function* placesOf(columns: ScreenColumns, accounts: Iterable<AccountKey>): Iterable<number> {
  const isHere = new Uint8Array(FINEST);
  for (const fine of columns.fine) isHere[fine] = 1;
  for (const account of accounts) {
    if (isHere[segmentOf(account, FINEST)] === 0) continue;
    const at = placeOf(columns, account);
    if (at !== undefined) yield at;
  }
}

/** Where an account stands among names in order, if it is one of them. */
export function placeOf({ names }: Pick<ScreenColumns, 'names'>, account: AccountKey): number | undefined {
  let low = 0;
  let high = names.length / KEY_BYTES - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compared(names, KEY_BYTES * middle, account);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** Of two keys, one of them as bytes from `from` on: below 0 if it comes first. */
function compared(names: Uint8Array, from: number, account: AccountKey): number {
  for (let i = 0; i < KEY_BYTES; i++) {
    const order = names[from + i]! - account.charCodeAt(i);
    if (order !== 0) return order;
  }
  return 0;
}

export const isUsed = ({ flags }: ScreenColumns, at: number): boolean => (flags[at]! & USED) !== 0;
export const isTold = ({ flags }: ScreenColumns, at: number): boolean => (flags[at]! & TOLD) !== 0;
export const isAtOrigin = ({ flags }: ScreenColumns, at: number): boolean => (flags[at]! & AT_ORIGIN) !== 0;

const ARRAYS = {
  names: Uint8Array,
  fine: Uint8Array,
  firstSeen: Int32Array,
  bornAt: Float64Array,
  lastUse: Float64Array,
  lastHeard: Float64Array,
  exchanges: Float64Array,
  came: Int32Array,
  onset: Int32Array,
  flags: Uint8Array,
  addresses: Uint8Array,
  revisited: Uint8Array,
  clients: Uint8Array,
  starts: Uint32Array,
  types: Uint8Array,
  hashes: Float64Array,
  sinceStarts: Uint32Array,
  since: Int32Array,
  minuteStarts: Uint32Array,
  minutes: Uint32Array,
} as const;
type Name = keyof typeof ARRAYS;
const NAMES = Object.keys(ARRAYS) as Name[];

/** Grows as accounts come, in order of their keys. */
export class ScreenBuilder {
  size = 0;
  private last: AccountKey | undefined;
  private readonly grown = Object.fromEntries(NAMES.map((name) => [name, new ARRAYS[name](64)])) as {
    [K in Name]: InstanceType<(typeof ARRAYS)[K]>;
  };
  private traits = 0;
  private sinces = 0;
  private minutes = 0;

  begin(of: ScreenedAccount): void {
    const { account } = of;
    if (account.length !== KEY_BYTES) throw new Error(`an account key has ${KEY_BYTES} characters`);
    if (this.last !== undefined && this.last >= account) throw new Error('accounts of a segment come in order of their keys, each once');
    this.last = account;
    const at = this.size++;
    for (let i = 0; i < KEY_BYTES; i++) this.set('names', KEY_BYTES * at + i, account.charCodeAt(i));
    this.set('fine', at, segmentOf(account, FINEST));
    this.set('firstSeen', at, of.firstSeen);
    this.set('bornAt', at, of.bornAt);
    this.set('lastUse', at, of.lastUse);
    this.set('lastHeard', at, of.lastHeard);
    this.set('exchanges', at, of.exchanges);
    this.set('came', at, of.came);
    this.set('onset', at, of.onset);
    this.set('flags', at, (of.used ? USED : 0) | (of.atOrigin ? AT_ORIGIN : 0) | (of.isTold ? TOLD : 0));
    this.set('addresses', at, Math.min(255, of.addresses));
    this.set('revisited', at, Math.min(255, of.revisited));
    this.set('clients', at, Math.min(255, of.clients));
    this.set('starts', at, this.traits);
    this.set('sinceStarts', at, this.sinces);
    this.set('minuteStarts', at, this.minutes);
  }

  /** Of the account begun last, ascending by type and hash. */
  trait(type: number, hash: number): void {
    this.set('types', this.traits, type);
    this.set('hashes', this.traits++, hash);
  }

  since(hour: number): void {
    this.set('since', this.sinces++, hour);
  }

  minute(hash: number): void {
    this.set('minutes', this.minutes++, hash);
  }

  /** Copies an account of other columns. */
  copy(from: ScreenColumns, at: number): void {
    this.begin({
      account: accountAt(from, at),
      firstSeen: from.firstSeen[at]!,
      bornAt: from.bornAt[at]!,
      lastUse: from.lastUse[at]!,
      lastHeard: from.lastHeard[at]!,
      exchanges: from.exchanges[at]!,
      came: from.came[at]!,
      onset: from.onset[at]!,
      used: isUsed(from, at),
      atOrigin: isAtOrigin(from, at),
      isTold: isTold(from, at),
      addresses: from.addresses[at]!,
      revisited: from.revisited[at]!,
      clients: from.clients[at]!,
    });
    for (let i = from.starts[at]!; i < from.starts[at + 1]!; i++) this.trait(from.types[i]!, from.hashes[i]!);
    for (let i = from.sinceStarts[at]!; i < from.sinceStarts[at + 1]!; i++) this.since(from.since[i]!);
    for (let i = from.minuteStarts[at]!; i < from.minuteStarts[at + 1]!; i++) this.minute(from.minutes[i]!);
  }

  /** What was put in so far, without the room to grow. */
  columns(): ScreenColumns {
    const { size } = this;
    this.set('starts', size, this.traits);
    this.set('sinceStarts', size, this.sinces);
    this.set('minuteStarts', size, this.minutes);
    const lengths: Record<Name, number> = Object.fromEntries(NAMES.map((name) => [name, size])) as Record<Name, number>;
    Object.assign(lengths, { names: KEY_BYTES * size, starts: size + 1, sinceStarts: size + 1, minuteStarts: size + 1 });
    Object.assign(lengths, { types: this.traits, hashes: this.traits, since: this.sinces, minutes: this.minutes });
    const cut = Object.fromEntries(NAMES.map((name) => [name, this.grown[name].slice(0, lengths[name])]));
    return cut as ScreenColumns;
  }

  private set(name: Name, at: number, value: number): void {
    let column = this.grown[name];
    if (at >= column.length) {
      const larger = new ARRAYS[name](at * 2);
      larger.set(column);
      (this.grown as Record<Name, typeof larger>)[name] = larger;
      column = larger;
    }
    column[at] = value;
  }
}

/** Reads a profile's traits the way the index does (traits/held-traits.ts): each once, since the earliest. */
export function addProfile(to: ScreenBuilder, profile: Profile, releases: ReadonlyMap<string, number>): void {
  const { samples, facts } = profile;
  const onset = onsetOf(profile);
  to.begin({
    account: profile.account,
    firstSeen: Math.floor(profile.firstSeen / HOUR),
    bornAt: profile.bornAt,
    lastUse: profile.lastUse,
    lastHeard: profile.lastHeard,
    exchanges: profile.windowExchanges,
    came: Number.isFinite(profile.firstUse) ? Math.floor(profile.firstUse / HOUR) : NEVER,
    onset: onset === undefined ? NEVER : onset * 24,
    used: profile.exchanges > 0,
    atOrigin: facts.signupPrefix !== undefined && samples.prefixes.keys.includes(hashNumber(facts.signupPrefix)),
    isTold: facts.createdAt !== undefined,
    addresses: samples.ips.keys.length,
    revisited: samples.ips.revisited(),
    clients: samples.clients.keys.length,
  });
  const others = unsampledTraits(profile, releases).sort((x, y) => x.type - y.type || x.hash - y.hash || x.first - y.first);
  const sinces: number[] = [];
  let next = 0;
  const add = (type: number, hash: number, first: number): void => {
    to.trait(type, hash);
    sinces.push(first);
  };
  for (let type = 0; type < TRAIT_NAMES.length; type++) {
    for (let last = Number.NaN; next < others.length && others[next]!.type === type; next++) {
      const { hash, first } = others[next]!;
      if (hash !== last) add(type, hash, first);
      last = hash;
    }
    const sample = SAMPLE_OF[type];
    if (sample === undefined) continue;
    const { keys, first } = samples[sample];
    for (let i = 0; i < keys.length; i++) add(type, keys[i]!, first[i]!);
  }
  if (onset !== undefined) for (const hour of sinces) to.since(hour);
  for (const hash of profile.minutes.keys) to.minute(hash);
}

const SAMPLE_OF = TRAIT_NAMES.map((_, type) => SAMPLED.find((one) => one.type === type)?.sample);

export const writeColumns = (columns: ScreenColumns): Uint8Array => writeArrays(columns, NAMES);
/** Throws on damage. */
export const readColumns = (bytes: Uint8Array): ScreenColumns => readArrays(bytes, ARRAYS);
