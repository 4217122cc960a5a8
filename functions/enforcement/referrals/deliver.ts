import type { Referral } from '../../../shared/domain/cases/referral';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import { letterOf } from './letter';
import { afterDelivery } from './referral-state';

export type Delivered = {
  kind: 'to-approve' | 'sent' | 'withdrawn' | 'refused' | 'unreachable' | 'by-hand' | 'overtaken' | 'not-needed';
  because: string;
};

/**
 * Brings what the ledger says to the abuse desk and writes down that it arrived. Repeating it is safe: messages carry an id and the
 * sequence of their entry, and a desk that has seen a higher one ignores this one.
 */
export async function deliver(head: Entry<Referral>, deps: Enforcement): Promise<Delivered> {
  const { state, sequence } = head;
  const { kind } = state.progress;
  if (kind === 'by-hand') return { kind, because: `no abuse desk of ${state.cloud} is set up: hand the letter in` };
  if (kind === 'to-approve') return { kind, because: 'it waits for another person to approve it' };
  if (kind !== 'to-send' && kind !== 'withdrawing') return { kind: 'not-needed', because: `it is ${kind}` };
  const withdrawn = kind === 'withdrawing';
  const answer = await deps.desks.deliver({
    id: `${state.id}.${sequence}`,
    kind: withdrawn ? 'withdraw' : 'refer',
    sequence,
    referral: state,
    letter: (opened) => letterOf(state, opened, { withdrawn }),
  });
  if (answer.kind === 'unreachable') return { kind: 'unreachable', because: `it is tried again: ${answer.because}` };
  const now = deps.clock.now();
  const actor = { kind: 'provider' } as const;
  const [what, because, next] =
    answer.kind === 'refused' && !withdrawn
      ? (['refused', answer.because, { ...state, progress: { kind: 'refused', at: now } }] as const)
      : withdrawn
        ? (['withdrawn', 'the abuse desk’s system took it back', { ...state, progress: { kind: 'withdrawn', at: now } }] as const)
        : (['sent', 'the abuse desk’s system took it', afterDelivery(state, now)] as const);
  const appended = await deps.referrals.append(head, { actor, what, because: [because], state: next });
  if (appended.kind === 'appended') return { kind: what, because };
  // Somebody withdrew it meanwhile: the desk has to hear that after what it has just heard.
  if (appended.head.state.progress.kind === 'withdrawing') return deliver(appended.head, deps);
  return { kind: 'overtaken', because: appended.head.what };
}
