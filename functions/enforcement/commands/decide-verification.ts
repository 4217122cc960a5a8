import { ACCOUNT_CHAIN, inForce } from '../../../shared/domain/cases/action';
import { VERIFICATION_CHAIN, type VerificationState } from '../../../shared/domain/cases/verification';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { type AccountKey, accountKey } from '../../../shared/identity/ids';
import { reinstate } from '../account-actions/reinstate';
import type { Enforcement } from '../enforcement';
import { withinOf } from '../verification/take-news';
import { isProvable } from '../verification/verification-state';

/**
 * What people say about a verification. release: let it go without a result. take-back: a result was wrong; it is waited for again, and
 * the label goes. Nothing that was reinstated is asked again by that: the next decision about the campaign is the policy's.
 */
export async function decideVerification(
  { actor, key, because, account: of, say }: Command & { account: string; say: 'release' | 'take-back' },
  deps: Enforcement,
): Promise<CommandAnswer> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const account = accountKey(of);
  const { policy } = await deps.policy();
  for (;;) {
    const head = await deps.ledger.head(VERIFICATION_CHAIN, account);
    if (!head) return { kind: 'unknown', because: 'nobody asked this account to prove anything' };
    const { progress } = head.state;
    const now = deps.clock.now();
    let state: VerificationState;
    if (say === 'release') {
      if (progress.kind === 'released' || progress.kind === 'passed') {
        if (progress.kind === 'released') await reinstateReleased(account, actor, because, deps);
        return { kind: 'already', because: `it ${progress.kind === 'released' ? 'was released' : 'passed'} before` };
      }
      state = { ...head.state, progress: { kind: 'released', at: now }, latest: now };
    } else {
      if (progress.kind === 'waiting') return { kind: 'already', because: 'no result is known: it is waited for' };
      state = { ...head.state, progress: { kind: 'waiting', answerBy: now + withinOf(policy) }, latest: now };
      await deps.verifications.waiting(account, head.sequence + 1);
    }
    const what = say === 'release' ? ('released' as const) : ('taken back' as const);
    const appended = await deps.ledger.append(VERIFICATION_CHAIN, account, head, {
      actor: byPerson(actor),
      key,
      because: [because],
      what,
      state,
    });
    if (appended.kind === 'overtaken') continue;
    if (say === 'release') await reinstateReleased(account, actor, because, deps);
    return { kind: 'done', because: say === 'release' ? 'it is released' : 'the result is taken back: it is waited for again' };
  }
}

async function reinstateReleased(account: AccountKey, actor: Command['actor'], because: string, deps: Enforcement): Promise<void> {
  const action = inForce((await deps.ledger.head(ACCOUNT_CHAIN, account))?.state);
  if (isProvable(action))
    await reinstate(account, { why: 'reversed', actor: byPerson(actor), because: [because], onlyOf: action.case }, deps);
}
