import { RULE_CHAIN, type RuleRecord } from '../domain/policy/rule-record';
import type { CaseId } from '../identity/ids';
import type { Table } from '../ports';
import { type Appended, type Draft, type Entry, isolated, type LedgerStore } from './cases/ledger-store';

export type Rates = { rule: string; acted: number; appealed: number; granted: number; denied: number };
export type Outcome = 'open' | 'granted' | 'denied';

/** What each rule did and how often it was wrong. Rows are absolute facts by case and by appeal, so repeating a write counts once. */
export class RuleStore {
  constructor(
    private readonly table: Table,
    private readonly ledger: LedgerStore,
  ) {}

  async acted(rule: string, id: CaseId, accounts: number, at: number): Promise<void> {
    await this.table.put({ pk: `RULE#${rule}`, sk: `CASE#${id}`, accounts, at });
  }

  async appealed(rule: string, appeal: string, outcome: Outcome, at: number): Promise<void> {
    await this.table.put({ pk: `RULE#${rule}`, sk: `APPEAL#${appeal}`, outcome, at });
  }

  /** What the rule did since `since`, and what became of it. */
  async rates(rule: string, since: number): Promise<Rates> {
    const rates = { rule, acted: 0, appealed: 0, granted: 0, denied: 0 };
    let after: string | undefined;
    do {
      const page = await this.table.query({ pk: `RULE#${rule}`, ...(after === undefined ? {} : { after }) });
      for (const { sk, at, accounts, outcome } of page.items) {
        if (Number(at) < since) continue;
        if (sk.startsWith('CASE#')) rates.acted += Number(accounts);
        else rates.appealed++;
        if (outcome === 'granted') rates.granted++;
        if (outcome === 'denied') rates.denied++;
      }
      after = page.next;
    } while (after !== undefined);
    return rates;
  }

  head(rule: string): Promise<Entry<RuleRecord> | undefined> {
    return this.ledger.head(RULE_CHAIN, rule);
  }

  append(rule: string, head: Entry<RuleRecord> | undefined, draft: Draft<RuleRecord>): Promise<Appended<RuleRecord>> {
    return this.ledger.append(RULE_CHAIN, rule, head, draft);
  }

  /** Rules whose decisions people approve. One whose record cannot be read is among them: nobody can say that it is not. */
  async demoted(): Promise<ReadonlySet<string>> {
    const { subjects } = await this.ledger.listed('RULES');
    const demoted = await Promise.all(
      subjects.map((rule) =>
        isolated(
          async () => (await this.head(rule))?.state.demoted,
          () => true,
        ),
      ),
    );
    return new Set(subjects.filter((_, index) => demoted[index]));
  }
}
