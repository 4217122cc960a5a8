import { distinctKeys, type RowKey } from '../formats/row-key';
import type { Clock, Condition, Item, Query, Table } from '../ports';
import { itemBytes } from './item-size';

/** DynamoDB refuses a larger item; so does the twin, or a row that works here would fail on AWS. */
const MAXIMUM_ITEM_BYTES = 409_600;
const KEYS_A_REQUEST = 100;

/** `order` is every key in order once somebody queried; `added` came since; `dead` are in `order` and have no row any more. */
type Partition = { rows: Map<string, Item>; order: string[] | undefined; added: string[]; dead: Set<string> };

const copy = (item: Item): Item => ({ ...item });

const holds = (condition: Condition | undefined, current: Item | undefined): boolean => {
  if (!condition) return true;
  switch (condition.kind) {
    case 'absent':
      return current === undefined;
    case 'at-most': {
      const value = current?.[condition.attribute];
      return value === undefined || (typeof value === 'number' && value <= condition.value);
    }
    case 'equals':
      return current?.[condition.attribute] === condition.value;
    default:
      return condition satisfies never;
  }
};

/** The Table port in memory: same conditions, same order, expiry honoured on read and swept lazily. */
export class MemoryTable implements Table {
  private readonly partitions = new Map<string, Partition>();
  /** Requests; units of what they would cost are counted in bench/cost. */
  readonly counted = { reads: 0, writes: 0, refused: 0 };

  constructor(private readonly clock: Clock) {}

  async get(pk: string, sk: string): Promise<Item | undefined> {
    this.counted.reads++;
    const item = this.live(this.partitions.get(pk), sk);
    return item && copy(item);
  }

  /** A request for each hundred, as on AWS. */
  async getAll(keys: readonly RowKey[]): Promise<Item[]> {
    const distinct = distinctKeys(keys);
    this.counted.reads += Math.ceil(distinct.length / KEYS_A_REQUEST);
    return distinct.flatMap(({ pk, sk }) => {
      const item = this.live(this.partitions.get(pk), sk);
      return item ? [copy(item)] : [];
    });
  }

  async put(item: Item, condition?: Condition): Promise<{ kind: 'written' } | { kind: 'refused' }> {
    this.counted.writes++;
    if (itemBytes(item) > MAXIMUM_ITEM_BYTES)
      throw new Error(`item ${item.pk} ${item.sk} exceeds the maximum of ${MAXIMUM_ITEM_BYTES} bytes`);
    const partition = this.partition(item.pk);
    if (!holds(condition, this.live(partition, item.sk))) {
      this.counted.refused++;
      return { kind: 'refused' };
    }
    if (!partition.rows.has(item.sk)) noteAdded(partition, item.sk);
    partition.rows.set(item.sk, copy(item));
    return { kind: 'written' };
  }

  async add(
    pk: string,
    sk: string,
    attribute: string,
    by: number,
    options: { atMost?: number; expires?: number } = {},
  ): Promise<{ kind: 'added'; value: number } | { kind: 'refused' }> {
    this.counted.writes++;
    const partition = this.partition(pk);
    const current = this.live(partition, sk);
    const before = typeof current?.[attribute] === 'number' ? current[attribute] : 0;
    const value = before + by;
    if (options.atMost !== undefined && value > options.atMost) {
      this.counted.refused++;
      return { kind: 'refused' };
    }
    if (!partition.rows.has(sk)) noteAdded(partition, sk);
    const expires = options.expires ?? current?.expires;
    partition.rows.set(sk, { ...(current ?? { pk, sk }), ...(expires === undefined ? {} : { expires }), [attribute]: value });
    return { kind: 'added', value };
  }

  async query(query: Query): Promise<{ items: Item[]; next?: string }> {
    this.counted.reads++;
    const partition = this.partitions.get(query.pk);
    if (!partition) return { items: [] };
    const keys = orderOf(partition);
    const limit = query.limit ?? 1000;
    const items: Item[] = [];
    const inside = (sk: string): boolean =>
      (query.prefix === undefined || sk.startsWith(query.prefix)) &&
      (query.from === undefined || sk >= query.from) &&
      (query.to === undefined || sk <= query.to) &&
      (query.after === undefined || (query.reverse ? sk < query.after : sk > query.after));
    const low = lowerBound(keys, [query.prefix, query.from, query.reverse ? undefined : query.after]);
    const high = query.reverse
      ? upperBound(keys, [query.prefix === undefined ? undefined : `${query.prefix}\uffff`, query.to, query.after])
      : keys.length;
    const indexes = query.reverse ? reversed(high) : forward(low, keys.length);
    for (const index of indexes) {
      const sk = keys[index]!;
      if (!query.reverse && query.prefix !== undefined && sk > query.prefix && !sk.startsWith(query.prefix)) break;
      if (!inside(sk)) continue;
      const item = this.live(partition, sk);
      if (!item) continue;
      if (items.length === limit) return { items, next: items[items.length - 1]!.sk };
      items.push(copy(item));
    }
    return { items };
  }

  async delete(pk: string, sk: string): Promise<void> {
    this.counted.writes++;
    const partition = this.partitions.get(pk);
    if (partition?.rows.delete(sk)) noteRemoved(partition, sk);
  }

  private partition(pk: string): Partition {
    const known = this.partitions.get(pk);
    if (known) return known;
    const made: Partition = { rows: new Map(), order: undefined, added: [], dead: new Set() };
    this.partitions.set(pk, made);
    return made;
  }

  private live(partition: Partition | undefined, sk: string): Item | undefined {
    const item = partition?.rows.get(sk);
    if (!item || !partition) return undefined;
    if (item.expires !== undefined && item.expires * 1000 <= this.clock.now()) {
      partition.rows.delete(sk);
      noteRemoved(partition, sk);
      return undefined;
    }
    return item;
  }
}

function lowerBound(keys: readonly string[], bounds: readonly (string | undefined)[]): number {
  const floor = bounds.reduce<string>((highest, bound) => (bound !== undefined && bound > highest ? bound : highest), '');
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < floor) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index whose key is above every bound that is given. */
function upperBound(keys: readonly string[], bounds: readonly (string | undefined)[]): number {
  let low = 0;
  let high = keys.length;
  for (const bound of bounds) {
    if (bound === undefined) continue;
    low = 0;
    let top = high;
    while (low < top) {
      const middle = (low + top) >> 1;
      if (keys[middle]! <= bound) low = middle + 1;
      else top = middle;
    }
    high = low;
  }
  return high;
}

function noteAdded(partition: Partition, sk: string): void {
  if (partition.order !== undefined && !partition.dead.delete(sk)) partition.added.push(sk);
}

function noteRemoved(partition: Partition, sk: string): void {
  if (partition.order !== undefined) partition.dead.add(sk);
}

/** More than this many new keys are merged in one pass instead of one by one. */
const INSERTED_AT_MOST = 32;

/** The keys in order, made again only for what changed: a list of 100,000 rows stays fast while others write. */
function orderOf(partition: Partition): readonly string[] {
  const { rows, added, dead } = partition;
  if (partition.order === undefined || dead.size > rows.size) {
    partition.order = [...rows.keys()].sort();
    dead.clear();
  } else if (added.length > INSERTED_AT_MOST) {
    // Two sorted runs: the engine's merge sort takes one pass.
    partition.order = partition.order.concat(added.sort()).sort();
  } else {
    for (const sk of added) partition.order.splice(lowerBound(partition.order, [sk]), 0, sk);
  }
  added.length = 0;
  return partition.order;
}

function* forward(from: number, to: number): Generator<number> {
  for (let index = from; index < to; index++) yield index;
}

function* reversed(length: number): Generator<number> {
  for (let index = length - 1; index >= 0; index--) yield index;
}
