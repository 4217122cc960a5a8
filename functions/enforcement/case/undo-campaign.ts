import { ACCOUNT_CHAIN, type AccountState } from '../../../shared/domain/cases/action';
import type { Actor } from '../../../shared/domain/person';
import type { EnforcementPolicy } from '../../../shared/domain/policy/enforcement-policy';
import { MINUTE } from '../../../shared/domain/time';
import { type AccountKey, accountKey, type CaseId } from '../../../shared/identity/ids';
import { sequencesOf } from '../../../shared/stores/cases/case-store';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import { byCase } from '../account-actions/ask';
import { reinstate, restoreAgain } from '../account-actions/reinstate';
import { behind, type Worked, workThrough } from '../account-actions/work-through';
import type { Enforcement } from '../enforcement';
import { ranked } from '../policy/ranked';
import { move, type Step } from './move';

/**
 * Gives a whole campaign back, a share first. Every account the case ever pointed at is barred from it in the same entry
 * that reinstates it, so a worker that is still containing loses the race for the next entry. The accounts are exonerated:
 * the same evidence will not take them again tomorrow. A step does so many of them, and says how far it came.
 */
export const undoCampaign: Step<'undoing'> = async (id, head, deps) => {
  const { past, ...progress } = head.state.progress;
  const { stage, retryAt, exoneratedUntil } = progress;
  const now = deps.clock.now();
  if (now < retryAt) return { kind: 'wait', until: retryAt, because: 'the first accounts are restored; watching before the rest' };
  const { policy } = await deps.policy();
  const { undo, confirmation } = policy.enforcement;
  const accounts = ranked(id, [...(await deps.cases.touched(id)).keys()]);
  const some = stage === 0 ? accounts.slice(0, Math.ceil(undo.firstShare.value * accounts.length)) : accounts;
  const actor: Actor = head.actor;
  const left = some.slice(past === undefined ? 0 : some.indexOf(accountKey(past)) + 1);
  // What a step said of its part comes before the words of the person who undid it.
  const words = head.what === 'undoing' ? head.because.slice(1) : head.because;
  const because = [UNDONE, ...words];
  const done = await workThrough(left, policy.enforcement, async (account): Promise<Worked> => {
    const reinstated = await reinstate(account, { why: 'undone', actor, because, onlyOf: id, bar: id, exoneratedUntil }, deps);
    return reinstated.kind === 'unreachable' && !reinstated.refused ? 'unreachable' : reinstated.kind === 'already' ? 'none' : 'done';
  });
  const upTo = some.length - left.length + done.upTo;
  const inWords = [`${upTo} of ${accounts.length} accounts given back, ${done.unreachable} not yet restored by the provider`, ...words];
  if (done.ended !== 'all') {
    const wait = done.ended === 'outage' ? pause(policy.enforcement, deps) : 0;
    const next = { ...progress, ...(upTo > 0 ? { past: some[upTo - 1]! } : {}), retryAt: now + wait };
    return move(id, head, { progress: next, because: inWords, actor }, deps);
  }
  if (some.length < accounts.length) {
    const next = { ...progress, stage: stage + 1, retryAt: now + undo.watchMinutes.value * MINUTE };
    return move(id, head, { progress: next, because: inWords, actor }, deps);
  }
  const checkAt = accounts.length === 0 ? null : now + confirmation.observeWithinMinutes.value * MINUTE;
  return move(id, head, { progress: { kind: 'undone', checkAt, checks: 0 }, because: inWords, actor }, deps);
};

const UNDONE = 'the containment of the campaign was undone';

/** Give or take half: receivers that come back are not met by everybody at once. */
const pause = ({ outage }: EnforcementPolicy, deps: Enforcement): number =>
  Math.ceil(outage.firstRetryMinutes.value * MINUTE * (0.5 + deps.chance.next()));

/** After an undo: are they all restored, and do the provider's account events say so? What is not is asked again. */
export const confirmUndone: Step<'undone'> = async (id, head, deps) => {
  const { checkAt, checks, past } = head.state.progress;
  const now = deps.clock.now();
  if (checkAt === null) return { kind: 'closed', because: 'undone' };
  if (now < checkAt) return { kind: 'wait', until: checkAt, because: 'undone; looking whether the provider restored everybody' };
  const { policy } = await deps.policy();
  const { observeWithinMinutes, askAgain } = policy.enforcement.confirmation;
  const { left, ended, upTo } = await restoreWhatIsLeft(id, { actor: head.actor, past, policy: policy.enforcement }, deps);
  if (ended !== 'all') {
    const wait = ended === 'outage' ? pause(policy.enforcement, deps) : 0;
    const progress = { kind: 'undone' as const, checkAt: now + wait, checks, ...(upTo === undefined ? {} : { past: upTo }) };
    return move(id, head, { progress, because: [`${left} accounts are not restored at the provider yet; more are asked about`] }, deps);
  }
  const finished = left === 0 || checks >= askAgain.value;
  const because =
    left === 0
      ? ['every account is restored']
      : [`${left} accounts are still not restored at the provider${finished ? '; a person has to ask them' : ''}`];
  const again = finished ? null : now + observeWithinMinutes.value * MINUTE;
  return move(id, head, { progress: { kind: 'undone', checkAt: again, checks: checks + 1 }, because }, deps);
};

type Left = { left: number; ended: 'all' | 'enough' | 'outage'; upTo: string | undefined };

/** `past`: whom the step before came to last. */
async function restoreWhatIsLeft(
  id: CaseId,
  { actor, past, policy }: { actor: Actor; past: string | undefined; policy: EnforcementPolicy },
  deps: Enforcement,
): Promise<Left> {
  const touched = await deps.cases.touched(id);
  const accounts = [...touched.keys()];
  const known = await deps.accounts.known(accounts);
  const unread = new Set<string>();
  const heads = await deps.ledger.heads(ACCOUNT_CHAIN, sequencesOf(touched), (_, account) => unread.add(account));
  const isSuspended = (account: AccountKey): boolean => known.get(account)?.facts.standing === 'suspended';
  const open = accounts.filter(
    (account) => unread.has(account) || !isRestored(heads.get(account), id) || isUnseen(heads.get(account), id, isSuspended(account)),
  );
  const due = behind(open, past);
  // Those that an earlier step could not restore, then those of this one, then those that it does not come to.
  let left = open.length - due.length;
  const done = await workThrough(due, policy, async (account): Promise<Worked> => {
    const head = heads.get(account);
    const again = head && isUnseen(head, id, isSuspended(account)) ? await restoreAgain(account, head, deps) : undefined;
    const reinstated = again ?? (await reinstate(account, { why: 'undone', actor, because: [UNDONE], onlyOf: id, bar: id }, deps));
    if (again || reinstated.kind === 'unreachable') left++;
    return reinstated.kind === 'unreachable' && !reinstated.refused ? 'unreachable' : 'done';
  });
  return { left: left + due.length - done.upTo, ended: done.ended, upTo: done.upTo > 0 ? due[done.upTo - 1] : past };
}

/** Nothing of this case is in force on the account, nor will be. */
const isRestored = (head: Entry<AccountState> | undefined, id: CaseId): boolean =>
  head?.state.barred.includes(id) === true && byCase(head.state, id) === undefined && head.state.phase.kind !== 'reinstating';

/** The provider acknowledged its restore, and its account events still call it suspended. */
const isUnseen = (head: Entry<AccountState> | undefined, id: CaseId, isSuspended: boolean): boolean =>
  isSuspended &&
  head?.state.phase.kind === 'reinstated' &&
  head.state.phase.action.case === id &&
  head.state.phase.action.action === 'suspend';
