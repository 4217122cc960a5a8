import type { RowKey } from '../../shared/formats/row-key';
import type { Chance, Condition, Item, ObjectStore, Query, Table } from '../../shared/ports';

/** The process died here. Nothing in the product catches it. */
export class Crash extends Error {}
/** The SDK gave up: what it throws after its last attempt. */
export class Outage extends Error {}

/** Where faults come from. Chances of each call, and of each attempt. */
export type Faults = Rates & { chance: Chance; happened: { crashes: number; refused: number; lies: number; outages: number } };
export type Rates = {
  /** The process dies before the call, and again after it: it happened, and nobody was told. */
  crash: number;
  /** Refused: throttled, 503. Nothing happened. */
  refuse: number;
  /** Answered 500 or not at all, although it happened. */
  lie: number;
};

/** As shared/aws/clients.ts sets them. */
const ATTEMPTS = { table: 5, store: 4 } as const;

/** One call as it is on AWS: other processes get in, the SDK tries again what was refused or failed, and the process may die. */
export async function faultily<T>(faults: Faults, service: keyof typeof ATTEMPTS, act: () => Promise<T>): Promise<T> {
  const { chance, crash, refuse, lie, happened } = faults;
  const die = (when: string): Crash => {
    happened.crashes++;
    return new Crash(when);
  };
  for (let steps = Math.floor(chance.next() * 4); steps > 0; steps--) await Promise.resolve();
  if (chance.next() < crash) throw die('before the call');
  for (let attempt = 1; attempt <= ATTEMPTS[service]; attempt++) {
    if (chance.next() < refuse) {
      happened.refused++;
      continue;
    }
    const answer = await act();
    if (chance.next() < lie) {
      happened.lies++;
      continue;
    }
    if (chance.next() < crash) throw die('after the call');
    return answer;
  }
  happened.outages++;
  throw new Outage(`${service}: ${ATTEMPTS[service]} attempts failed`);
}

export class FaultyTable implements Table {
  constructor(
    private readonly table: Table,
    private readonly faults: Faults,
  ) {}
  get(pk: string, sk: string) {
    return faultily(this.faults, 'table', () => this.table.get(pk, sk));
  }
  getAll(keys: readonly RowKey[]) {
    return faultily(this.faults, 'table', () => this.table.getAll(keys));
  }
  put(item: Item, condition?: Condition) {
    return faultily(this.faults, 'table', () => this.table.put(item, condition));
  }
  add(pk: string, sk: string, attribute: string, by: number, options?: { atMost?: number; expires?: number }) {
    return faultily(this.faults, 'table', () => this.table.add(pk, sk, attribute, by, options));
  }
  query(query: Query) {
    return faultily(this.faults, 'table', () => this.table.query(query));
  }
  delete(pk: string, sk: string) {
    return faultily(this.faults, 'table', () => this.table.delete(pk, sk));
  }
}

export class FaultyObjectStore implements ObjectStore {
  constructor(
    private readonly store: ObjectStore,
    private readonly faults: Faults,
  ) {}
  put(key: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }) {
    return faultily(this.faults, 'store', () => this.store.put(key, bytes, options));
  }
  get(key: string, range?: { start: number; end: number }) {
    return faultily(this.faults, 'store', () => this.store.get(key, range));
  }
  list(prefix: string) {
    return this.store.list(prefix);
  }
  delete(key: string) {
    return faultily(this.faults, 'store', () => this.store.delete(key));
  }
}
