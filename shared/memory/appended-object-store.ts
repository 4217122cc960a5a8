import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ObjectStore } from '../ports';

/**
 * The ObjectStore port on one file that only grows: for a replay larger than memory, which removes it at its end. Where each
 * object stands is known in memory alone. Ten thousand small objects are no ten thousand files to make and remove, and a
 * write into the system's own memory is not worth waiting for.
 */
export class AppendedObjectStore implements ObjectStore {
  private readonly places = new Map<string, { start: number; length: number }>();
  private readonly file: number;
  private end = 0;

  /** Makes the file anew, and its folder. */
  constructor(private readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'w+');
  }

  async put(key: string, bytes: Uint8Array, options: { ifAbsent?: boolean } = {}): Promise<{ kind: 'written' } | { kind: 'exists' }> {
    if (options.ifAbsent && this.places.has(key)) return { kind: 'exists' };
    for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done, bytes.length - done, this.end + done);
    this.places.set(key, { start: this.end, length: bytes.length });
    this.end += bytes.length;
    return { kind: 'written' };
  }

  async get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined> {
    const place = this.places.get(key);
    if (!place) return undefined;
    const { start, end } = range ?? { start: 0, end: place.length };
    const bytes = new Uint8Array(Math.max(0, Math.min(end, place.length) - start));
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.file, bytes, done, bytes.length - done, place.start + start + done);
      if (read === 0) throw new Error(`${this.path} ends before ${key} does: something else cut it`);
      done += read;
    }
    return bytes;
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* [...this.places.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    this.places.delete(key);
  }

  /** Removes the file. */
  remove(): void {
    closeSync(this.file);
    rmSync(this.path);
  }
}
