import { mkdirSync } from 'node:fs';
import { link, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
    const parent = dirname(path);
    if (!this.made.has(parent)) {
      mkdirSync(parent, { recursive: true });
      this.made.add(parent);
    }
    const aside = `${path}.${process.pid}.${this.written++}~`;
    await writeFile(aside, bytes);
    if (!options.ifAbsent) {
      await rename(aside, path);
      return { kind: 'written' };
    }
    // A rename replaces what is there; a link refuses, and of two writers at once one is refused.
    const linked = await link(aside, path).then(
      () => true,
      (error: unknown) => {
        if (hasCode(error, 'EEXIST')) return false;
        throw error;
      },
    );
    await rm(aside);
    return linked ? { kind: 'written' } : { kind: 'exists' };
  }

  async get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined> {
    try {
      return range ? await readPart(this.path(key), range.start, range.end) : await readFile(this.path(key));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    // Only the folder that the prefix names: a replay's archive holds tens of thousands of files.
    const inside = join(this.folder, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    const entries = await readdir(inside, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
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
    if (key.endsWith('~') || key.split('/').some((part) => part === '..' || part === '')) throw new Error(`not an object key: ${key}`);
    return join(this.folder, key);
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

async function readPart(path: string, start: number, end: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
    if (bytes.length > 0) await file.read(bytes, 0, bytes.length, start);
    return bytes;
  } finally {
    await file.close();
  }
}
