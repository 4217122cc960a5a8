import type { Chance, Condition, Item, ObjectStore, Query, Table } from '../../shared/ports';

/** The process died here. Nothing in the product catches it. */
export class Crash extends Error {}

/** Where faults come from: before a call takes effect, or after (it happened, and nobody was told). */
export type Faults = { chance: Chance; rate: number };

async function faultily<T>({ chance, rate }: Faults, act: () => Promise<T>): Promise<T> {
  // Lets other processes in: the scheduler is whoever the chance wakes first.
  for (let steps = Math.floor(chance.next() * 4); steps > 0; steps--) await Promise.resolve();
  if (chance.next() < rate) throw new Crash('before the call');
  const answer = await act();
  if (chance.next() < rate) throw new Crash('after the call');
  return answer;
}

export class FaultyTable implements Table {
  constructor(
    private readonly table: Table,
    private readonly faults: Faults,
  ) {}
  get(pk: string, sk: string) {
    return faultily(this.faults, () => this.table.get(pk, sk));
  }
  put(item: Item, condition?: Condition) {
    return faultily(this.faults, () => this.table.put(item, condition));
  }
  add(pk: string, sk: string, attribute: string, by: number, options?: { atMost?: number; expires?: number }) {
    return faultily(this.faults, () => this.table.add(pk, sk, attribute, by, options));
  }
  query(query: Query) {
    return faultily(this.faults, () => this.table.query(query));
  }
  delete(pk: string, sk: string) {
    return faultily(this.faults, () => this.table.delete(pk, sk));
  }
}

export class FaultyObjectStore implements ObjectStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly faults: Faults,
  ) {}
  put(key: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }) {
    return faultily(this.faults, () => this.store.put(key, bytes, options));
  }
  get(key: string, range?: { start: number; end: number }) {
    return faultily(this.faults, () => this.store.get(key, range));
  }
  list(prefix: string) {
    return this.store.list(prefix);
  }
  delete(key: string) {
    return faultily(this.faults, () => this.store.delete(key));
  }
}
