import { Label, type LabelValue, standingLabel, wasRight } from '../../domain/campaigns/label';
import { checkedJson } from '../../domain/checked';
import { type AccountKey, accountKey } from '../../identity/ids';
import type { Item, Table } from '../../ports';

/** base64url, in the order of its characters' codes: labels lie in a partition for each first character, so that none runs hot. */
const FIRST = [...'-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'];
const partition = (account: string): string => `LABELS#${account.slice(0, 1)}`;

/** What the labels say about one rule: accounts labelled, of those rightly named, and restored by people. */
export type RuleLabels = { labelled: number; right: number; reversed: number };

/**
 * Labels, one row for each ledger entry that taught something. Rows are absolute facts named by their entry, so reading the ledger twice
 * writes them twice and counts them once.
 */
export class LabelStore {
  constructor(private readonly table: Table) {}

  async put(label: Label): Promise<void> {
    await this.table.put({
      pk: partition(label.account),
      sk: `${label.account}#${label.entry}`,
      label: checkedJson(Label, label, `label ${label.entry}`),
    });
    const stands = standingLabel(await this.of(label.account));
    const rule = label.judged?.rule ?? stands?.judged?.rule;
    if (rule === undefined) return;
    const row = { pk: `RULE-LABELS#${rule}`, sk: label.account };
    const judged = stands?.judged ?? label.judged;
    // What is said later, without knowing of a rule, holds against the rule that acted all the same.
    if (stands) await this.table.put({ ...row, right: wasRight({ ...stands, judged }), source: stands.source, at: stands.at });
    else await this.table.put({ ...row, at: label.at });
  }

  /** Everything that was found out about one account, in no order. */
  async of(account: AccountKey): Promise<Label[]> {
    return (await this.rows({ pk: partition(account), prefix: `${account}#` })).map(read);
  }

  /** Accounts in key order, one page of about `limit`, with all their labels. `next` goes on after the account. */
  async page(after: string | undefined, limit: number): Promise<{ accounts: { account: AccountKey; labels: Label[] }[]; next?: string }> {
    const accounts: { account: AccountKey; labels: Label[] }[] = [];
    const first = after === undefined ? 0 : FIRST.indexOf(after.slice(0, 1));
    for (const character of FIRST.slice(Math.max(0, first))) {
      // `~` sorts behind every character of a hash: all labels of the account were in the page before.
      let from = after?.startsWith(character) ? `${after}#~` : undefined;
      do {
        const { items, next } = await this.table.query({
          pk: `LABELS#${character}`,
          limit: 500,
          ...(from === undefined ? {} : { after: from }),
        });
        for (const item of items) {
          const account = accountKey(item.sk.slice(0, item.sk.indexOf('#')));
          if (accounts.at(-1)?.account !== account) {
            const last = accounts.at(-1);
            if (last && accounts.length >= limit) return { accounts, next: last.account };
            accounts.push({ account, labels: [] });
          }
          accounts.at(-1)?.labels.push(read(item));
        }
        from = next;
      } while (from !== undefined);
    }
    return { accounts };
  }

  /** What stands, by account: everything there is. */
  async standing(): Promise<Map<AccountKey, Label & { value: LabelValue }>> {
    const found = new Map<AccountKey, Label & { value: LabelValue }>();
    let after: string | undefined;
    do {
      const page = await this.page(after, 1_000);
      for (const { account, labels } of page.accounts) {
        const stands = standingLabel(labels);
        if (stands?.value) found.set(account, { ...stands, value: stands.value });
      }
      after = page.next;
    } while (after !== undefined);
    return found;
  }

  /** The labels of an account go; what they say about rules stays, under no name (`placeholder`). Answers how many there were. */
  async erase(account: AccountKey, placeholder: AccountKey): Promise<number> {
    const labels = await this.of(account);
    for (const rule of new Set(labels.flatMap(({ judged }) => judged?.rule ?? []))) {
      const pk = `RULE-LABELS#${rule}`;
      const row = await this.table.get(pk, account);
      if (row) await this.table.put({ ...row, sk: placeholder });
      await this.table.delete(pk, account);
    }
    for (const { entry } of labels) await this.table.delete(partition(account), `${account}#${entry}`);
    return labels.length;
  }

  /** Of labels since `since`. */
  async ofRule(rule: string, since: number): Promise<RuleLabels> {
    const counted = { labelled: 0, right: 0, reversed: 0 };
    for (const { at, right, source } of await this.rows({ pk: `RULE-LABELS#${rule}` })) {
      if (Number(at) < since || right === undefined) continue;
      counted.labelled++;
      if (right === true) counted.right++;
      if (source === 'undo' || source === 'exoneration') counted.reversed++;
    }
    return counted;
  }

  private async rows(query: { pk: string; prefix?: string }): Promise<Item[]> {
    const rows: Item[] = [];
    let after: string | undefined;
    do {
      const page = await this.table.query({ ...query, ...(after === undefined ? {} : { after }) });
      rows.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }
}

const read = (item: Item): Label => Label.parse(JSON.parse(String(item.label)));
