import { gunzipSync, gzipSync } from 'node:zlib';
import { AccountSummary } from '../formats/account-summary';
import type { AccountKey } from '../identity/ids';
import type { Table } from '../ports';

/** What is shown of a flagged account's use. Written by detection for members, read by query. One row, a few KB, compressed. */
export class SummaryStore {
  constructor(private readonly graph: Table) {}

  /** An older run never overwrites a newer one. */
  async put(summary: AccountSummary): Promise<void> {
    const body = gzipSync(JSON.stringify(summary), { level: 1 });
    const row = { pk: `A#${summary.account}`, sk: 'SUMMARY', at: summary.at, body: new Uint8Array(body) };
    await this.graph.put(row, { kind: 'at-most', attribute: 'at', value: summary.at });
  }

  async get(account: AccountKey): Promise<AccountSummary | undefined> {
    const row = await this.graph.get(`A#${account}`, 'SUMMARY');
    if (!(row?.body instanceof Uint8Array)) return undefined;
    return AccountSummary.parse(JSON.parse(gunzipSync(row.body).toString('utf8')));
  }
}
