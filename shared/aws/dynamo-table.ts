import { setTimeout } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { distinctKeys, keyName, type RowKey } from '../formats/row-key';
import { inBatches } from '../in-batches';
import type { Clock, Condition, Item, Query, Table } from '../ports';
import { batchesOf } from './batches';

/** Rows of a page after the first, at most: the first answers what was asked for where nothing is gone. */
const MOST_ASKED = 1000;

/** Keys of a BatchGetItem, at most, and requests of one call that are under way at a time. */
export const BATCH_GET = 100;
const BATCHES_AT_ONCE = 8;
/** How often rows are asked for again that a request did not get to, and how long is waited before the first and the last of these (ms). */
const ASKED_AGAIN = 8;
const FIRST_WAIT = 50;
const LONGEST_WAIT = 2_000;

/**
 * The Table port on DynamoDB: keys `pk` and `sk` (strings), time to live in `expires` (epoch seconds).
 *
 * DynamoDB sweeps expired rows late (up to days). Every read and every condition here therefore treats a row whose `expires` has
 * passed as absent. Reads are strongly consistent: a plan that misses a manifest row folds a version too small, which is dearer
 * than the second half of a read unit (docs/decisions/0007).
 */
export class DynamoTable implements Table {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly name: string,
    private readonly clock: Clock,
  ) {}

  async get(pk: string, sk: string): Promise<Item | undefined> {
    const item = await this.stored(pk, sk);
    return item && this.isLive(item) ? item : undefined;
  }

  async getAll(keys: readonly RowKey[]): Promise<Item[]> {
    const found = new Map<string, Item>();
    const distinct = distinctKeys(keys);
    const batches = [...batchesOf(distinct, () => 0, { count: BATCH_GET, bytes: 0 })];
    await inBatches(batches, BATCHES_AT_ONCE, (batch) => this.takeAll(batch, found));
    return distinct.flatMap((key) => found.get(keyName(key)) ?? []);
  }

  /** A request answers at most 16 MB, and fewer rows where the table is throttled: what it did not get to is asked for again. */
  private async takeAll(batch: readonly RowKey[], found: Map<string, Item>): Promise<void> {
    let Keys = batch.map(({ pk, sk }) => marshall({ pk, sk }));
    for (let again = 0; Keys.length > 0; again++) {
      if (again > ASKED_AGAIN) throw new Error(`${Keys.length} of ${batch.length} rows of ${this.name} were not answered`);
      const { Responses, UnprocessedKeys } = await this.client.send(
        new BatchGetItemCommand({ RequestItems: { [this.name]: { Keys, ConsistentRead: true } } }),
      );
      const rows = Responses?.[this.name] ?? [];
      for (const row of rows) {
        const item = itemOf(row);
        if (this.isLive(item)) found.set(keyName(item), item);
      }
      Keys = UnprocessedKeys?.[this.name]?.Keys ?? [];
      // Where a part came, the answer was full: the rest is asked for at once.
      if (Keys.length > 0 && rows.length === 0)
        await setTimeout(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** again) * (0.5 + Math.random() / 2));
      if (rows.length > 0) again = 0;
    }
  }

  async put(item: Item, condition?: Condition): Promise<{ kind: 'written' } | { kind: 'refused' }> {
    const when = condition && conditionExpression(condition, this.nowSeconds());
    const written = await happened(
      this.client.send(new PutItemCommand({ TableName: this.name, Item: marshall(item, { removeUndefinedValues: true }), ...when })),
    );
    return written ? { kind: 'written' } : { kind: 'refused' };
  }

  async add(
    pk: string,
    sk: string,
    attribute: string,
    by: number,
    options: { atMost?: number; expires?: number } = {},
  ): Promise<{ kind: 'added'; value: number } | { kind: 'refused' }> {
    const { atMost, expires } = options;
    const sum = await happened(this.client.send(new UpdateItemCommand(this.addition(pk, sk, attribute, by, options))));
    if (sum) return { kind: 'added', value: numberAt(sum.Attributes, attribute) };
    // Refused by the bound, or because the row has expired and is not swept yet: then it starts again from nothing.
    const item = await this.stored(pk, sk);
    if (item && this.isLive(item)) return { kind: 'refused' };
    if (atMost !== undefined && by > atMost) return { kind: 'refused' };
    const fresh = await this.put({ pk, sk, [attribute]: by, ...(expires === undefined ? {} : { expires }) }, { kind: 'absent' });
    return fresh.kind === 'written' ? { kind: 'added', value: by } : this.add(pk, sk, attribute, by, options);
  }

  async query(query: Query): Promise<{ items: Item[]; next?: string }> {
    const limit = query.limit ?? 1000;
    const bounds = boundsOf(query);
    if (bounds.kind === 'empty') return { items: [] };
    const items: Item[] = [];
    // One more than asked for: `next` is given only when something follows. Where rows are gone and not swept yet, more at a time.
    let asked = limit + 1;
    let start = bounds.start === undefined ? undefined : marshall({ pk: query.pk, sk: bounds.start });
    do {
      const page = await this.client.send(
        new QueryCommand({
          TableName: this.name,
          ConsistentRead: true,
          ScanIndexForward: !query.reverse,
          ...keyCondition(query.pk, bounds),
          Limit: asked,
          ExclusiveStartKey: start,
        }),
      );
      for (const row of page.Items ?? []) {
        const item = itemOf(row);
        if (this.isLive(item)) items.push(item);
      }
      start = page.LastEvaluatedKey;
      asked = Math.max(asked, Math.min(MOST_ASKED, 2 * asked));
    } while (start && items.length <= limit);
    if (items.length <= limit) return { items };
    items.length = limit;
    return { items, next: items[limit - 1]?.sk };
  }

  async delete(pk: string, sk: string): Promise<void> {
    await this.client.send(new DeleteItemCommand({ TableName: this.name, Key: marshall({ pk, sk }) }));
  }

  private addition(pk: string, sk: string, attribute: string, by: number, { atMost, expires }: { atMost?: number; expires?: number }) {
    const conditions = ['(attribute_not_exists(#expires) OR #expires > :now)'];
    if (atMost !== undefined) {
      // With nothing there yet the sum is `by` itself.
      conditions.push(by <= atMost ? '(attribute_not_exists(#attribute) OR #attribute <= :room)' : '#attribute <= :room');
    }
    return {
      TableName: this.name,
      Key: marshall({ pk, sk }),
      UpdateExpression: `ADD #attribute :by${expires === undefined ? '' : ' SET #expires = :expires'}`,
      ConditionExpression: conditions.join(' AND '),
      ExpressionAttributeNames: { '#attribute': attribute, '#expires': 'expires' },
      ExpressionAttributeValues: marshall(
        { ':by': by, ':now': this.nowSeconds(), ':room': atMost === undefined ? undefined : atMost - by, ':expires': expires },
        { removeUndefinedValues: true },
      ),
      ReturnValues: 'UPDATED_NEW' as const,
    };
  }

  private async stored(pk: string, sk: string): Promise<Item | undefined> {
    const { Item: row } = await this.client.send(
      new GetItemCommand({ TableName: this.name, Key: marshall({ pk, sk }), ConsistentRead: true }),
    );
    return row && itemOf(row);
  }

  private isLive(item: Item): boolean {
    return item.expires === undefined || item.expires * 1000 > this.clock.now();
  }

  private nowSeconds(): number {
    return this.clock.now() / 1000;
  }
}

const itemOf = (row: Parameters<typeof unmarshall>[0]): Item => unmarshall(row) as Item;

const numberAt = (attributes: Parameters<typeof unmarshall>[0] | undefined, attribute: string): number =>
  Number(unmarshall(attributes ?? {})[attribute]);

/** The answer, or undefined when the condition did not hold. Any other failure is thrown on. */
async function happened<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

function conditionExpression(condition: Condition, nowSeconds: number) {
  const names = { '#expires': 'expires' };
  switch (condition.kind) {
    case 'absent':
      return {
        ConditionExpression: 'attribute_not_exists(pk) OR #expires <= :now',
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: marshall({ ':now': nowSeconds }),
      };
    case 'at-most':
      return {
        ConditionExpression: 'attribute_not_exists(#attribute) OR #attribute <= :value OR #expires <= :now',
        ExpressionAttributeNames: { ...names, '#attribute': condition.attribute },
        ExpressionAttributeValues: marshall({ ':now': nowSeconds, ':value': condition.value }),
      };
    case 'equals':
      return {
        ConditionExpression: '#attribute = :value AND (attribute_not_exists(#expires) OR #expires > :now)',
        ExpressionAttributeNames: { ...names, '#attribute': condition.attribute },
        ExpressionAttributeValues: marshall({ ':now': nowSeconds, ':value': condition.value }),
      };
    default:
      return condition satisfies never;
  }
}

type Bounds = { kind: 'range'; low?: string; high?: string; start?: string } | { kind: 'empty' };

/** Sorts after every key that begins with the prefix; keys are ASCII (docs/keys.md). */
const LAST = '\uffff';

/** A query may hold one condition on the sort key, and refuses a start outside of it: both are settled here. */
function boundsOf({ prefix, from, to, after, reverse }: Query): Bounds {
  const low = [prefix || undefined, from].reduce(
    (highest, bound) => (bound !== undefined && bound > (highest ?? '') ? bound : highest),
    undefined,
  );
  const high = [prefix ? prefix + LAST : undefined, to].reduce(
    (lowest, bound) => (bound !== undefined && (lowest === undefined || bound < lowest) ? bound : lowest),
    undefined,
  );
  if (low !== undefined && high !== undefined && low > high) return { kind: 'empty' };
  if (after === undefined) return { kind: 'range', low, high };
  const beforeRange = low !== undefined && after < low;
  const afterRange = high !== undefined && after > high;
  if (reverse ? beforeRange : afterRange) return { kind: 'empty' };
  return { kind: 'range', low, high, start: beforeRange || afterRange ? undefined : after };
}

function keyCondition(pk: string, { low, high }: { low?: string; high?: string }) {
  const sort =
    low !== undefined && high !== undefined
      ? ' AND sk BETWEEN :low AND :high'
      : low !== undefined
        ? ' AND sk >= :low'
        : high !== undefined
          ? ' AND sk <= :high'
          : '';
  return {
    KeyConditionExpression: `pk = :pk${sort}`,
    ExpressionAttributeValues: marshall({ ':pk': pk, ':low': low, ':high': high }, { removeUndefinedValues: true }),
  };
}
