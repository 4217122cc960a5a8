import { HOUR } from '../../shared/domain/time';
import { summarize } from '../../shared/formats/account-summary';
import { segmentOf } from '../../shared/formats/segment-of';
import type { AccountKey } from '../../shared/identity/ids';
import { inBatches } from '../../shared/in-batches';
import type { Stores } from '../../shared/ports';
import { SummaryStore } from '../../shared/stores/archive/summary-store';
import type { Accounts } from './profiles/accounts';
import type { Glance } from './risk-tier';

const AT_ONCE = 32;
/** Packed, some 160 MB. */
const PROFILES_AT_ONCE = 100_000;
/** How old the row of an account that is in use may be (hours): of those in networks and campaigns, and of everybody else. */
const LINKED_HOURS = 6;
const OTHER_HOURS = 24;
const DONE = { pk: 'DETECTION', sk: 'ACCOUNT-ROWS' };

/**
 * A row of features for every account that is active, which the account page reads with one GetItem: of those in networks and campaigns
 * every six hours, of everybody else once a day, spread over these hours so that not all are written in one. How far they were written stands in the table: any call can be the next.
 */
export class AccountRows {
  private readonly summaries: SummaryStore;

  constructor(private readonly stores: Pick<Stores, 'graph'>) {
    this.summaries = new SummaryStore(stores.graph);
  }

  /** Answers how many rows it wrote. */
  async write(accounts: Accounts, linked: ReadonlySet<AccountKey>, now: number): Promise<number> {
    const { start, last } = accounts.span;
    if (!Number.isFinite(last)) return 0;
    const done = await this.stores.graph.get(DONE.pk, DONE.sk);
    const before = Number(done?.hour ?? Number.NEGATIVE_INFINITY);
    if (before >= last) return 0;
    const due: AccountKey[] = [];
    for await (const some of accounts.glances()) for (const one of some) if (isDue(one, { before, last, linked })) due.push(one.account);
    for (let from = 0; from < due.length; from += PROFILES_AT_ONCE) {
      const some = due.slice(from, from + PROFILES_AT_ONCE);
      const profiles = await accounts.some(some);
      await inBatches(some, AT_ONCE, async (account) => {
        const profile = profiles.peek(account);
        if (profile) await this.summaries.put(summarize(account, profile.asFeatures(start), profile.facts, now), profile.sealed);
      });
    }
    await this.stores.graph.put({ ...DONE, hour: last });
    return due.length;
  }
}

/** `before`, `last`: hours since the epoch, of the last writing and of now. */
export function isDue(
  { account, lastHeard }: Pick<Glance, 'account' | 'lastHeard'>,
  { before, last, linked }: { before: number; last: number; linked: ReadonlySet<AccountKey> },
): boolean {
  const heard = Math.floor(lastHeard / HOUR);
  const period = linked.has(account) ? LINKED_HOURS : OTHER_HOURS;
  const since = Math.max(before, last - period);
  const turn = segmentOf(account, 64) % period;
  // The last of its turns up to now: after it was last written, and it was heard of since the turn before.
  const turned = last - ((((last - turn) % period) + period) % period);
  return turned > since && heard > Math.min(before, turned - period);
}
