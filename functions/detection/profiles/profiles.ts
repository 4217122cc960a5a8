import { ByteReader, ByteWriter } from '../../../shared/formats/bytes';
import type { AccountKey } from '../../../shared/identity/ids';
import type { Profile } from './profile';
import { readProfile, writeProfile } from './profile-codec';

/** Entries of one Map, at most: V8 allows no more. A function's memory ends before (docs/decisions/0006). */
const MOST_ACCOUNTS = 2 ** 24;

/**
 * Profiles by account, in the order in which accounts came. Those at work are objects of some 13 KB; the others rest packed in about
 * one, and are unpacked when they are asked for. What is unpacked is at work until the next `pack`.
 */
export class Profiles {
  private readonly all = new Map<AccountKey, Profile | Uint8Array>();
  private readonly out = new ByteWriter();
  /** Those that are unpacked. */
  private readonly working = new Set<AccountKey>();

  constructor(private readonly most = MOST_ACCOUNTS) {}

  get size(): number {
    return this.all.size;
  }

  has(account: AccountKey): boolean {
    return this.all.has(account);
  }

  get(account: AccountKey): Profile | undefined {
    const held = this.all.get(account);
    if (!(held instanceof Uint8Array)) return held;
    const profile = readProfile(new ByteReader(held));
    this.set(account, profile);
    return profile;
  }

  /** For the moment only: it must not be changed. */
  peek(account: AccountKey): Profile | undefined {
    const held = this.all.get(account);
    return held instanceof Uint8Array ? readProfile(new ByteReader(held)) : held;
  }

  /** As it rests, or would. */
  packed(account: AccountKey): Uint8Array | undefined {
    const held = this.all.get(account);
    return held === undefined || held instanceof Uint8Array ? held : this.bytesOf(held);
  }

  private bytesOf(profile: Profile): Uint8Array {
    this.out.clear();
    writeProfile(this.out, profile);
    return this.out.take();
  }

  accounts(): Iterable<AccountKey> {
    return this.all.keys();
  }

  /** Throws when there would be more accounts than one process can hold. */
  set(account: AccountKey, profile: Profile): void {
    this.put(account, profile);
    this.working.add(account);
  }

  /** As `packed` gave it, here or in another process. Throws as `set`. */
  setPacked(account: AccountKey, packed: Uint8Array): void {
    this.put(account, packed);
    this.working.delete(account);
  }

  private put(account: AccountKey, held: Profile | Uint8Array): void {
    if (this.all.size >= this.most && !this.all.has(account))
      throw new Error(`more than ${this.most} accounts: one process that detects holds no more`);
    this.all.set(account, held);
  }

  delete(account: AccountKey): void {
    this.all.delete(account);
    this.working.delete(account);
  }

  /** One after another; a packed one is unpacked for the moment only, and must not be changed. */
  *values(): IterableIterator<Profile> {
    for (const held of this.all.values()) yield held instanceof Uint8Array ? readProfile(new ByteReader(held)) : held;
  }

  /** Packs whatever is at work. Whoever kept a profile keeps what it was. */
  pack(): void {
    for (const account of this.working) {
      const profile = this.all.get(account);
      if (!profile || profile instanceof Uint8Array) continue;
      this.all.set(account, this.bytesOf(profile));
    }
    this.working.clear();
  }

  /** Bytes of those that are packed. */
  get packedBytes(): number {
    let bytes = 0;
    for (const held of this.all.values()) if (held instanceof Uint8Array) bytes += held.length;
    return bytes;
  }
}

/** Profiles of some accounts, unpacked for the moment or as they rest; undefined of whom there is none. */
export type PackedProfiles = Pick<Profiles, 'peek' | 'packed'>;
