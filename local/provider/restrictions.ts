import type { Effect, EffectAt } from '../../functions/ingest/read-messages';
import type { AccountKey } from '../../shared/identity/ids';

/** From `at` (ms) on, requests of the account are prevented; `undefined`: they are let through again. */
export type Restriction = { account: AccountKey; at: number; effect: ReturnType<EffectAt> };

/** What a provider's gateway does to each account's requests, and since when. */
export class Restrictions {
  /** In the order in which they came to hold. */
  private readonly all: Restriction[] = [];
  private readonly byAccount = new Map<AccountKey, Restriction[]>();

  hold(restriction: Restriction): void {
    const held = this.byAccount.get(restriction.account) ?? [];
    if (held.at(-1)?.effect === restriction.effect) return;
    this.byAccount.set(restriction.account, [...held, restriction]);
    this.all.push(restriction);
  }

  /** All but the first so many. */
  after(count: number): Restriction[] {
    return this.all.slice(count);
  }

  /** By the request's time, not by when it is asked about: events may be read before or after an action falls due. */
  readonly effect: Effect = (account) => {
    const held = this.byAccount.get(account);
    return held && ((at) => held.findLast((since) => at >= since.at)?.effect);
  };
}
