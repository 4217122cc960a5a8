import { mkdirSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
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

/** The ObjectStore port on a folder: for a replay larger than memory. Written aside, then renamed: never half an object. */
export class FolderObjectStore implements ObjectStore {
  private written = 0;
  private readonly made = new Set<string>();

  constructor(private readonly folder: string) {}

  async put(key: string, bytes: Uint8Array, options: { ifAbsent?: boolean } = {}): Promise<{ kind: 'written' } | { kind: 'exists' }> {
    const path = this.path(key);
    if (options.ifAbsent && (await this.get(key, { start: 0, end: 0 })) !== undefined) return { kind: 'exists' };
    const parent = dirname(path);
    if (!this.made.has(parent)) {
      mkdirSync(parent, { recursive: true });
      this.made.add(parent);
    }
    const aside = `${path}.${process.pid}.${this.written++}~`;
    await writeFile(aside, bytes);
    await rename(aside, path);
    return { kind: 'written' };
  }

  async get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined> {
    try {
      const bytes = await readFile(this.path(key));
      return range ? bytes.subarray(range.start, range.end) : bytes;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const keys = entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('~'))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(this.folder.length + 1)
          .split(sep)
          .join('/'),
      );
    for (const key of keys.sort()) if (key.startsWith(prefix)) yield key;
  }

  async delete(key: string): Promise<void> {
    await rm(this.path(key), { force: true });
  }

  private path(key: string): string {
    if (key.split('/').some((part) => part === '..' || part === '')) throw new Error(`not an object key: ${key}`);
    return join(this.folder, key);
  }
}
