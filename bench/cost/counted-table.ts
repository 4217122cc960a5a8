import type { RowKey } from '../../shared/formats/row-key';
import { itemBytes } from '../../shared/memory/item-size';
import type { Condition, Item, Query, Table } from '../../shared/ports';

export type Counted = { service: 'dynamodb' | 's3' | 'sqs'; what: string; purpose: string; units: number; requests: number };
export type Count = (counted: Counted) => void;

const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));
/** Every read is strongly consistent (docs/decisions/0007). */
const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));
/** What the rows are for: the beginning of the partition key; of an account's, whether it is its row of features. */
const purposeOf = (pk: string, sk?: string): string => (sk === 'SUMMARY' ? ACCOUNT_ROWS : pk.replace(/#.*/, '#'));
const KEYS_A_REQUEST = 100;
export const ACCOUNT_ROWS = 'A# SUMMARY';

/**
 * Counts what DynamoDB would charge: a write by each started KB of the larger of the row before and after, a condition that does not
 * hold as the row that is there, a read by each started 4 KB (of a query: of all its rows together).
 */
export class CountedTable implements Table {
  private readonly sizes = new Map<string, number>();

  constructor(
    private readonly table: Table,
    private readonly count: Count,
  ) {}

  private counted(what: 'write' | 'read', pk: string, units: number, sk?: string): void {
    this.count({ service: 'dynamodb', what, purpose: purposeOf(pk, sk), units, requests: 1 });
  }

  async get(pk: string, sk: string) {
    const item = await this.table.get(pk, sk);
    this.counted('read', pk, readUnits(item ? itemBytes(item) : 0));
    return item;
  }

  /** Charged row by row, as a `get` of each; a request carries a hundred. */
  async getAll(keys: readonly RowKey[]) {
    const items = await this.table.getAll(keys);
    const sizes = new Map(items.map((item) => [`${item.pk}\0${item.sk}`, itemBytes(item)]));
    keys.forEach(({ pk, sk }, at) => {
      const requests = at % KEYS_A_REQUEST === 0 ? 1 : 0;
      this.count({ service: 'dynamodb', what: 'read', purpose: purposeOf(pk), units: readUnits(sizes.get(`${pk}\0${sk}`) ?? 0), requests });
    });
    return items;
  }

  async put(item: Item, condition?: Condition) {
    const outcome = await this.table.put(item, condition);
    const name = `${item.pk}\0${item.sk}`;
    const before = this.sizes.get(name) ?? 0;
    const after = outcome.kind === 'written' ? itemBytes(item) : before;
    this.sizes.set(name, after);
    this.counted('write', item.pk, writeUnits(Math.max(before, after)), item.sk);
    return outcome;
  }

  async add(pk: string, sk: string, attribute: string, by: number, options?: { atMost?: number; expires?: number }) {
    const outcome = await this.table.add(pk, sk, attribute, by, options);
    const item = await this.table.get(pk, sk);
    const bytes = item ? itemBytes(item) : 0;
    this.sizes.set(`${pk}\0${sk}`, bytes);
    this.counted('write', pk, writeUnits(bytes));
    return outcome;
  }

  async query(query: Query) {
    const page = await this.table.query(query);
    this.counted('read', query.pk, readUnits(page.items.reduce((sum, item) => sum + itemBytes(item), 0)));
    return page;
  }

  async delete(pk: string, sk: string): Promise<void> {
    const name = `${pk}\0${sk}`;
    this.counted('write', pk, writeUnits(this.sizes.get(name) ?? 0));
    this.sizes.delete(name);
    await this.table.delete(pk, sk);
  }
}
