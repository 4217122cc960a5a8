import { isYoung, MUCH_USE } from '../../shared/domain/policy/risk-tier';
import type { AccountKey } from '../../shared/identity/ids';

/** An account at a glance: what decides whose rows are kept, read off a profile or off columns. Times in ms. */
export type Glance = { account: AccountKey; createdAt: number | undefined; lastUse: number; lastHeard: number; windowExchanges: number };

/** Whether an account is of the risk tier although it is in no network or campaign: young, or a heavy user. */
export const isWatchedAlone = ({ createdAt, windowExchanges }: Glance, now: number): boolean =>
  isYoung(createdAt, now) || windowExchanges >= MUCH_USE;
