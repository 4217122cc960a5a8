import type { ObjectStore } from '../ports';

/** The ObjectStore port on a Map. */
export class MemoryObjectStore implements ObjectStore {
  private readonly objects = new Map<string, Uint8Array>();
  readonly counted = { puts: 0, gets: 0, lists: 0, bytesWritten: 0, bytesRead: 0 };

  async put(key: string, bytes: Uint8Array, options: { ifAbsent?: boolean } = {}): Promise<{ kind: 'written' } | { kind: 'exists' }> {
    this.counted.puts++;
    if (options.ifAbsent && this.objects.has(key)) return { kind: 'exists' };
    this.counted.bytesWritten += bytes.length;
    this.objects.set(key, bytes);
    return { kind: 'written' };
  }

  async get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined> {
    this.counted.gets++;
    const bytes = this.objects.get(key);
    if (!bytes) return undefined;
    const part = range ? bytes.subarray(range.start, range.end) : bytes;
    this.counted.bytesRead += part.length;
    return part;
  }

  async *list(prefix: string): AsyncIterable<string> {
    this.counted.lists++;
    for (const key of [...this.objects.keys()].sort()) if (key.startsWith(prefix)) yield key;
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }
}
