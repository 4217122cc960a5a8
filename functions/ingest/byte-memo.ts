import { randomInt } from 'node:crypto';

/** Where the hash of a text begins: another in every process, so that nobody outside can choose texts that collide. */
export const HASH_SEED = randomInt(0x1_0000_0000) | 0;
/** The hash of a text with one more byte (FNV-1a). */
export const hashed = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193);

/** Entries are forgotten all at once when they are so many, or hold so many bytes. */
const MOST = 200_000;
const MOST_BYTES = 16 * 1024 * 1024;
/** Places looked at for one text. What finds none is made again each time: slow, never wrong. */
const PROBES = 16;
/** Shorter texts are compared here, longer ones by the engine: a call costs as much as so many bytes. */
const SHORT = 64;

/** Remembers what was made of a text by its bytes: whoever finds the same bytes in a line needs no string of them. */
export class ByteMemo<T> {
  private slots = new Int32Array(256);
  private hashes: number[] = [];
  /** Where the bytes of entry `i` begin; the next entry's place is where they end. */
  private starts: number[] = [0];
  private values: T[] = [];
  private pool = Buffer.allocUnsafe(4096);

  constructor(private readonly make: (text: string) => T) {}

  /** Of the bytes `from` to `to` (not with it): ASCII, and `hash` is theirs. */
  of(bytes: Buffer, from: number, to: number, hash: number): T {
    const known = this.find(bytes, from, to, hash);
    if (known >= 0) return this.values[known]!;
    return this.keep(bytes, from, to, hash, this.make(bytes.toString('latin1', from, to)));
  }

  /** The entry of these bytes, −1 for none. */
  find(bytes: Buffer, from: number, to: number, hash: number): number {
    const { slots, hashes } = this;
    const mask = slots.length - 1;
    for (let probe = 0, slot = mixed(hash) & mask; probe < PROBES; probe++, slot = (slot + 1) & mask) {
      const entry = slots[slot]! - 1;
      if (entry < 0) return -1;
      if (hashes[entry] === hash && this.holds(entry, bytes, from, to)) return entry;
    }
    return -1;
  }

  valueOf(entry: number): T {
    return this.values[entry]!;
  }

  /** Answers the value, remembered if there was room for it. */
  keep(bytes: Buffer, from: number, to: number, hash: number, value: T): T {
    if (this.values.length >= MOST || this.starts[this.values.length]! + to - from > MOST_BYTES) this.forget();
    if (4 * this.values.length >= this.slots.length) this.grow();
    const slot = this.free(hash);
    if (slot < 0) return value;
    const start = this.starts[this.values.length]!;
    const end = start + to - from;
    if (end > this.pool.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.pool.length, end));
      this.pool.copy(larger, 0, 0, start);
      this.pool = larger;
    }
    bytes.copy(this.pool, start, from, to);
    this.hashes.push(hash);
    this.starts.push(end);
    this.slots[slot] = this.values.push(value);
    return value;
  }

  private holds(entry: number, bytes: Buffer, from: number, to: number): boolean {
    const { pool } = this;
    const start = this.starts[entry]!;
    const length = to - from;
    if (this.starts[entry + 1]! - start !== length) return false;
    if (length > SHORT) return pool.compare(bytes, from, to, start, start + length) === 0;
    for (let at = 0; at < length; at++) if (pool[start + at] !== bytes[from + at]) return false;
    return true;
  }

  private free(hash: number): number {
    const mask = this.slots.length - 1;
    for (let probe = 0, slot = mixed(hash) & mask; probe < PROBES; probe++, slot = (slot + 1) & mask)
      if (this.slots[slot] === 0) return slot;
    return -1;
  }

  private grow(): void {
    this.slots = new Int32Array(4 * this.slots.length);
    for (const [entry, hash] of this.hashes.entries()) {
      const slot = this.free(hash);
      if (slot >= 0) this.slots[slot] = entry + 1;
    }
  }

  private forget(): void {
    this.slots.fill(0);
    this.hashes = [];
    this.starts = [0];
    this.values = [];
  }
}

/** The low bits of a product say little of the first bytes. */
const mixed = (hash: number): number => {
  const h = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
};
