import type { AccountFacts } from '../../../shared/domain/account';
import { ACCOUNT_CHAIN, type AccountState, type Phase } from '../../../shared/domain/cases/action';
import type { CaseState, StepAnswer } from '../../../shared/domain/cases/case';
import type { Actor } from '../../../shared/domain/person';
import type { EnforcementPolicy } from '../../../shared/domain/policy/enforcement-policy';
import { MINUTE } from '../../../shared/domain/time';
import { type AccountKey, accountKey, type CaseId } from '../../../shared/identity/ids';
import { sequencesOf } from '../../../shared/stores/cases/case-store';
import { type Appended, type Draft, type Entry, isolated } from '../../../shared/stores/cases/ledger-store';
import { settle } from '../account-actions/ask';
import { reinstate } from '../account-actions/reinstate';
import { behind, type Worked, workThrough } from '../account-actions/work-through';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';
import { isArmed } from '../policy/kill-switch';
import { CLOCK, move, type Step } from './move';

type Open = { waiting: number; unconfirmed: number; unreadable: number; inForce: number; reinstated: number; expiresAt: number | null };

/**
 * A contained campaign: what was requested, what the provider acknowledged and what its own account events show are
 * compared; what expired is given back; when nothing is in force any more, the case is over. A step works on so many accounts, and says how
 * far it came.
 */
export const confirm: Step<'contained'> = async (id, head, deps) => {
  const { checkAt, expiresAt, past } = head.state.progress;
  const now = deps.clock.now();
  const due = Math.min(checkAt ?? Number.POSITIVE_INFINITY, expiresAt ?? Number.POSITIVE_INFINITY);
  if (now < due) return waitFor(due);
  const policy = (await deps.policy()).policy.enforcement;
  const confirmed = confirmedBy(head.state, policy);
  const { open, more } = await sweep(id, { policy, armed: await isArmed(deps), confirmed }, past, deps);
  if (open.inForce === 0 && !more)
    return move(id, head, { progress: { kind: 'expired' }, because: ['no action of this case is in force any more'] }, deps);
  const again = open.waiting > 0 ? now + policy.confirmation.observeWithinMinutes.value * MINUTE : null;
  const outstanding = { waiting: open.waiting, givenUp: open.unconfirmed };
  // What expired and was not come to yet is no reason to look before it is time again.
  const expires = more && open.expiresAt !== null ? Math.max(open.expiresAt, now + more.wait) : open.expiresAt;
  const progress = { kind: 'contained' as const, expiresAt: expires, outstanding };
  const next = more ? { ...progress, checkAt: now + more.wait, past: more.past } : { ...progress, checkAt: again };
  return move(id, head, { progress: next, because: [inWords(open), ...(more ? ['more accounts are looked at next'] : [])] }, deps);
};

function inWords({ inForce, waiting, unconfirmed, unreadable }: Open): string {
  const outstanding = [
    ...(waiting > 0 ? [`${waiting} not yet seen effective`] : []),
    ...(unreadable > 0 ? [`${unreadable} whose record cannot be read`] : []),
    ...(unconfirmed > 0 ? [`${unconfirmed} given up on: the provider does not carry them out`] : []),
  ];
  return [
    `${inForce} ${inForce === 1 ? 'action' : 'actions'} in force`,
    ...(outstanding.length > 0 ? outstanding : ['none outstanding']),
  ].join(', ');
}

/** While it is stopped nobody is asked for anything, but what is in force still expires. */
export const expireStopped: Step<'stopped'> = async (id, head, deps) => {
  const { past, ...progress } = head.state.progress;
  const { expiresAt } = progress;
  const now = deps.clock.now();
  if (expiresAt === null || now < expiresAt) {
    return { kind: 'await-people', until: expiresAt, because: `stopped: ${head.because.join('; ')}` };
  }
  const policy = (await deps.policy()).policy.enforcement;
  const { open, more } = await sweep(id, { policy, armed: false, confirmed: undefined }, past, deps);
  if (open.inForce === 0 && open.reinstated > 0 && !more)
    return move(id, head, { progress: { kind: 'expired' }, because: ['no action of this case is in force any more'] }, deps);
  const next = more ? { ...progress, expiresAt: now + more.wait, past: more.past } : { ...progress, expiresAt: open.expiresAt };
  return move(id, head, { progress: next, because: head.because }, deps);
};

type Confirmed = { actor: Actor; because: string[]; at: number };

/** Enough people confirmed: what was in force when they did no longer expires. Who joined later still does. */
function confirmedBy({ confirmations, size }: CaseState, policy: EnforcementPolicy): Confirmed | undefined {
  const last = confirmations.at(-1);
  if (!last || confirmations.length < approversFor(size, 'assist', policy)) return undefined;
  const because = [`confirmed by ${confirmations.map((one) => one.id).join(' and ')}`];
  return { actor: { kind: 'person', id: last.id, role: last.role }, because, at: last.at };
}

const waitFor = (due: number): StepAnswer =>
  Number.isFinite(due)
    ? { kind: 'wait', until: due, because: 'contained; next look' }
    : { kind: 'await-people', until: null, because: 'contained until a person decides otherwise' };

type Head = Entry<AccountState>;
type Look = { policy: EnforcementPolicy; armed: boolean; confirmed: Confirmed | undefined };

/**
 * Looks at every account of the case, and works on those that need it, from behind `past` on. `more`: there are others, or the provider
 * cannot be reached; whoever could not be is asked again at the next look.
 */
async function sweep(
  id: CaseId,
  look: Look,
  past: string | undefined,
  deps: Enforcement,
): Promise<{ open: Open; more?: { past?: string; wait: number } }> {
  const open: Open = { waiting: 0, unconfirmed: 0, unreadable: 0, inForce: 0, reinstated: 0, expiresAt: null };
  const touched = await deps.cases.touched(id);
  const known = await deps.accounts.known([...touched.keys()]);
  const unreadable = (): void => {
    // Something may be in force behind it: the case stays open.
    open.unreadable++;
    open.inForce++;
  };
  const heads = await deps.ledger.heads(ACCOUNT_CHAIN, sequencesOf(touched), unreadable);
  const dueNow = (account: AccountKey, head: Head): Due | undefined => {
    const standing = known.get(account)?.facts.standing;
    const seen = standing === 'suspended' || standing === 'closed' ? standing : undefined;
    return dueFor(id, head.state, { ...look, seen, now: deps.clock.now() });
  };
  const due = behind(
    [...heads].flatMap(([account, head]) => (dueNow(accountKey(account), head) ? [accountKey(account)] : [])),
    past,
  );
  const done = await workThrough(due, look.policy, async (account): Promise<Worked> => {
    const before = heads.get(account)!;
    const worked = await isolated(
      () => worksOn(account, before, (head) => dueNow(account, head), deps),
      () => undefined,
    );
    if (!worked) {
      heads.delete(account);
      unreadable();
      return 'done';
    }
    heads.set(account, worked.head);
    const { asked, sequence } = touched.get(account)!;
    if (worked.head.sequence !== sequence) await deps.cases.touch(id, account, { asked, sequence: worked.head.sequence });
    return worked.unreachable ? 'unreachable' : 'done';
  });
  for (const { state } of heads.values()) tell(open, id, state, look.policy);
  if (done.ended === 'all') return { open };
  const wait = done.ended === 'outage' ? look.policy.outage.firstRetryMinutes.value * MINUTE : 0;
  const upTo = done.upTo > 0 ? due[done.upTo - 1] : past;
  return { open, more: { wait, ...(upTo === undefined ? {} : { past: upTo }) } };
}

type Due =
  | { kind: 'confirm'; confirmed: Confirmed; phase: Extract<Phase, { kind: 'acknowledged' | 'observed' }> }
  | { kind: 'expire'; id: CaseId }
  | { kind: 'send' }
  | { kind: 'observe'; seen: NonNullable<AccountFacts['standing']>; phase: Extract<Phase, { kind: 'acknowledged' }> }
  | { kind: 'ask-again'; phase: Extract<Phase, { kind: 'acknowledged' }> };

/** What is to be done about an account now; pure. */
function dueFor(
  id: CaseId,
  { phase }: AccountState,
  { policy, armed, confirmed, seen, now }: Look & { seen: AccountFacts['standing']; now: number },
): Due | undefined {
  if (phase.kind === 'free' || phase.action.case !== id) return undefined;
  const { expiresAt, askedAt, action } = phase.action;
  const isAnswered = phase.kind === 'acknowledged' || phase.kind === 'observed';
  if (isAnswered && confirmed && expiresAt !== null && askedAt <= confirmed.at) return { kind: 'confirm', confirmed, phase };
  if ((isAnswered || phase.kind === 'asked') && expiresAt !== null && expiresAt <= now) return { kind: 'expire', id };
  if (phase.kind === 'reinstating' || (phase.kind === 'asked' && armed)) return { kind: 'send' };
  if (phase.kind !== 'acknowledged' || action !== 'suspend') return undefined;
  if (seen) return { kind: 'observe', seen, phase };
  const { observeWithinMinutes, askAgain } = policy.confirmation;
  const isLate = now >= phase.at + observeWithinMinutes.value * MINUTE;
  return armed && phase.askedAgain < askAgain.value && isLate ? { kind: 'ask-again', phase } : undefined;
}

/** Does what is due; the provider is asked once. Answers the newest head. */
async function worksOn(
  account: AccountKey,
  before: Head,
  dueNow: (head: Head) => Due | undefined,
  deps: Enforcement,
): Promise<{ head: Head; unreachable: boolean }> {
  let head = before;
  for (let due = dueNow(head); due !== undefined; due = due.kind === 'confirm' ? dueNow(head) : undefined) {
    const done = await carryOut(due, account, head, deps);
    head = done.head ?? (await deps.ledger.head(ACCOUNT_CHAIN, account)) ?? head;
    if (done.kind === 'unreachable') return { head, unreachable: !done.refused };
    if (done.kind === 'overtaken') break;
  }
  return { head, unreachable: false };
}

/** `head`: the newest entry, where this wrote it. */
async function carryOut(
  due: Due,
  account: AccountKey,
  head: Head,
  deps: Enforcement,
): Promise<{ kind: string; refused?: boolean; head?: Head }> {
  const write = async (draft: Omit<Draft<AccountState>, 'state'>, phase: Phase): Promise<{ kind: Appended<never>['kind']; head: Head }> => {
    const appended = await deps.ledger.append(ACCOUNT_CHAIN, account, head, { ...draft, state: { ...head.state, phase } });
    return { kind: appended.kind, head: appended.kind === 'appended' ? appended.entry : appended.head };
  };
  switch (due.kind) {
    case 'confirm': {
      const { confirmed, phase } = due;
      const draft = { actor: confirmed.actor, what: 'confirmed' as const, because: confirmed.because };
      return write(draft, { ...phase, action: { ...phase.action, expiresAt: null } });
    }
    case 'expire':
      return reinstate(account, { why: 'expired', actor: CLOCK, because: ['nobody confirmed it before it expired'], onlyOf: due.id }, deps);
    case 'send':
      return settle(account, head, deps);
    case 'observe': {
      const because = [`the provider's account events say ${due.seen}`];
      const draft = { actor: { kind: 'provider' as const }, what: 'observed' as const, because };
      return write(draft, { kind: 'observed', action: due.phase.action, at: deps.clock.now() });
    }
    case 'ask-again': {
      const draft = { actor: CLOCK, what: 'asked again' as const, because: ['acknowledged, but the account is still active'] };
      const asked = await write(draft, { kind: 'asked', action: due.phase.action, attempts: due.phase.askedAgain + 2 });
      return asked.kind === 'appended' ? settle(account, asked.head, deps) : asked;
    }
    default:
      return due satisfies never;
  }
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
