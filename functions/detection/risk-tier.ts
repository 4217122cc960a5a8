import { isYoung, MUCH_USE } from '../../shared/domain/policy/risk-tier';
import type { AccountKey } from '../../shared/identity/ids';

/** An account at a glance: what decides whose rows are kept, read off a profile or off columns. Times in ms. */
export type Glance = { account: AccountKey; createdAt: number | undefined; lastUse: number; lastHeard: number; windowExchanges: number };

/** Accounts in a network or campaign (`linked`), young ones, and the heaviest users. A pure function of what detection knows. */
export function riskTier(accounts: Iterable<Glance>, linked: ReadonlySet<AccountKey>, now: number): AccountKey[] {
  const tier = new Set(linked);
  for (const { account, createdAt, windowExchanges } of accounts) {
    if (isYoung(createdAt, now) || windowExchanges >= MUCH_USE) tier.add(account);
  }
  return [...tier];
}
