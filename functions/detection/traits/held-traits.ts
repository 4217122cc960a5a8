import type { Profile } from '../profiles/profile';
import { enlarged, type TraitIds } from './trait-ids';
import { SAMPLED, unsampledTraits } from './traits';

/** Trait ids of an account, ascending, with the hour (since the epoch) since when it holds each; and what came and went since the last reading. */
export type Reading = { ids: Int32Array; since: Int32Array; come: number[]; gone: number[] };

/**
 * Reads what accounts hold. Hundreds of accounts are read every hour, and most of what they hold they held before: only what is new
 * is put in order.
 */
export class HeldTraits {
  /** By trait id: whether this reading met it (all 0 between readings), and since when the account that was read last holds it. */
  private met = new Uint8Array(0);
  private since = new Int32Array(0);
  /** What this reading met, each once. */
  private read = new Int32Array(256);
  private count = 0;

  constructor(private readonly known: TraitIds) {}

  /** `before`: the ids that were read of the account last. */
  of(profile: Profile, releases: ReadonlyMap<string, number>, before: Int32Array): Reading {
    this.count = 0;
    for (const { type, hash, first } of unsampledTraits(profile, releases)) this.meet(type, hash, first);
    for (const { type, sample } of SAMPLED) {
      const { keys, first } = profile.samples[sample];
      for (let i = 0; i < keys.length; i++) this.meet(type, keys[i]!, first[i]!);
    }
    const { come, gone } = this.difference(before);
    const ids = come.length === 0 && gone.length === 0 ? before : changed(before, gone, come);
    const since = new Int32Array(ids.length);
    for (let i = 0; i < ids.length; i++) since[i] = this.since[ids[i]!]!;
    return { ids, since, come, gone };
  }

  private meet(type: number, hash: number, first: number): void {
    const id = this.known.of(type, hash);
    if (id >= this.met.length) this.makeRoom(2 * id + 1024);
    if (this.met[id] === 1) {
      this.since[id] = Math.min(this.since[id]!, first);
      return;
    }
    this.met[id] = 1;
    this.since[id] = first;
    if (this.count === this.read.length) this.read = enlarged(this.read, new Int32Array(2 * this.count));
    this.read[this.count++] = id;
  }

  /** What was met and does not stand in `before`, and the other way round; ascending. */
  private difference(before: Int32Array): { come: number[]; gone: number[] } {
    const { met, read } = this;
    const gone: number[] = [];
    for (let i = 0; i < before.length; i++) {
      const id = before[i]!;
      if (met[id] === 1) met[id] = 0;
      else gone.push(id);
    }
    const come: number[] = [];
    for (let i = 0; i < this.count; i++) {
      const id = read[i]!;
      if (met[id] === 1) come.push(id);
      met[id] = 0;
    }
    return { come: come.sort((a, b) => a - b), gone };
  }

  private makeRoom(traits: number): void {
    this.met = enlarged(this.met, new Uint8Array(traits));
    this.since = enlarged(this.since, new Int32Array(traits));
  }
}

/** An ascending list, less what went, with what came. */
function changed(ids: Int32Array, gone: readonly number[], come: readonly number[]): Int32Array {
  const made = new Int32Array(ids.length - gone.length + come.length);
  let size = 0;
  let left = 0;
  let next = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id === gone[left]) {
      left++;
      continue;
    }
    while (next < come.length && come[next]! < id) made[size++] = come[next++]!;
    made[size++] = id;
  }
  while (next < come.length) made[size++] = come[next++]!;
  return made;
}
