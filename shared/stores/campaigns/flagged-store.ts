import type { Standing } from '../../domain/account';
import { FlaggedAccount, type FlaggedFilter } from '../../domain/campaigns/flagged-account';
import { checked } from '../../domain/checked';
import { DAY } from '../../domain/time';
import type { AccountKey } from '../../identity/ids';
import type { Condition, Item, Table } from '../../ports';
import { entriesOf, flaggedPartition, type Order, orderRange, SCOPES, type Scope } from './flagged-index';

/** What detection says; standing and first detection are kept. */
export type Detected = Omit<FlaggedAccount, 'standing' | 'detectedAt' | 'updatedAt'> & { at: number };

export type FlaggedPage = { accounts: FlaggedAccount[]; next?: string };

/** Rows looked at for one page, at most: a filter that matches almost nothing answers short pages, never slow ones. */
const MOST_EXAMINED = 1_000;
const MOST_SENTENCES = 3;
const MOST_LETTERS = 200;
const ATTEMPTS = 8;

/**
 * The flagged accounts, sorted and filtered without a scan or a secondary index (docs/decisions/0009).
 *
 * The row under the account is the truth; index rows are hints that only name it. A write puts the new hints, then the row
 * (conditional on its version), then removes the old hints; a reader drops hints that the row no longer agrees with. So a
 * crash at any point, and two writers at once, leave stale hints and never a missing one.
 */
export class FlaggedStore {
  constructor(private readonly graph: Table) {}

  async get(account: AccountKey): Promise<FlaggedAccount | undefined> {
    return (await this.row(account))?.flagged;
  }

  /** Rows of many accounts, a request for each hundred; who has none, and whose row cannot be read, is absent. */
  async many(accounts: readonly AccountKey[]): Promise<Map<AccountKey, FlaggedAccount>> {
    const rows = new Map<AccountKey, FlaggedAccount>();
    for (const { flagged } of await this.graph.getAll(accounts.map(keyOf))) {
      const read = FlaggedAccount.safeParse(flagged);
      if (read.success) rows.set(read.data.account, read.data);
    }
    return rows;
  }

  /** Detection's word. Writes nothing when the row says the same already. */
  async detected({ at, ...said }: Detected): Promise<void> {
    const because = said.because.slice(0, MOST_SENTENCES).map((sentence) => sentence.slice(0, MOST_LETTERS));
    await this.change(said.account, at, (current) => ({
      ...said,
      because,
      standing: current?.standing ?? 'active',
      detectedAt: current?.detectedAt ?? at,
      updatedAt: at,
    }));
  }

  /** Enforcement's word. An account that detection never flagged gets a row with score 0, while something is in force. */
  async stands(account: AccountKey, standing: Standing, at: number): Promise<void> {
    await this.change(account, at, (current) =>
      current === undefined && standing === 'active'
        ? undefined
        : { ...(current ?? { account, score: 0, exchanges: 0, detectedAt: at, because: [] }), standing, updatedAt: at },
    );
  }

  /**
   * The account is no longer a member of anything. It leaves the list, unless our workflow still holds it:
   * then it stays with its standing and without a campaign. Its ledger stays in any case.
   */
  async cleared(account: AccountKey, at: number): Promise<void> {
    await this.change(account, at, (current) => {
      if (!current || current.standing === 'active') return undefined;
      const { campaign: _campaign, classification: _classification, role: _role, ...rest } = current;
      return { ...rest, updatedAt: at };
    });
  }

  /** Row and hints of an account whose data is erased: gone, not expired. Answers whether there was any. */
  async erase(account: AccountKey): Promise<boolean> {
    const row = await this.row(account);
    if (!row) return false;
    // The row last: as long as it is there, it says what else there is.
    for (const { pk, sk } of row.flagged ? entriesOf(row.flagged) : []) await this.graph.delete(pk, sk);
    const { pk, sk } = keyOf(account);
    await this.graph.delete(pk, sk);
    return true;
  }

  /** One page in `order`, newest or highest first unless it is `rising`. `after` is the `next` of the page before; pages are stable while others write. */
  async page(query: { where?: FlaggedFilter; order: Order; rising?: boolean; after?: string; limit: number }): Promise<FlaggedPage> {
    const where = query.where ?? {};
    const scope = narrowest(where);
    const pk = flaggedPartition(scope.scope, scope.value, query.order);
    const range = { ...orderRange(query.order, where), reverse: query.rising ?? false };
    const accounts: FlaggedAccount[] = [];
    let after = query.after;
    for (let examined = 0; examined < MOST_EXAMINED; ) {
      const limit = Math.min(Math.max(query.limit, 100), MOST_EXAMINED - examined);
      const hints = await this.graph.query({ pk, ...range, limit, ...(after === undefined ? {} : { after }) });
      // One that is gone names nobody: a reader whose clock is behind the writer's may still see it.
      const rows = await Promise.all(hints.items.map((hint) => (hint.account === undefined ? undefined : this.row(accountOf(hint)))));
      for (const [index, hint] of hints.items.entries()) {
        after = hint.sk;
        const flagged = rows[index]?.flagged;
        if (!flagged || !isIn(entriesOf(flagged), hint) || !matches(flagged, where)) continue;
        accounts.push(flagged);
        const last = hints.next === undefined && index === hints.items.length - 1;
        if (accounts.length === query.limit) return last ? { accounts } : { accounts, next: after };
      }
      if (hints.next === undefined) return { accounts };
      examined += hints.items.length;
    }
    return after === undefined ? { accounts } : { accounts, next: after };
  }

  /** Row and version. A row without `flagged` is of an account that was cleared. */
  private async row(account: AccountKey): Promise<{ flagged?: FlaggedAccount; version: number } | undefined> {
    const { pk, sk } = keyOf(account);
    const item = await this.graph.get(pk, sk);
    if (!item) return undefined;
    // One that cannot be read stops no list; detection writes it again when it says something new of the account.
    const read = FlaggedAccount.safeParse(item.flagged);
    return { version: Number(item.version), ...(read.success ? { flagged: read.data } : {}) };
  }

  private async change(
    account: AccountKey,
    at: number,
    next: (current: FlaggedAccount | undefined) => FlaggedAccount | undefined,
  ): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const row = await this.row(account);
      const said = next(row?.flagged);
      const flagged = said && checked(FlaggedAccount, said, `flagged account ${account}`);
      if (same(row?.flagged, flagged)) return;
      const before = row?.flagged ? entriesOf(row.flagged) : [];
      const now = flagged ? entriesOf(flagged) : [];
      const version = (row?.version ?? 0) + 1;
      // Never below the version of who put the same hint later: the removal of an older change would take it. Refused, we are too late.
      const notLater: Condition = { kind: 'at-most', attribute: 'version', value: version };
      await Promise.all(without(now, before).map((entry) => this.graph.put({ ...entry, account, version }, notLater)));
      const condition: Condition = row ? { kind: 'equals', attribute: 'version', value: row.version } : { kind: 'absent' };
      const written = await this.graph.put({ ...keyOf(account), version, ...(flagged ? { flagged } : {}) }, condition);
      if (written.kind === 'refused') continue;
      await this.removeHints(without(before, now), version - 1, at);
      return;
    }
    throw new Error(`flagged account ${account} was changed by others ${ATTEMPTS} times in a row; retry later`);
  }

  /**
   * Conditional on the version that wrote the hint: a writer that has just put the same hint again keeps it. It expired
   * yesterday: gone for every reader at once, and swept without a write unit. (DynamoDB sweeps nothing that expired five years ago.)
   */
  private async removeHints(stale: readonly Hint[], version: number, at: number): Promise<void> {
    const condition: Condition = { kind: 'at-most', attribute: 'version', value: version };
    await Promise.all(stale.map((entry) => this.graph.put({ ...entry, version, expires: Math.floor((at - DAY) / 1000) }, condition)));
  }
}

type Hint = { pk: string; sk: string };
const keyOf = (account: AccountKey): Hint => ({ pk: `A#${account}`, sk: 'FLAGGED' });
const isIn = (hints: readonly Hint[], { pk, sk }: Hint): boolean => hints.some((hint) => hint.pk === pk && hint.sk === sk);
const without = (hints: readonly Hint[], others: readonly Hint[]): Hint[] => hints.filter((hint) => !isIn(others, hint));
const accountOf = (hint: Item): AccountKey => FlaggedAccount.shape.account.parse(hint.account);

/** The same apart from when it was said: a run that learns nothing new costs one read and no write. */
function same(one: FlaggedAccount | undefined, other: FlaggedAccount | undefined): boolean {
  const text = (row: FlaggedAccount | undefined) => row && JSON.stringify({ ...FlaggedAccount.parse(row), updatedAt: 0 });
  return text(one) === text(other);
}

/** The scope with the fewest rows that answers the filter: a campaign before a standing before a plan before a classification. */
function narrowest(where: FlaggedFilter): { scope: Scope; value: string } {
  for (const scope of SCOPES) {
    const value = scope === 'all' ? 'all' : where[scope];
    if (value !== undefined) return { scope, value };
  }
  return { scope: 'all', value: 'all' };
}

function matches(row: FlaggedAccount, where: FlaggedFilter): boolean {
  return (
    (where.campaign === undefined || row.campaign === where.campaign) &&
    (where.standing === undefined || row.standing === where.standing) &&
    (where.classification === undefined || row.classification === where.classification) &&
    (where.plan === undefined || row.plan === where.plan) &&
    (where.role === undefined || row.role === where.role) &&
    (where.scoreAtLeast === undefined || row.score >= where.scoreAtLeast) &&
    (where.detectedSince === undefined || row.detectedAt >= where.detectedSince) &&
    (where.detectedBefore === undefined || row.detectedAt < where.detectedBefore) &&
    (where.updatedSince === undefined || row.updatedAt >= where.updatedSince) &&
    (where.updatedBefore === undefined || row.updatedAt < where.updatedBefore)
  );
}
