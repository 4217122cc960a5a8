import { ACCOUNT_CHAIN, type AccountState, type Action, inForce, UNTOUCHED } from '../../../shared/domain/cases/action';
import type { Actor } from '../../../shared/domain/person';
import type { Billing } from '../../../shared/domain/policy/enforcement-policy';
import { iso } from '../../../shared/domain/time';
import type { AccountKey, CaseId } from '../../../shared/identity/ids';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import { request } from './request';

export type Head = Entry<AccountState> | undefined;
/**
 * What becomes of one account in one step. `unreachable`: the entry stands, and asking again later is safe. `overtaken`: it was asked,
 * and somebody moved the account on before the answer was written down. `not-asked`: nothing was written and nobody was asked.
 * `sequence`: of the newest entry of the account's chain that this step knows of.
 */
export type Asked = {
  kind: 'acknowledged' | 'refused' | 'unreachable' | 'not-needed' | 'overtaken' | 'not-asked';
  because: string;
  sequence?: number;
};
/** An action before it has a place in the ledger, which gives it its id and time. */
export type ActionDraft = Omit<Action, 'id' | 'askedAt'>;

/** Why this case may not act on the account now, given the head of its chain; undefined when it may. */
export function blockedBy(state: AccountState | undefined, id: CaseId, now: number): string | undefined {
  if (!state) return undefined;
  if (state.movedTo !== undefined) return 'the identifier key changed: the account goes by another key';
  if (state.barred.includes(id)) return 'the case was undone for this account';
  if (state.exoneratedUntil !== null && state.exoneratedUntil > now) return `exonerated until ${iso(state.exoneratedUntil)}`;
  const { phase } = state;
  switch (phase.kind) {
    case 'free':
      return undefined;
    case 'asked':
    case 'acknowledged':
    case 'observed':
      return `${phase.action.action} is in force already, by case ${phase.action.case}`;
    case 'refused':
      return phase.action.case === id ? `the provider refused: ${phase.because}` : undefined;
    case 'reinstating':
      return 'the account is being reinstated';
    case 'reinstated':
      return phase.action.case === id ? `reinstated in this case: ${phase.reinstatement.why}` : undefined;
    default:
      return phase satisfies never;
  }
}

/**
 * Asks the provider for one action. The ledger entry comes first, conditional on the head that was looked at: whoever
 * wrote in between (an undo, above all) wins, and nothing is asked.
 */
export async function ask(account: AccountKey, head: Head, draft: ActionDraft, actor: Actor, deps: Enforcement): Promise<Asked> {
  const sequence = (head?.sequence ?? 0) + 1;
  const action: Action = { ...draft, id: `${draft.case}.${account}.${sequence}`, askedAt: deps.clock.now() };
  const state: AccountState = { ...(head?.state ?? UNTOUCHED), phase: { kind: 'asked', action, attempts: 1 } };
  const appended = await deps.ledger.append(ACCOUNT_CHAIN, account, head, {
    actor,
    what: `${action.action} asked`,
    because: action.because,
    state,
  });
  if (appended.kind === 'overtaken') return { kind: 'not-asked', because: appended.head.what };
  return settle(account, appended.entry, deps);
}

/**
 * Brings what the ledger says to the provider: sends (again) what was asked and not yet answered, and writes the answer
 * down. Repeating it is safe: requests carry an id and the sequence of the entry that asked.
 */
export async function settle(account: AccountKey, head: Entry<AccountState>, deps: Enforcement): Promise<Asked> {
  const { phase } = head.state;
  if (phase.kind !== 'asked' && phase.kind !== 'reinstating') return { kind: 'not-needed', because: `nothing is waiting: ${phase.kind}` };
  const answer = await request(account, head, deps);
  if (answer.kind === 'unreachable') return answer;
  const now = deps.clock.now();
  const actor = { kind: 'provider' } as const;
  const state = { ...head.state, phase: settled(phase, answer, now) };
  const because =
    answer.kind === 'refused'
      ? [answer.because]
      : ['the provider acknowledged', ...(answer.declined ?? []).map((one) => `but not ${one.billing}: ${one.because}`)];
  const what = phase.kind === 'reinstating' && answer.kind === 'acknowledged' ? 'reinstated' : answer.kind;
  const appended = await deps.ledger.append(ACCOUNT_CHAIN, account, head, { actor, what, because, state });
  if (appended.kind === 'appended') return { kind: answer.kind, because: because[0] ?? '', sequence: appended.entry.sequence };
  // Somebody moved on while the provider answered: what they asked for has to arrive after what we asked for.
  if (appended.head.state.phase.kind === 'reinstating') return settle(account, appended.head, deps);
  return { kind: 'overtaken', because: appended.head.what, sequence: appended.head.sequence };
}

/** What the provider would not do about its money is not ended later either. */
function without(action: Action, declined: readonly { billing: Billing }[] = []): Action {
  if (declined.length === 0) return action;
  return { ...action, billing: (action.billing ?? []).filter((one) => !declined.some(({ billing }) => billing === one)) };
}

function settled(
  phase: Extract<AccountState['phase'], { kind: 'asked' | 'reinstating' }>,
  answer: Exclude<Awaited<ReturnType<typeof request>>, { kind: 'unreachable' }>,
  at: number,
): AccountState['phase'] {
  if (phase.kind === 'asked') {
    const { action } = phase;
    return answer.kind === 'refused'
      ? { kind: 'refused', action, because: answer.because }
      : { kind: 'acknowledged', action: without(action, answer.declined), at, askedAgain: phase.attempts - 1 };
  }
  // A provider that refuses to restore is not given up on: the reinstatement stays open and confirmation reports it.
  return answer.kind === 'refused' ? phase : { kind: 'reinstated', action: phase.action, reinstatement: phase.reinstatement, at };
}

/** The action in force on an account by this case, if any. */
export const byCase = (state: AccountState | undefined, id: CaseId): Action | undefined => {
  const action = inForce(state);
  return action?.case === id ? action : undefined;
};
