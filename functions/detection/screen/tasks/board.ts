import type { ObjectStore } from '../../../../shared/ports';
import { type Arrays, type Constructors, readArrays, writeArrays } from '../columns/array-file';

export type BoardStore = Pick<ObjectStore, 'put' | 'get' | 'delete'>;

/** The objects by which the tasks of one run of the screen hand on what they made: arrays under names, below one prefix. */
export class Board {
  constructor(
    private readonly store: BoardStore,
    private readonly prefix: string,
  ) {}

  async put<T extends Arrays>(name: string, of: Constructors<T>, arrays: T): Promise<void> {
    await this.store.put(`${this.prefix}/${name}`, writeArrays(arrays, Object.keys(of)));
  }

  /** Throws when it is not there: the step that makes it has not ended, or the run is over. */
  async get<T extends Arrays>(name: string, of: Constructors<T>): Promise<T> {
    const found = await this.find(name, of);
    if (!found) throw new Error(`${this.prefix}/${name} is missing: the run that it belongs to is over, or lost it`);
    return found;
  }

  async find<T extends Arrays>(name: string, of: Constructors<T>): Promise<T | undefined> {
    const bytes = await this.store.get(`${this.prefix}/${name}`);
    return bytes && readArrays(bytes, of);
  }

  async putJson(name: string, value: unknown): Promise<void> {
    await this.store.put(`${this.prefix}/${name}`, Buffer.from(JSON.stringify(value), 'utf8'));
  }

  async getJson(name: string): Promise<unknown> {
    const bytes = await this.store.get(`${this.prefix}/${name}`);
    if (!bytes) throw new Error(`${this.prefix}/${name} is missing: the run that it belongs to is over, or lost it`);
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  }

  async remove(names: Iterable<string>): Promise<void> {
    for (const name of names) await this.store.delete(`${this.prefix}/${name}`);
  }
}
