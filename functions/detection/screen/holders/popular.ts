import { TraitIds } from '../../traits/trait-ids';
import { Words } from '../columns/growing';
import type { ScreenColumns } from '../columns/screen-columns';
import { PROPOSES } from './trait-records';

const SAMPLED_ONE_IN = 32;
const OFTEN = 3;

/** Traits that may propose no pair and that a sample of accounts often holds. Which they are changes how much is compared, never the answer. */
export class Popular {
  private readonly sampled = new TraitIds();
  private readonly counts = new Words();

  sample({ starts, types, hashes }: ScreenColumns): void {
    for (let at = 0; at + 1 < starts.length; at += SAMPLED_ONE_IN) {
      for (let i = starts[at]!; i < starts[at + 1]!; i++) {
        if (PROPOSES[types[i]!]) continue;
        const id = this.sampled.of(types[i]!, hashes[i]!);
        if (id === this.counts.length) this.counts.push(0);
        this.counts.raise(id);
      }
    }
  }

  /** What was sampled: traits, and how often each is held. */
  sampledTraits(): { types: Uint8Array; hashes: Float64Array; counts: Uint32Array } {
    const { types, hashes, size } = this.sampled;
    return { types: types.slice(0, size), hashes: hashes.slice(0, size), counts: this.counts.filled().slice() };
  }

  add({ types, hashes, counts }: { types: Uint8Array; hashes: Float64Array; counts: Uint32Array }): void {
    counts.forEach((count, at) => {
      const id = this.sampled.of(types[at]!, hashes[at]!);
      if (id === this.counts.length) this.counts.push(0);
      this.counts.raise(id, count);
    });
  }

  ids(): TraitIds {
    const ids = new TraitIds();
    const { types, hashes } = this.sampled;
    this.counts.filled().forEach((count, id) => {
      if (count >= OFTEN) ids.of(types[id]!, hashes[id]!);
    });
    return ids;
  }
}
