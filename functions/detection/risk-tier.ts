import { isYoung, MUCH_USE } from '../../shared/domain/risk-tier';
import type { AccountKey } from '../../shared/identity/ids';
import type { Profile } from './profiles/profile';

/** Accounts in a network or campaign (`linked`), young ones, and the heaviest users. A pure function of what detection knows. */
export function riskTier(profiles: Iterable<Profile>, linked: ReadonlySet<AccountKey>, now: number): AccountKey[] {
  const tier = new Set(linked);
  for (const profile of profiles) {
    if (isYoung(profile.facts.createdAt, now) || profile.windowExchanges >= MUCH_USE) tier.add(profile.account);
  }
  return [...tier];
}
