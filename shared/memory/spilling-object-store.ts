import type { ObjectStore } from '../ports';

/**
 * The ObjectStore port of a run that is too large for memory, mostly: objects stay in memory up to `most` bytes in all,
 * then the oldest go to `below`. A replay reads what it wrote last; what is older is asked for only by events that come late.
 */
export class SpillingObjectStore implements ObjectStore {
  /** In the order in which they were written. */
  private readonly held = new Map<string, Uint8Array>();
  private bytes = 0;
  private spilling = Promise.resolve();

  constructor(
    private readonly below: ObjectStore,
    private readonly most: number,
  ) {}

  async put(key: string, bytes: Uint8Array, options: { ifAbsent?: boolean } = {}): Promise<{ kind: 'written' } | { kind: 'exists' }> {
    if (options.ifAbsent) {
      const written = await this.below.get(key, { start: 0, end: 0 });
      if (written || this.held.has(key)) return { kind: 'exists' };
    }
    this.drop(key);
    // A copy: what a compressor gives may be a few bytes of a buffer of 16 KB, all of which would stay.
    this.held.set(key, new Uint8Array(bytes));
    this.bytes += bytes.length;
    if (this.bytes > this.most) {
      // One after another: of two at once, both would take the same object for the oldest.
      this.spilling = this.spilling.then(() => this.spill());
      await this.spilling;
    }
    return { kind: 'written' };
  }

  async get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined> {
    const bytes = this.held.get(key);
    if (!bytes) return this.below.get(key, range);
    return range ? bytes.subarray(range.start, range.end) : bytes;
  }

  async *list(prefix: string): AsyncIterable<string> {
    const keys = new Set<string>();
    for (const key of this.held.keys()) if (key.startsWith(prefix)) keys.add(key);
    for await (const key of this.below.list(prefix)) keys.add(key);
    yield* [...keys].sort();
  }

  async delete(key: string): Promise<void> {
    this.drop(key);
    await this.below.delete(key);
  }

  /** An object is written below before it leaves memory. */
  private async spill(): Promise<void> {
    for (const [key, bytes] of this.held) {
      if (this.bytes <= this.most) return;
      await this.below.put(key, bytes);
      if (this.held.get(key) === bytes) this.drop(key);
      else if (!this.held.has(key)) await this.below.delete(key);
    }
  }

  private drop(key: string): void {
    const bytes = this.held.get(key);
    if (!bytes) return;
    this.held.delete(key);
    this.bytes -= bytes.length;
  }
}
