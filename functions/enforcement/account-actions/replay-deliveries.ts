import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import { DAY, dayOf } from '../../../shared/domain/time';
import { accountKey } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { isArmed } from '../policy/kill-switch';
import { request } from './request';

export type Replayed = { sent: number; unreachable: number; outdated: number };

/**
 * Sends again what was asked of the provider in [from, to], from the ledger itself: for a receiver that lost its data.
 * The same entry gives the same message id, so what arrived before changes nothing; what a later entry overruled is left out.
 */
export async function replayDeliveries({ from, to }: { from: number; to: number }, deps: Enforcement): Promise<Replayed> {
  const replayed: Replayed = { sent: 0, unreachable: 0, outdated: 0 };
  for (let day = dayOf(from); day <= to; day += DAY) {
    for (const chain of await deps.ledger.chainsOf(day)) {
      if (!chain.startsWith(ACCOUNT_CHAIN.prefix)) continue;
      const account = accountKey(chain.slice(ACCOUNT_CHAIN.prefix.length));
      const { entries: history } = await deps.ledger.readable(ACCOUNT_CHAIN, account);
      const asking = history.filter((entry) => entry.state.phase.kind === 'asked' || entry.state.phase.kind === 'reinstating');
      for (const entry of asking.filter((one) => one.at >= from && one.at <= to)) {
        if (entry !== asking.at(-1)) replayed.outdated++;
        else if (entry.state.phase.kind === 'asked' && !(await isArmed(deps))) replayed.unreachable++;
        else if ((await request(account, entry, deps)).kind === 'unreachable') replayed.unreachable++;
        else replayed.sent++;
      }
    }
  }
  return replayed;
}
