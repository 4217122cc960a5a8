import { AccountFacts, type KnownAccount } from '../model/account';
import { type AccountKey, sealedId } from '../model/ids';
import type { AccountReader, Table } from '../ports';

const KNOWN = 'KNOWN';

/**
 * What the provider told us about the members of campaigns: facts and the sealed id, a row each in the graph table.
 * Detection writes (only members need it); enforcement reads, because an action must name the account.
 */
export class KnownAccountStore implements AccountReader {
  constructor(private readonly graph: Table) {}

  async put({ account, sealed, facts }: KnownAccount): Promise<void> {
    await this.graph.put({ pk: `A#${account}`, sk: KNOWN, sealed, facts: JSON.stringify(facts) });
  }

  async known(accounts: readonly AccountKey[]): Promise<ReadonlyMap<AccountKey, KnownAccount>> {
    const found = new Map<AccountKey, KnownAccount>();
    for (const account of accounts) {
      const row = await this.graph.get(`A#${account}`, KNOWN);
      if (row) found.set(account, { account, sealed: sealedId(String(row.sealed)), facts: AccountFacts.parse(JSON.parse(String(row.facts))) });
    }
    return found;
  }
}
