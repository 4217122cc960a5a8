import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { canonicalAddress, networkPrefix } from '../contract/network-address';
import { type Hmac, hmacUnder } from './hmac';
import { type AccountKey, accountKey, type Hash64, hash64, type SealedId, sealedId } from './ids';

/**
 * Keyed hashing at ingest: raw identifiers go in, hashes come out, nothing is kept of what went in.
 *
 * An object hash (card, address, client build, …) is the first 52 bits of HMAC-SHA-256(key, type ‖ 0 ‖ value): exact in
 * a double, 13 hex digits in text. Among ten million objects one pair collides with probability 0.01.
 * An account key is 128 bits. The account id itself is sealed (AES-256-GCM, nonce derived from the id, so the same id
 * always gives the same bytes) because an action must be able to name the account to the provider.
 */
export type ObjectType =
  | 'ip'
  | 'prefix'
  | 'client'
  | 'api-key'
  | 'payment'
  | 'issuer'
  | 'domain'
  | 'organization'
  | 'signup-client'
  | 'referrer'
  | 'system'
  | 'template'
  | 'header-order'
  | 'http2'
  | 'session'
  | 'canary'
  | 'tenant'
  | 'billing-account'
  | 'event';

const MAXIMUM_KNOWN = 200_000;

export type AccountHash = { readonly key: AccountKey; readonly sealed: SealedId };
/** An identifier that one reader has to be told again. */
export type NamedHash = { readonly hash: Hash64; readonly sealed: SealedId };
export type AddressHash = { readonly ip: number; readonly prefix: number };

/** A sealed id that belongs to another account than the row it stands in says. */
export class ForgedIdentity extends Error {
  constructor(account: AccountKey) {
    super(`the sealed id kept for account ${account} is another account’s: somebody changed the row`);
    this.name = 'ForgedIdentity';
  }
}

export class KeyedHasher {
  private readonly hash: Hmac;
  private readonly seal: Hmac;
  private readonly sealKey: KeyObject;
  /** Hashes by type and value: identifiers repeat. `knownSize` of them in all. */
  private readonly known = new Map<ObjectType, Map<string, number>>();
  private knownSize = 0;
  private readonly accounts = new Map<string, AccountHash>();
  private readonly addresses = new Map<string, AddressHash>();
  private readonly names = new Map<string, NamedHash>();
  private readonly salt: readonly [number, number];

  /** `secret`: at least 32 characters, from Secrets Manager (or the environment); one per deployment. */
  constructor(secret: string) {
    if (secret.length < 32) throw new Error('The identifier key must have at least 32 characters: make one with `openssl rand -hex 32`.');
    this.hash = hmacUnder(createHmac('sha256', secret).update('lockstep/hash/v1').digest());
    const seal = createHmac('sha256', secret).update('lockstep/seal/v1').digest();
    // Taken in once: a cipher made from bytes takes five times as long.
    this.sealKey = createSecretKey(seal);
    this.seal = hmacUnder(seal);
    const salt = createHmac('sha256', secret).update('lockstep/mix/v1').digest();
    this.salt = [salt.readUInt32LE(0), salt.readUInt32LE(4) | 1];
  }

  /** 52-bit hash of an identifier, as an integer. */
  object(type: ObjectType, value: string): number {
    let ofType = this.known.get(type);
    if (!ofType) {
      ofType = new Map();
      this.known.set(type, ofType);
    }
    const known = ofType.get(value);
    if (known !== undefined) return known;
    const hash = this.fresh(type, value);
    if (this.knownSize++ >= MAXIMUM_KNOWN) this.forget();
    ofType.set(value, hash);
    return hash;
  }

  /** The same, not remembered: for who remembers it otherwise. */
  fresh(type: ObjectType, value: string): number {
    return Number.parseInt(this.hash(`${type}\0${value}`).slice(0, 13), 16);
  }

  /** An address and the network that it is in (0 when it is in none that can be told), as hashes. */
  address(text: string): AddressHash {
    const known = this.addresses.get(text);
    if (known) return known;
    const address = canonicalAddress(text);
    const prefix = networkPrefix(address);
    const made = { ip: this.fresh('ip', address), prefix: prefix === undefined ? 0 : this.object('prefix', prefix) };
    if (this.addresses.size >= MAXIMUM_KNOWN) this.addresses.clear();
    this.addresses.set(text, made);
    return made;
  }

  private forget(): void {
    for (const ofType of this.known.values()) ofType.clear();
    this.knownSize = 1;
  }

  /** Any text that must be named again to one reader: sealed as an account id is, the same text to the same bytes. */
  sealed(text: string): SealedId {
    const nonce = Buffer.from(this.seal(text).slice(0, 24), 'hex');
    const cipher = createCipheriv('aes-256-gcm', this.sealKey, nonce);
    return sealedId(Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url'));
  }

  /** The hash of an identifier, with the identifier sealed. */
  named(type: ObjectType, value: string): NamedHash {
    const name = `${type}\0${value}`;
    const known = this.names.get(name);
    if (known) return known;
    const made = { hash: hashText(this.fresh(type, value)), sealed: this.sealed(value) };
    if (this.names.size >= MAXIMUM_KNOWN) this.names.clear();
    this.names.set(name, made);
    return made;
  }

  account(id: string): AccountHash {
    const known = this.accounts.get(id);
    if (known) return known;
    const key = accountKey(Buffer.from(this.hash(`account\0${id}`).slice(0, 32), 'hex').toString('base64url'));
    const sealed = this.sealed(id);
    if (this.accounts.size >= MAXIMUM_KNOWN) this.accounts.clear();
    const made = { key, sealed };
    this.accounts.set(id, made);
    return made;
  }

  /** The provider's account id, for the handlers that act or report. Throws when it was sealed under another key. */
  open(sealed: SealedId): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.sealKey, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(bytes.length - 16));
    return Buffer.concat([decipher.update(bytes.subarray(12, bytes.length - 16)), decipher.final()]).toString('utf8');
  }

  /** The provider's account id, if it is the account's: whoever writes both into one row cannot make another person of them. */
  openFor(account: AccountKey, sealed: SealedId): string {
    const id = this.open(sealed);
    if (this.account(id).key !== account) throw new ForgedIdentity(account);
    return id;
  }

  /**
   * The idempotency key of an event (`source` + `id`) as two 32-bit words: keyed, two-lane multiplicative hashing, not a
   * MAC, because every event has its own id and one HMAC each would be a third of the ingest budget. 64 bits: among
   * 650,000 events of one (hour, shard) two collide with probability 1e-8.
   */
  identity(source: string, id: string): readonly [number, number] {
    const units = new Uint16Array(source.length + id.length);
    for (let at = 0; at < source.length; at++) units[at] = source.charCodeAt(at);
    for (let at = 0; at < id.length; at++) units[source.length + at] = id.charCodeAt(at);
    const into = { idHigh: 0, idLow: 0 };
    this.identify(units, source.length, units.length, into);
    return [into.idHigh, into.idLow];
  }

  /** The same of UTF-16 code units, the source's up to `middle` and then the id's up to `end`. */
  identify(units: Uint16Array, middle: number, end: number, into: { idHigh: number; idLow: number }): void {
    let a = this.salt[0] ^ 0x9e3779b9;
    let b = this.salt[1] ^ 0x7f4a7c15;
    for (let at = 0; at < middle; at++) a = Math.imul(a ^ units[at]!, 0x01000193);
    b ^= a;
    for (let at = middle; at < end; at++) {
      const unit = units[at]!;
      a = Math.imul(a ^ unit, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b ^ unit, 0xc2b2ae35);
      b ^= b >>> 13;
    }
    a = Math.imul(a ^ (b >>> 16), 0x2c1b3c6d);
    b = Math.imul(b ^ (a >>> 15), 0x297a2d39);
    into.idHigh = (a ^ (a >>> 16)) >>> 0;
    into.idLow = (b ^ (b >>> 15)) >>> 0;
  }

  /**
   * Keys a published 32-bit fingerprint value (a bijection of it, so equality is kept and a dictionary of known
   * templates made outside does not match what is stored).
   */
  word(value: number): number {
    if (value === 0) return 0;
    let h = Math.imul(value ^ this.salt[0], this.salt[1]);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }

  /** Keys a published 64-bit template hash into 52 bits; 0 stays 0 (no prompt). */
  words(high: number, low: number): number {
    if (high === 0 && low === 0) return 0;
    return this.word(high ^ Math.imul(low, 0x9e3779b1)) * 1_048_576 + (this.word(low ^ (high >>> 7)) >>> 12);
  }
}

/**
 * The hashes under which a raw value would be kept, by what it is read as: an address when it is one, else everything that its shape
 * allows. For a search; nothing is remembered of what was asked.
 */
export function hashesOf(value: string, hasher: KeyedHasher): { as: string; hash: Hash64 }[] {
  const text = value.trim();
  if (/^[0-9.]+$|^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(text)) {
    const { ip, prefix } = hasher.address(text);
    const found = [{ as: 'address', hash: hashText(ip) }];
    if (prefix !== 0) found.push({ as: 'network', hash: hashText(hasher.fresh('prefix', networkPrefix(canonicalAddress(text)) ?? '')) });
    if (!text.includes('.') && !text.includes(':')) found.push({ as: 'card', hash: hashText(hasher.fresh('payment', text)) });
    return found;
  }
  const domain = (text.includes('@') ? text.slice(text.lastIndexOf('@') + 1) : text).toLowerCase();
  const asked: [string, ObjectType, string][] = [
    ['e-mail domain', 'domain', domain],
    ['card', 'payment', text],
    ['organisation', 'organization', text],
    ['API key id', 'api-key', text],
    ['referrer', 'referrer', text],
    ['sign-up client', 'signup-client', text],
    ['client', 'client', `\n${text}`],
    ['client', 'client', `${text}\n`],
  ];
  if (/^\d{6}/.test(text)) asked.push(['card issuer', 'issuer', text.slice(0, 6)]);
  return asked.map(([as, type, of]) => ({ as, hash: hashText(hasher.fresh(type, of)) }));
}

/** 13 hex digits of a 52-bit hash. */
export const hashText = (hash: number): Hash64 => hash64(hash.toString(16).padStart(13, '0'));
export const hashNumber = (text: Hash64): number => Number.parseInt(text, 16);
