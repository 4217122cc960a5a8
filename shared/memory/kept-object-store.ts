import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../ports';

/** Another store, of which the objects under some prefixes are files in a folder as well: for tools that read files. */
export class KeptObjectStore implements ObjectStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly folder: string,
    private readonly prefixes: readonly string[],
  ) {}

  async put(key: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }): Promise<{ kind: 'written' } | { kind: 'exists' }> {
    const put = await this.store.put(key, bytes, options);
    if (put.kind === 'written' && this.isKept(key)) {
      const file = join(this.folder, key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    return put;
  }

  get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined> {
    return this.store.get(key, range);
  }

  list(prefix: string): AsyncIterable<string> {
    return this.store.list(prefix);
  }

  async delete(key: string): Promise<void> {
    await this.store.delete(key);
    if (this.isKept(key)) rmSync(join(this.folder, key), { force: true });
  }

  /** Keys are our own, and none leads out of the folder. */
  private isKept(key: string): boolean {
    return this.prefixes.some((prefix) => key.startsWith(prefix)) && !key.split('/').includes('..');
  }
}
