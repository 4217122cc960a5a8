import { DAY } from '../../domain/time';
import { type AccountKey, accountKey } from '../../identity/ids';
import type { Item, Table } from '../../ports';

const ERASED = 'ERASED';
const REPLACED = 'ERASED-CHUNKS';
/** Longer than any message waits, and any refused record is kept by default: what comes after is new. */
const KEPT_FOR = 60 * DAY;

/** What was asked to be erased of one account, ms. `at`: all that is older. `forgottenAt`: detection's archive was without it from then on. */
export type Erased = { at: number; forgottenAt: number };

/**
 * Accounts whose data was erased, in the features table, by their keyed hash, until nothing of before can come any more: the fold leaves
 * out what still comes of them, and detection begins anew from its archive. Beside them, chunks that were replaced and are still to go.
 */
export class ErasureStore {
  constructor(private readonly features: Table) {}

  async note(account: AccountKey, at: number, forgottenAt = 0): Promise<void> {
    await this.features.put({ pk: ERASED, sk: account, at, forgottenAt, expires: Math.floor((at + KEPT_FOR) / 1000) });
  }

  async all(): Promise<Map<AccountKey, Erased>> {
    const rows = await this.rows(ERASED);
    return new Map(rows.map(({ sk, at, forgottenAt }) => [accountKey(sk), { at: Number(at), forgottenAt: Number(forgottenAt) }]));
  }

  /** Before anything stops naming the chunk: whoever crashes in between finds it here. */
  async replacing(key: string): Promise<void> {
    await this.features.put({ pk: REPLACED, sk: key });
  }

  async replaced(): Promise<string[]> {
    return (await this.rows(REPLACED)).map(({ sk }) => sk);
  }

  async gone(key: string): Promise<void> {
    await this.features.delete(REPLACED, key);
  }

  private async rows(pk: string): Promise<Item[]> {
    const rows: Item[] = [];
    let after: string | undefined;
    do {
      const page = await this.features.query({ pk, ...(after === undefined ? {} : { after }) });
      rows.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }
}
