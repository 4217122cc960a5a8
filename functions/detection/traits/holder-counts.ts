/** Traits held, and how they were last counted: vouched for all or none of them, or each by itself; `undefined` while they are not. */
export type Holding = { ids: Int32Array; counted: boolean | Uint8Array | undefined };

/** How many accounts hold each trait, and how many of them vouch for it. Kept from run to run: only what changed is counted again. */
export class HolderCounts {
  /** By trait id; longer than there are traits. */
  holders = new Int32Array(1024);
  inReference = new Int32Array(1024);

  /** Makes room for `size` traits. */
  grow(size: number): void {
    if (size <= this.holders.length) return;
    this.holders = larger(this.holders, size * 2);
    this.inReference = larger(this.inReference, size * 2);
  }

  /** Counts an account for the first time, or again if it now vouches for other traits. */
  count(holding: Holding, vouched: boolean | Uint8Array): void {
    if (holding.counted === vouched) return;
    this.drop(holding);
    this.add(holding.ids, vouched, 1);
    holding.counted = vouched;
  }

  /** Takes an account out of the counts. */
  drop(holding: Holding): void {
    if (holding.counted !== undefined) this.add(holding.ids, holding.counted, -1);
    holding.counted = undefined;
  }

  /** What an account holds now, with the difference to before. Who vouches for some of it only is counted again. */
  replace(holding: Holding, ids: Int32Array, { gone, come }: { gone: readonly number[]; come: readonly number[] }): void {
    if (typeof holding.counted === 'boolean') {
      this.add(gone, holding.counted, -1);
      this.add(come, holding.counted, 1);
    } else this.drop(holding);
    holding.ids = ids;
  }

  private add(ids: ArrayLike<number>, vouched: boolean | Uint8Array, by: 1 | -1): void {
    for (let i = 0; i < ids.length; i++) {
      this.holders[ids[i]!]! += by;
      if (typeof vouched === 'boolean' ? vouched : vouched[i] === 1) this.inReference[ids[i]!]! += by;
    }
  }
}

function larger(counts: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const made = new Int32Array(size);
  made.set(counts);
  return made;
}
