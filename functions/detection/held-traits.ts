import type { Profile } from './profile';
import type { TraitIds } from './trait-ids';
import { SAMPLED, unsampledTraits } from './traits';

/** More hours since the epoch than any event has: the year 3883. */
const HOURS = 2 ** 24;

/** Reads what accounts hold: hundreds of accounts an hour, so the room to read them into is kept. */
export class HeldTraits {
  private held = new Float64Array(0);
  private ids = new Int32Array(0);
  private since = new Int32Array(0);

  constructor(private readonly known: TraitIds) {}

  /** Trait ids of an account, ascending, with the hour (since the epoch) since when it holds each. */
  of(profile: Profile, releases: ReadonlyMap<string, number>): { ids: Int32Array; since: Int32Array } {
    const { samples } = profile;
    const others = unsampledTraits(profile, releases);
    this.room(others.length + SAMPLED.reduce((sum, { sample }) => sum + samples[sample].keys.length, 0));
    const { held, ids, since, known } = this;
    let count = 0;
    // Id and hour in one number: sorted, the earliest hour of an id comes first.
    const hold = (type: number, hash: number, first: number): void => {
      held[count++] = known.of(type, hash) * HOURS + Math.max(0, Math.min(HOURS - 1, first));
    };
    for (const { type, hash, first } of others) hold(type, hash, first);
    for (const { type, sample } of SAMPLED) {
      const { keys, first } = samples[sample];
      for (let i = 0; i < keys.length; i++) hold(type, keys[i]!, first[i]!);
    }
    held.subarray(0, count).sort();
    let size = 0;
    for (let i = 0; i < count; i++) {
      const id = Math.floor(held[i]! / HOURS);
      if (size > 0 && ids[size - 1] === id) continue;
      ids[size] = id;
      since[size] = held[i]! - id * HOURS;
      size++;
    }
    return { ids: ids.slice(0, size), since: since.slice(0, size) };
  }

  private room(most: number): void {
    if (most <= this.held.length) return;
    this.held = new Float64Array(2 * most);
    this.ids = new Int32Array(2 * most);
    this.since = new Int32Array(2 * most);
  }
}
