import { checkedJson } from '../../domain/checked';
import { AccountSummary } from '../../formats/account-summary';
import { packSummary, unpackSummary } from '../../formats/packed-summary';
import type { AccountKey } from '../../identity/ids';
import type { Table } from '../../ports';

/** What is shown of a flagged account's use. Written by detection for members, read by query. One row, packed: of most accounts less than a kilobyte. */
export class SummaryStore {
  constructor(private readonly graph: Table) {}

  /** An older run never overwrites a newer one. */
  async put(summary: AccountSummary): Promise<void> {
    const record = `summary of account ${summary.account}`;
    checkedJson(AccountSummary, summary, record);
    const row = { pk: `A#${summary.account}`, sk: 'SUMMARY', at: summary.at, body: packSummary(summary) };
    await this.graph.put(row, { kind: 'at-most', attribute: 'at', value: summary.at });
  }

  async erase(account: AccountKey): Promise<void> {
    await this.graph.delete(`A#${account}`, 'SUMMARY');
  }

  async get(account: AccountKey): Promise<AccountSummary | undefined> {
    const row = await this.graph.get(`A#${account}`, 'SUMMARY');
    if (!(row?.body instanceof Uint8Array)) return undefined;
    return unpackSummary(row.body);
  }
}
