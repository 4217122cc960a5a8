import type { TraitIds } from '../../traits/trait-ids';

/** Bits, at most: what stays near the processor. */
const LARGEST = 1 << 27;

/** Says quickly of most traits that they are none of some: one bit of each hash, eight bits of room a trait. */
export class Sieve {
  private readonly bits: Uint8Array;
  private readonly mask: number;

  constructor(ids: TraitIds) {
    let size = 1 << 12;
    while (size < 16 * ids.size && size < LARGEST) size *= 2;
    this.bits = new Uint8Array(size / 8);
    this.mask = size - 1;
    for (let id = 0; id < ids.size; id++) {
      const bit = this.bitOf(ids.types[id]!, ids.hashes[id]!);
      this.bits[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  may(type: number, hash: number): boolean {
    const bit = this.bitOf(type, hash);
    return (this.bits[bit >>> 3]! & (1 << (bit & 7))) !== 0;
  }

  /** Keyed hashes are uniform; those that are counted upwards differ in their low bits. */
  private bitOf(type: number, hash: number): number {
    return ((hash | 0) ^ Math.imul(type + 1, 0x9e3779b1)) & this.mask;
  }
}
