import { ApiKey, type KeyChange, type NamedKey, withChange } from '../../domain/api-key';
import { checkedJson } from '../../domain/checked';
import type { AccountKey, Hash64 } from '../../identity/ids';
import type { Table } from '../../ports';

const pkOf = (account: AccountKey): string => `KEYS#${account}`;

/** Tries before a change that others keep overtaking is given back to the queue. */
const TRIES = 8;

/** API keys of accounts as key events told of them: a row each. Facts, no ledger: nobody was acted on. */
export class ApiKeyStore {
  constructor(private readonly table: Pick<Table, 'get' | 'put' | 'query' | 'delete'>) {}

  /** Adds a change. `already`: it is known, or older than all that is kept. One conditional put; two writers lose nothing. */
  async change(account: AccountKey, named: NamedKey, change: KeyChange): Promise<'kept' | 'already'> {
    const [pk, sk] = [pkOf(account), named.key];
    for (let tries = 0; tries < TRIES; tries++) {
      const row = await this.table.get(pk, sk);
      const next = withChange(row && read(row.row), named, change);
      if (!next) return 'already';
      const revision = Number(row?.revision ?? 0);
      const written = await this.table.put(
        { pk, sk, revision: revision + 1, row: checkedJson(ApiKey, next, 'an API key') },
        row ? { kind: 'equals', attribute: 'revision', value: revision } : { kind: 'absent' },
      );
      if (written.kind === 'written') return 'kept';
    }
    throw new Error('an API key changes faster than it can be written: the message is tried again');
  }

  async get(account: AccountKey, key: Hash64): Promise<ApiKey | undefined> {
    const row = await this.table.get(pkOf(account), key);
    return row && read(row.row);
  }

  /** All keys of an account, in order of their hashes; at most `limit` of them. */
  async of(account: AccountKey, limit: number): Promise<ApiKey[]> {
    const found: ApiKey[] = [];
    let after: string | undefined;
    do {
      const page = await this.table.query({ pk: pkOf(account), limit: limit - found.length, ...(after === undefined ? {} : { after }) });
      found.push(...page.items.map(({ row }) => read(row)));
      after = page.next;
    } while (after !== undefined && found.length < limit);
    return found;
  }

  /** Forgets all keys of an account. Answers how many there were. */
  async erase(account: AccountKey): Promise<number> {
    let erased = 0;
    for (;;) {
      const { items } = await this.table.query({ pk: pkOf(account) });
      for (const { pk, sk } of items) await this.table.delete(pk, sk);
      erased += items.length;
      if (items.length === 0) return erased;
    }
  }
}

const read = (row: unknown): ApiKey => ApiKey.parse(JSON.parse(String(row)));
