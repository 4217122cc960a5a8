import { z } from 'zod';
import { checkedJson } from '../../domain/checked';
import { Notice, type NoticeKind, noticeKey } from '../../domain/notice';
import type { AccountKey } from '../../identity/ids';
import type { Table } from '../../ports';

const SITUATIONS = 'SITUATIONS';

/** `from`: when people are told of it, ms. `accounts`: some of those that it is about, for the page that it leads to. */
const Situation = z.object({ notice: Notice, from: z.number(), accounts: z.array(z.custom<AccountKey>()) });
export type Situation = z.infer<typeof Situation>;

/**
 * What lasts and calls for somebody, where finding it out takes more than telling people may read: written by whoever looks after things,
 * read by whoever tells people. Facts of now, no ledger.
 */
export class SituationStore {
  constructor(private readonly table: Pick<Table, 'get' | 'put' | 'query' | 'delete'>) {}

  /** All of a kind that last now; others of the kind are over. One that lasted already keeps the time from which it is told. */
  async keep(kind: NoticeKind, lasting: readonly Situation[]): Promise<void> {
    const known = new Map((await this.rows(`${kind}/`)).map((one) => [noticeKey(one.notice), one]));
    for (const one of lasting) {
      const key = noticeKey(one.notice);
      const before = known.get(key);
      known.delete(key);
      const next = before ? { ...one, from: before.from } : one;
      if (JSON.stringify(next) !== JSON.stringify(before))
        await this.table.put({ pk: SITUATIONS, sk: key, row: checkedJson(Situation, next, 'what people are told of') });
    }
    for (const key of known.keys()) await this.table.delete(SITUATIONS, key);
  }

  async one(kind: NoticeKind, subject: string): Promise<Situation | undefined> {
    const row = await this.table.get(SITUATIONS, noticeKey({ kind, subject }));
    return row && read(row.row);
  }

  /** What people are to be told of by now. */
  async due(now: number): Promise<Notice[]> {
    return (await this.rows('')).filter(({ from }) => from <= now).map(({ notice }) => notice);
  }

  private async rows(prefix: string): Promise<Situation[]> {
    const found: Situation[] = [];
    let after: string | undefined;
    do {
      const page = await this.table.query({
        pk: SITUATIONS,
        ...(prefix === '' ? {} : { prefix }),
        ...(after === undefined ? {} : { after }),
      });
      found.push(...page.items.map(({ row }) => read(row)));
      after = page.next;
    } while (after !== undefined);
    return found;
  }
}

const read = (row: unknown): Situation => Situation.parse(JSON.parse(String(row)));
