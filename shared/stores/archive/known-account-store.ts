import { AccountFacts, type KnownAccount } from '../../domain/account';
import { checkedJson } from '../../domain/checked';
import { type AccountKey, sealedId } from '../../identity/ids';
import type { AccountReader, Item, Table } from '../../ports';
import { SummaryStore } from './summary-store';

const KNOWN = 'KNOWN';

/**
 * What the provider told us about accounts: facts and the sealed id, because an action must name the account. Of members of campaigns a
 * row each in the graph table, which detection keeps current; of anybody else who is in use the row that their page is read from, a day
 * old at most: for cases that people open.
 */
export class KnownAccountStore implements AccountReader {
  /** Facts as parsed, by their text: members are asked about at every step of a case, and change rarely. */
  private readonly parsed = new Map<string, AccountFacts>();

  private readonly others: SummaryStore;

  constructor(private readonly graph: Table) {
    this.others = new SummaryStore(graph);
  }

  async put({ account, sealed, facts }: KnownAccount): Promise<void> {
    await this.graph.put({ pk: `A#${account}`, sk: KNOWN, sealed, facts: checkedJson(AccountFacts, facts, `facts of account ${account}`) });
  }

  async erase(account: AccountKey): Promise<void> {
    await this.graph.delete(`A#${account}`, KNOWN);
  }

  async known(accounts: readonly AccountKey[]): Promise<ReadonlyMap<AccountKey, KnownAccount>> {
    const rows = new Map<string, Item>();
    for (const row of await this.graph.getAll(accounts.map((account) => ({ pk: `A#${account}`, sk: KNOWN })))) rows.set(row.pk, row);
    const found = new Map<AccountKey, KnownAccount>();
    const others = accounts.filter((account) => !rows.has(`A#${account}`));
    for (const one of others.length === 0 ? [] : await this.others.known(others)) found.set(one.account, one);
    for (const account of accounts) {
      const row = rows.get(`A#${account}`);
      // One that cannot be read is of somebody not known: people decide about them, and detection writes it again.
      const facts = row && this.factsIn(String(row.facts));
      if (row && facts) found.set(account, { account, sealed: sealedId(String(row.sealed)), facts });
    }
    return found;
  }

  private factsIn(text: string): AccountFacts | undefined {
    const known = this.parsed.get(text);
    if (known) return known;
    const facts = readFacts(text);
    if (!facts) return undefined;
    if (this.parsed.size > 50_000) this.parsed.clear();
    this.parsed.set(text, facts);
    return facts;
  }
}

function readFacts(text: string): AccountFacts | undefined {
  try {
    return AccountFacts.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
