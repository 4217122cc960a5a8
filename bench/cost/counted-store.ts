import type { ObjectStore } from '../../shared/ports';
import type { Count } from './counted-table';

/** Counts requests and bytes of an object store; of a PUT the bytes are what is then stored. */
export class CountedObjectStore implements ObjectStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly count: Count,
  ) {}

  private counted(what: 'put' | 'get' | 'list', key: string, bytes: number): void {
    this.count({ service: 's3', what, purpose: key.replace(/\/.*/, '/'), units: bytes, requests: 1 });
  }

  async put(key: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }) {
    this.counted('put', key, bytes.length);
    return this.store.put(key, bytes, options);
  }
  async get(key: string, range?: { start: number; end: number }) {
    const bytes = await this.store.get(key, range);
    this.counted('get', key, bytes?.length ?? 0);
    return bytes;
  }
  list(prefix: string) {
    this.counted('list', prefix, 0);
    return this.store.list(prefix);
  }
  /** Free on AWS. */
  delete(key: string) {
    return this.store.delete(key);
  }
}
