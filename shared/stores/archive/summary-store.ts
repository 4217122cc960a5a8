import type { KnownAccount } from '../../domain/account';
import { checkedJson } from '../../domain/checked';
import { AccountSummary } from '../../formats/account-summary';
import { packSummary, unpackSummary } from '../../formats/packed-summary';
import { type AccountKey, type SealedId, sealedId } from '../../identity/ids';
import type { Table } from '../../ports';

const SUMMARY = 'SUMMARY';

/** What is shown of a flagged account's use. Written by detection for members, read by query. One row, packed: of most accounts less than a kilobyte. */
export class SummaryStore {
  constructor(private readonly graph: Table) {}

  /** An older run never overwrites a newer one. `sealed`: the account’s id, so that a person may open a case about whoever is in use. */
  async put(summary: AccountSummary, sealed: SealedId): Promise<void> {
    const record = `summary of account ${summary.account}`;
    checkedJson(AccountSummary, summary, record);
    const row = { pk: `A#${summary.account}`, sk: SUMMARY, at: summary.at, sealed, body: packSummary(summary) };
    await this.graph.put(row, { kind: 'at-most', attribute: 'at', value: summary.at });
  }

  async erase(account: AccountKey): Promise<void> {
    await this.graph.delete(`A#${account}`, SUMMARY);
  }

  async get(account: AccountKey): Promise<AccountSummary | undefined> {
    const row = await this.graph.get(`A#${account}`, SUMMARY);
    if (!(row?.body instanceof Uint8Array)) return undefined;
    return unpackSummary(row.body);
  }

  /** What the provider told us of accounts that are in use, as of the day at the latest; whom it told us nothing of is not known, nor is whose row an older version wrote. */
  async known(accounts: readonly AccountKey[]): Promise<KnownAccount[]> {
    const rows = await this.graph.getAll(accounts.map((account) => ({ pk: `A#${account}`, sk: SUMMARY })));
    return rows.flatMap(({ body, sealed }) => {
      if (!(body instanceof Uint8Array) || typeof sealed !== 'string') return [];
      const { account, facts } = unpackSummary(body);
      return Object.keys(facts).length === 0 ? [] : [{ account, sealed: sealedId(sealed), facts }];
    });
  }
}
