import { APPEAL_CHAIN, type AppealState } from '../../domain/cases/appeal';
import type { Table } from '../../ports';
import { type Appended, type Draft, type Entry, isolated, type LedgerStore } from './ledger-store';

const OPEN = 'APPEALS-OPEN';
const DECIDED = 'APPEALS-DECIDED';

/** Appeals: a chain each, what the person wrote (apart, with an end), and two lists of pointers that come before what they point to. */
export class AppealStore {
  constructor(
    private readonly table: Table,
    private readonly ledger: LedgerStore,
  ) {}

  head(id: string): Promise<Entry<AppealState> | undefined> {
    return this.ledger.head(APPEAL_CHAIN, id);
  }

  /** For lists: one appeal that cannot be read stops no other. */
  private headIfReadable(id: string): Promise<Entry<AppealState> | undefined> {
    return isolated(
      () => this.head(id),
      () => undefined,
    );
  }

  async open(id: string, draft: Draft<AppealState>, statement: { text: string; expires: number }): Promise<Appended<AppealState>> {
    await this.table.put(
      { pk: `STATEMENT#${id}`, sk: 'TEXT', text: statement.text, expires: Math.ceil(statement.expires / 1000) },
      { kind: 'absent' },
    );
    await this.table.put({ pk: OPEN, sk: id });
    return this.ledger.append(APPEAL_CHAIN, id, undefined, draft);
  }

  append(id: string, head: Entry<AppealState>, draft: Draft<AppealState>): Promise<Appended<AppealState>> {
    return this.ledger.append(APPEAL_CHAIN, id, head, draft);
  }

  /** Undefined once its time is over: the ledger keeps its hash only. */
  async statement(id: string): Promise<string | undefined> {
    const row = await this.table.get(`STATEMENT#${id}`, 'TEXT');
    return row === undefined ? undefined : String(row.text);
  }

  /** What the person wrote, before its time is over. Answers whether it was there. */
  async eraseStatement(id: string): Promise<boolean> {
    if ((await this.statement(id)) === undefined) return false;
    await this.table.delete(`STATEMENT#${id}`, 'TEXT');
    return true;
  }

  /** Decided ones that a crash left on the list are taken off it. `tidy: false`: for whoever only looks. */
  async *openOnes({ tidy = true }: { tidy?: boolean } = {}): AsyncIterable<{ id: string; head: Entry<AppealState> }> {
    for await (const id of this.ledger.allListed(OPEN)) {
      const head = await this.headIfReadable(id);
      if (!head) continue;
      if (head.state.progress.kind === 'open') yield { id, head };
      else if (tidy) await this.table.delete(OPEN, id);
    }
  }

  /** Points at an appeal that is about to be decided: enforcement carries it out, whoever crashes in between. */
  async deciding(id: string): Promise<void> {
    await this.table.put({ pk: DECIDED, sk: id });
  }

  async *decided(): AsyncIterable<{ id: string; head: Entry<AppealState> }> {
    for await (const id of this.ledger.allListed(DECIDED)) {
      const head = await this.headIfReadable(id);
      if (head && head.state.progress.kind !== 'open') yield { id, head };
    }
  }

  async carriedOut(id: string): Promise<void> {
    await this.table.delete(DECIDED, id);
  }

  async page(after?: string, limit = 50): Promise<{ appeals: { id: string; head: Entry<AppealState> }[]; next?: string }> {
    const { subjects, next } = await this.ledger.listed('APPEALS', after, limit);
    const heads = await Promise.all(subjects.map(async (id) => ({ id, head: await this.headIfReadable(id) })));
    return { appeals: heads.flatMap(({ id, head }) => (head ? [{ id, head }] : [])), ...(next === undefined ? {} : { next }) };
  }
}
