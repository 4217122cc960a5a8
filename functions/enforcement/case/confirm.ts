import type { AccountFacts } from '../../../shared/domain/account';
import { ACCOUNT_CHAIN, type AccountState } from '../../../shared/domain/cases/action';
import type { CaseState, StepAnswer } from '../../../shared/domain/cases/case';
import type { Actor } from '../../../shared/domain/person';
import type { EnforcementPolicy } from '../../../shared/domain/policy/enforcement-policy';
import { MINUTE } from '../../../shared/domain/time';
import type { AccountKey, CaseId } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import { type Entry, isolated } from '../../../shared/stores/cases/ledger-store';
import { settle } from '../account-actions/ask';
import { reinstate } from '../account-actions/reinstate';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';
import { isArmed } from '../policy/kill-switch';
import { CLOCK, move, type Step } from './move';

type Open = { waiting: number; unconfirmed: number; unreadable: number; inForce: number; reinstated: number; expiresAt: number | null };

/**
 * A contained campaign: what was requested, what the provider acknowledged and what its own account events show are
 * compared; what expired is given back; when nothing is in force any more, the case is over.
 */
export const confirm: Step<'contained'> = async (id, head, deps) => {
  const { checkAt, expiresAt } = head.state.progress;
  const now = deps.clock.now();
  const due = Math.min(checkAt ?? Number.POSITIVE_INFINITY, expiresAt ?? Number.POSITIVE_INFINITY);
  if (now < due) return waitFor(due);
  const { policy } = await deps.policy();
  await confirmWhatPeopleConfirmed(id, head.state, policy.enforcement, deps);
  const open = await sweep(id, { policy: policy.enforcement, armed: await isArmed(deps) }, deps);
  if (open.inForce === 0)
    return move(id, head, { progress: { kind: 'expired' }, because: ['no action of this case is in force any more'] }, deps);
  const again = open.waiting > 0 ? now + policy.enforcement.confirmation.observeWithinMinutes.value * MINUTE : null;
  const outstanding = { waiting: open.waiting, givenUp: open.unconfirmed };
  const progress = { kind: 'contained' as const, checkAt: again, expiresAt: open.expiresAt, outstanding };
  return move(id, head, { progress, because: [inWords(open)] }, deps);
};

function inWords({ inForce, waiting, unconfirmed, unreadable }: Open): string {
  const outstanding = [
    ...(waiting > 0 ? [`${waiting} not yet seen effective`] : []),
    ...(unreadable > 0 ? [`${unreadable} whose record cannot be read`] : []),
    ...(unconfirmed > 0 ? [`${unconfirmed} given up on: the provider does not carry them out`] : []),
  ];
  return [`${inForce} actions in force`, ...(outstanding.length > 0 ? outstanding : ['none outstanding'])].join(', ');
}

/** While it is stopped nobody is asked for anything, but what is in force still expires. */
export const expireStopped: Step<'stopped'> = async (id, head, deps) => {
  const { expiresAt } = head.state.progress;
  if (expiresAt === null || deps.clock.now() < expiresAt) {
    return { kind: 'await-people', until: expiresAt, because: `stopped: ${head.because.join('; ')}` };
  }
  const { policy } = await deps.policy();
  const open = await sweep(id, { policy: policy.enforcement, armed: false }, deps);
  if (open.inForce === 0 && open.reinstated > 0)
    return move(id, head, { progress: { kind: 'expired' }, because: ['no action of this case is in force any more'] }, deps);
  return move(id, head, { progress: { ...head.state.progress, expiresAt: open.expiresAt }, because: head.because }, deps);
};

/** Enough people confirmed: what was in force when they did no longer expires. Who joined later still does. */
async function confirmWhatPeopleConfirmed(id: CaseId, state: CaseState, policy: EnforcementPolicy, deps: Enforcement): Promise<void> {
  const { confirmations, size } = state;
  const last = confirmations.at(-1);
  if (!last || confirmations.length < approversFor(size, 'assist', policy)) return;
  const because = [`confirmed by ${confirmations.map((one) => one.id).join(' and ')}`];
  await inBatches(await deps.cases.answered(id), 32, async (account) => {
    const head = await isolated(
      () => deps.ledger.head(ACCOUNT_CHAIN, account),
      () => undefined,
    );
    const phase = head?.state.phase;
    if (!head || (phase?.kind !== 'acknowledged' && phase?.kind !== 'observed')) return;
    if (phase.action.case !== id || phase.action.expiresAt === null || phase.action.askedAt > last.at) return;
    const confirmed: AccountState = { ...head.state, phase: { ...phase, action: { ...phase.action, expiresAt: null } } };
    const actor: Actor = { kind: 'person', id: last.id, role: last.role };
    await deps.ledger.append(ACCOUNT_CHAIN, account, head, { actor, what: 'confirmed', because, state: confirmed });
  });
}

const waitFor = (due: number): StepAnswer =>
  Number.isFinite(due)
    ? { kind: 'wait', until: due, because: 'contained; next look' }
    : { kind: 'await-people', until: null, because: 'contained until a person decides otherwise' };

async function sweep(id: CaseId, { policy, armed }: Pick<Look, 'policy' | 'armed'>, deps: Enforcement): Promise<Open> {
  const open: Open = { waiting: 0, unconfirmed: 0, unreadable: 0, inForce: 0, reinstated: 0, expiresAt: null };
  const accounts = [...(await deps.cases.touched(id)).keys()];
  const known = await deps.accounts.known(accounts);
  await inBatches(accounts, 32, async (account) => {
    await isolated(
      async () => {
        const before = await deps.ledger.head(ACCOUNT_CHAIN, account);
        if (!before) return;
        const head = await reconcile(id, account, before, { policy, facts: known.get(account)?.facts, armed }, deps);
        tell(open, id, head.state, policy);
      },
      () => {
        // Something may be in force behind it: the case stays open.
        open.unreadable++;
        open.inForce++;
      },
    );
  });
  return open;
}

type Look = { policy: EnforcementPolicy; facts: AccountFacts | undefined; armed: boolean };

/** One account: expire, send again, ask again, or note that the effect was seen. Answers the newest head. */
async function reconcile(
  id: CaseId,
  account: AccountKey,
  head: Entry<AccountState>,
  look: Look,
  deps: Enforcement,
): Promise<Entry<AccountState>> {
  const now = deps.clock.now();
  const { phase } = head.state;
  if (phase.kind === 'free' || phase.action.case !== id) return head;
  const live = phase.kind === 'asked' || phase.kind === 'acknowledged' || phase.kind === 'observed';
  if (live && phase.action.expiresAt !== null && phase.action.expiresAt <= now) {
    await reinstate(account, { why: 'expired', actor: CLOCK, because: ['nobody confirmed it before it expired'], onlyOf: id }, deps);
  } else if (phase.kind === 'reinstating' || (phase.kind === 'asked' && look.armed)) {
    await settle(account, head, deps);
  } else if (phase.kind === 'acknowledged' && phase.action.action === 'suspend') {
    const { observeWithinMinutes, askAgain } = look.policy.confirmation;
    const seen = look.facts?.standing === 'suspended' || look.facts?.standing === 'closed';
    if (seen) {
      const state: AccountState = { ...head.state, phase: { kind: 'observed', action: phase.action, at: now } };
      const because = [`the provider's account events say ${look.facts?.standing}`];
      await deps.ledger.append(ACCOUNT_CHAIN, account, head, { actor: { kind: 'provider' }, what: 'observed', because, state });
    } else if (look.armed && phase.askedAgain < askAgain.value && now >= phase.at + observeWithinMinutes.value * MINUTE) {
      const state: AccountState = { ...head.state, phase: { kind: 'asked', action: phase.action, attempts: phase.askedAgain + 2 } };
      const because = ['acknowledged, but the account is still active'];
      const appended = await deps.ledger.append(ACCOUNT_CHAIN, account, head, { actor: CLOCK, what: 'asked again', because, state });
      if (appended.kind === 'appended') await settle(account, appended.entry, deps);
    }
  } else return head;
  return (await deps.ledger.head(ACCOUNT_CHAIN, account)) ?? head;
}

function tell(open: Open, id: CaseId, { phase }: AccountState, policy: EnforcementPolicy): void {
  switch (phase.kind) {
    case 'asked':
    case 'acknowledged':
    case 'observed': {
      if (phase.action.case !== id) return;
      open.inForce++;
      const { expiresAt, action } = phase.action;
      if (expiresAt !== null) open.expiresAt = Math.min(open.expiresAt ?? expiresAt, expiresAt);
      // Only a suspension shows in account events; of the milder actions the acknowledgement is the last we hear.
      if (phase.kind === 'observed' || (phase.kind === 'acknowledged' && action !== 'suspend')) return;
      if (phase.kind === 'acknowledged' && phase.askedAgain >= policy.confirmation.askAgain.value) open.unconfirmed++;
      else open.waiting++;
      return;
    }
    case 'reinstating':
      open.waiting++;
      open.inForce += phase.action.case === id ? 1 : 0;
      return;
    case 'reinstated':
      open.reinstated += phase.action.case === id ? 1 : 0;
      return;
    case 'free':
    case 'refused':
      return;
    default:
      phase satisfies never;
  }
}
