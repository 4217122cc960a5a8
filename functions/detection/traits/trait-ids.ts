/** Slots of the table when it is empty; a power of two. */
const FEWEST = 1 << 12;

/**
 * Traits by number: 0, 1, 2, … in the order in which they are met, by type (below 256) and hash (52 bits). Half a million of them are
 * looked for again every hour, so they stand in one table of plain numbers (open addressing, linear probing).
 */
export class TraitIds {
  size = 0;
  /** Of each id; longer than there are traits. */
  types = new Uint8Array(FEWEST / 2);
  hashes = new Float64Array(FEWEST / 2);
  /** One more than the id that stands in each slot; 0 where none does. At most half of the slots are taken. */
  private slots = new Int32Array(FEWEST);

  /** The id of a trait, if it was met. */
  find(type: number, hash: number): number | undefined {
    const held = this.slots[this.slotOf(type, hash)]!;
    return held === 0 ? undefined : held - 1;
  }

  /** The id of a trait, a new one if it was not met before. */
  of(type: number, hash: number): number {
    const slot = this.slotOf(type, hash);
    const held = this.slots[slot]!;
    if (held !== 0) return held - 1;
    const id = this.size++;
    this.types[id] = type;
    this.hashes[id] = hash;
    this.slots[slot] = this.size;
    if (this.size === this.types.length) this.grow();
    return id;
  }

  /** Where a trait stands, or would. */
  private slotOf(type: number, hash: number): number {
    const { slots, types, hashes } = this;
    const mask = slots.length - 1;
    let slot = scattered(type, hash) & mask;
    for (;;) {
      const held = slots[slot]!;
      if (held === 0 || (hashes[held - 1] === hash && types[held - 1] === type)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    this.types = enlarged(this.types, new Uint8Array(2 * this.size));
    this.hashes = enlarged(this.hashes, new Float64Array(2 * this.size));
    this.slots = new Int32Array(4 * this.size);
    for (let id = 0; id < this.size; id++) this.slots[this.slotOf(this.types[id]!, this.hashes[id]!)] = id + 1;
  }
}

/** Murmur3's finalizer over both halves: some hashes are counted upwards. */
export function scattered(type: number, hash: number): number {
  let h = (hash | 0) ^ Math.imul((hash / 4_294_967_296) | 0, 0x9e3779b1) ^ Math.imul(type + 1, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A list in a larger one. */
export function enlarged<T extends Uint8Array | Int32Array | Float64Array>(list: T, room: T): T {
  room.set(list);
  return room;
}
