import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import type { Actor } from '../../../shared/domain/person';
import { MINUTE } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import { reinstate, restoreAgain } from '../account-actions/reinstate';
import type { Enforcement } from '../enforcement';
import { ranked } from '../policy/ranked';
import { move, type Step } from './move';

/**
 * Gives a whole campaign back, a share first. Every account the case ever pointed at is barred from it in the same entry
 * that reinstates it, so a worker that is still containing loses the race for the next entry. The accounts are exonerated:
 * the same evidence will not take them again tomorrow.
 */
export const undoCampaign: Step<'undoing'> = async (id, head, deps) => {
  const { stage, retryAt, exoneratedUntil } = head.state.progress;
  const now = deps.clock.now();
  if (now < retryAt) return { kind: 'wait', until: retryAt, because: 'the first accounts are restored; watching before the rest' };
  const { policy } = await deps.policy();
  const { undo, outage, stop, confirmation } = policy.enforcement;
  const accounts = ranked(id, [...(await deps.cases.touched(id)).keys()]);
  const some = stage === 0 ? accounts.slice(0, Math.ceil(undo.firstShare.value * accounts.length)) : accounts;
  const actor: Actor = head.actor;
  let unreachable = 0;
  await inBatches(some, 32, async (account) => {
    const because = ['the containment of the campaign was undone', ...head.because];
    const reinstated = await reinstate(account, { why: 'undone', actor, because, onlyOf: id, bar: id, exoneratedUntil }, deps);
    if (reinstated.kind === 'unreachable') unreachable++;
  });
  const because = [`${some.length} of ${accounts.length} accounts given back, ${unreachable} not yet restored by the provider`];
  if (unreachable > 0 && unreachable > stop.errors.value * some.length) {
    const wait = Math.ceil(outage.firstRetryMinutes.value * MINUTE * (0.5 + deps.chance.next()));
    return move(id, head, { progress: { ...head.state.progress, retryAt: now + wait }, because, actor }, deps);
  }
  if (some.length < accounts.length) {
    return move(
      id,
      head,
      { progress: { ...head.state.progress, stage: stage + 1, retryAt: now + undo.watchMinutes.value * MINUTE }, because, actor },
      deps,
    );
  }
  const checkAt = accounts.length === 0 ? null : now + confirmation.observeWithinMinutes.value * MINUTE;
  return move(id, head, { progress: { kind: 'undone', checkAt, checks: 0 }, because, actor }, deps);
};

/** After an undo: are they all restored, and do the provider's account events say so? What is not is asked again. */
export const confirmUndone: Step<'undone'> = async (id, head, deps) => {
  const { checkAt, checks } = head.state.progress;
  const now = deps.clock.now();
  if (checkAt === null) return { kind: 'closed', because: 'undone' };
  if (now < checkAt) return { kind: 'wait', until: checkAt, because: 'undone; looking whether the provider restored everybody' };
  const { policy } = await deps.policy();
  const { observeWithinMinutes, askAgain } = policy.enforcement.confirmation;
  const left = await restoreWhatIsLeft(id, head.actor, deps);
  const finished = left === 0 || checks >= askAgain.value;
  const because =
    left === 0
      ? ['every account is restored']
      : [`${left} accounts are still not restored at the provider${finished ? '; a person has to ask them' : ''}`];
  const again = finished ? null : now + observeWithinMinutes.value * MINUTE;
  return move(id, head, { progress: { kind: 'undone', checkAt: again, checks: checks + 1 }, because }, deps);
};

async function restoreWhatIsLeft(id: CaseId, actor: Actor, deps: Enforcement): Promise<number> {
  const accounts = [...(await deps.cases.touched(id)).keys()];
  const known = await deps.accounts.known(accounts);
  let left = 0;
  await inBatches(accounts, 32, async (account) => {
    const reinstated = await reinstate(
      account,
      { why: 'undone', actor, because: ['the containment of the campaign was undone'], onlyOf: id, bar: id },
      deps,
    );
    const head = await isolated(
      () => deps.ledger.head(ACCOUNT_CHAIN, account),
      () => undefined,
    );
    const phase = head?.state.phase;
    if (reinstated.kind === 'unreachable') left++;
    else if (
      head &&
      phase?.kind === 'reinstated' &&
      phase.action.case === id &&
      phase.action.action === 'suspend' &&
      known.get(account)?.facts.standing === 'suspended'
    ) {
      left++;
      await restoreAgain(account, head, deps);
    }
  });
  return left;
}
