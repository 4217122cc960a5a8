import { MINUTE } from '../../../shared/domain/time';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import { CLOCK } from '../case/move';
import type { Enforcement } from '../enforcement';
import { deliver } from './deliver';
import { afterTime } from './referral-state';

/** A desk that could not be reached is asked again after this long. */
const AGAIN = 15 * MINUTE;

/**
 * The clock of referrals: what did not reach its desk is sent again, and whoever does not answer in time is overdue, once. `nextDue` (ms):
 * when to look again.
 */
export async function watchReferrals(deps: Enforcement): Promise<{ open: number; unsent: number; overdue: number; nextDue?: number }> {
  let open = 0;
  let unsent = 0;
  let overdue = 0;
  let nextDue = Number.POSITIVE_INFINITY;
  for await (const head of deps.referrals.open()) {
    open++;
    const now = deps.clock.now();
    const next = afterTime(head.state, now);
    if (next.kind === 'entry') {
      // Whoever wrote in between (an answer, a withdrawal) wins: the next round looks again.
      await isolated(
        () => deps.referrals.append(head, { actor: CLOCK, what: next.what, because: next.because, state: next.state }),
        () => undefined,
      );
      overdue++;
      nextDue = Math.min(nextDue, now + MINUTE);
      continue;
    }
    const { progress } = head.state;
    if (progress.kind === 'to-send' || progress.kind === 'withdrawing') {
      if ((await deliver(head, deps)).kind === 'unreachable') unsent++;
      nextDue = Math.min(nextDue, now + AGAIN);
    } else if ('answerBy' in progress && progress.overdueAt === null) nextDue = Math.min(nextDue, progress.answerBy);
  }
  return { open, unsent, overdue, ...(Number.isFinite(nextDue) ? { nextDue } : {}) };
}
