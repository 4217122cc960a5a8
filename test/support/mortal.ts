import type { Chance, ObjectStore, Provider, Table } from '../../shared/ports';

export class Crash extends Error {}

type Through = <T>(work: () => Promise<T>) => Promise<T>;

/** A table and an object store of which every call goes through `call`: lists of keys do not. */
export const tableThrough = (call: Through, inner: Table): Table => ({
  get: (pk, sk) => call(() => inner.get(pk, sk)),
  getAll: (keys) => call(() => inner.getAll(keys)),
  put: (item, condition) => call(() => inner.put(item, condition)),
  add: (pk, sk, attribute, by, options) => call(() => inner.add(pk, sk, attribute, by, options)),
  query: (query) => call(() => inner.query(query)),
  delete: (pk, sk) => call(() => inner.delete(pk, sk)),
});
export const objectsThrough = (call: Through, inner: ObjectStore): ObjectStore => ({
  put: (key, bytes, options) => call(() => inner.put(key, bytes, options)),
  get: (key, range) => call(() => inner.get(key, range)),
  list: (prefix) => inner.list(prefix),
  delete: (key) => call(() => inner.delete(key)),
});

/**
 * A process that may die at any await: before a call took effect, or after it did and before the answer came back.
 * Once dead, everything it still tries fails. Between calls it lets others run, in an order that the seed decides.
 */
export class MortalProcess {
  private dead = false;

  constructor(
    private readonly chance: Chance,
    /** Probability that one call is the last. */
    private readonly risk: number,
    /** Sometimes a process freezes between two calls (a paused machine, a slow network) and goes on much later, knowing nothing. */
    private readonly freeze: (likelier?: number) => Promise<void> = async () => {},
  ) {}

  async call<T>(work: () => Promise<T>): Promise<T> {
    await this.others();
    this.mayDie();
    const answer = await work();
    await this.others();
    this.mayDie();
    return answer;
  }

  table(inner: Table): Table {
    return tableThrough((work) => this.call(work), inner);
  }

  objects(inner: ObjectStore): ObjectStore {
    return objectsThrough((work) => this.call(work), inner);
  }

  /** A request that left arrives, even if whoever sent it died meanwhile; and it may take its time. */
  provider(inner: Provider): Provider {
    return {
      request: (action) =>
        this.call(async () => {
          // Under way for long: the classic late packet.
          await this.freeze(8);
          return inner.request(action);
        }),
    };
  }

  private mayDie(): void {
    if (!this.dead && this.chance.next() < this.risk) this.dead = true;
    if (this.dead) throw new Crash('the process died');
  }

  private async others(): Promise<void> {
    await this.freeze();
    for (let turns = Math.floor(this.chance.next() * 4); turns > 0; turns--) await Promise.resolve();
  }
}

export class Killed extends Error {}

/** Lets so many calls through; of the next it is unknown whether it took effect; then nothing is let through any more. */
export class Kill {
  calls = 0;
  constructor(
    private readonly after: number,
    private readonly tookEffect: boolean,
  ) {}

  private async call<T>(work: () => Promise<T>): Promise<T> {
    const call = this.calls++;
    if (call > this.after || (call === this.after && !this.tookEffect)) throw new Killed();
    const answer = await work();
    if (call === this.after) throw new Killed();
    return answer;
  }

  table(inner: Table): Table {
    return tableThrough((work) => this.call(work), inner);
  }

  objects(inner: ObjectStore): ObjectStore {
    return objectsThrough((work) => this.call(work), inner);
  }

  provider(inner: Provider): Provider {
    return { request: (action) => this.call(() => inner.request(action)) };
  }
}
