import { ACCOUNT_CHAIN, type AccountState, inForce, type Reinstatement, UNTOUCHED } from '../../../shared/domain/cases/action';
import type { What } from '../../../shared/domain/cases/ledger-events';
import type { Actor } from '../../../shared/domain/person';
import { MINUTE } from '../../../shared/domain/time';
import { type AccountKey, accountKey, type CaseId } from '../../../shared/identity/ids';
import { type Entry, isolated } from '../../../shared/stores/cases/ledger-store';
import { CLOCK } from '../case/move';
import type { Enforcement } from '../enforcement';
import { settle } from './ask';
import { BATCH, type Worked, workThrough } from './work-through';

/**
 * Accounts whose restore may not have reached the provider yet: pointed at before the entry that reinstates, and by that entry's number. A
 * pointer goes when there is an entry of its number that does not wait for a restore: whoever set it can write it no more, however
 * late they wake up.
 */
const RESTORING = 'RESTORING';
const pointer = (account: AccountKey, sequence: number): string => `${account}#${sequence}`;

export type Reinstating = {
  why: Reinstatement['why'];
  actor: Actor;
  because: string[];
  key?: string;
  /** Reinstate only what this case did; what another case did stays. */
  onlyOf?: CaseId;
  /** No action by this case any more, also if it did nothing yet. */
  bar?: CaseId;
  exoneratedUntil?: number;
};
/** `refused`: the provider was reached, and would not. It is asked again all the same. */
export type Reinstated = { kind: 'reinstated' | 'unreachable' | 'nothing-in-force' | 'already'; because: string; refused?: boolean };

/**
 * Gives an account back. Reinstating it, barring the case and exonerating are one ledger entry, so there is no moment in which
 * the account is free and may be taken again. Never asks the kill switch nor a budget: those stop harm, not relief.
 */
export async function reinstate(account: AccountKey, reinstating: Reinstating, deps: Enforcement): Promise<Reinstated> {
  for (;;) {
    // Relief is not refused because a record cannot be read: it follows the newest that can.
    const head = await isolated(
      () => deps.ledger.head(ACCOUNT_CHAIN, account),
      () => deps.ledger.headToRepair(ACCOUNT_CHAIN, account),
    );
    if (head?.state.movedTo !== undefined) return reinstate(head.state.movedTo, reinstating, deps);
    const next = after(account, head, reinstating, deps.clock.now());
    if (!next)
      return head?.state.phase.kind === 'reinstating' ? finish(account, head, deps) : { kind: 'already', because: 'nothing is in force' };
    if (next.state.phase.kind === 'reinstating') await deps.table.put({ pk: RESTORING, sk: pointer(account, (head?.sequence ?? 0) + 1) });
    if (reinstating.exoneratedUntil !== undefined) await deps.exonerations.exonerating(account);
    const { actor, because, key } = reinstating;
    const draft = { actor, because, ...(key === undefined ? {} : { key }), ...next };
    const appended = await deps.ledger.append(ACCOUNT_CHAIN, account, head, draft);
    if (appended.kind === 'overtaken') continue;
    if (next.state.phase.kind === 'reinstating') return finish(account, appended.entry, deps);
    return { kind: 'nothing-in-force', because: next.what };
  }
}

async function finish(account: AccountKey, entry: Entry<AccountState>, deps: Enforcement): Promise<Reinstated> {
  const answer = await settle(account, entry, deps);
  if (answer.kind === 'unreachable' || answer.kind === 'refused')
    return { kind: 'unreachable', because: answer.because, refused: answer.kind === 'refused' };
  await deps.table.delete(RESTORING, pointer(account, entry.sequence));
  return { kind: 'reinstated', because: answer.because };
}

/**
 * Restores that did not reach the provider, or whose worker died: sent again until it acknowledges, so many in one call. Every quarter of
 * an hour it begins further on, so that no account waits for ever behind others that are never acknowledged. Answers how many are left.
 */
export async function finishRestoring(deps: Enforcement): Promise<number> {
  const pointers: string[] = [];
  for await (const pointed of deps.ledger.allListed(RESTORING)) pointers.push(pointed);
  if (pointers.length === 0) return 0;
  const first = (Math.floor(deps.clock.now() / (15 * MINUTE)) * BATCH) % pointers.length;
  const { policy } = await deps.policy();
  let left = pointers.length;
  const finished = async (pointed: string): Promise<Worked> => {
    const [subject = '', sequence] = pointed.split('#');
    const account = accountKey(subject);
    const head = await isolated(
      () => deps.ledger.head(ACCOUNT_CHAIN, account),
      () => 'unreadable' as const,
    );
    if (head === 'unreadable') return 'none';
    if (head?.state.phase.kind === 'reinstating') {
      const { kind, refused } = await finish(account, head, deps);
      if (kind === 'unreachable') return refused ? 'done' : 'unreachable';
    } else if ((head?.sequence ?? 0) >= Number(sequence)) await deps.table.delete(RESTORING, pointed);
    left--;
    return 'done';
  };
  await workThrough([...pointers.slice(first), ...pointers.slice(0, first)], policy.enforcement, finished);
  return left;
}

/** The provider acknowledged a restore and did not carry it out: asked again, under a new id. */
export async function restoreAgain(account: AccountKey, head: Entry<AccountState>, deps: Enforcement): Promise<Reinstated> {
  const { phase } = head.state;
  if (phase.kind !== 'reinstated') return { kind: 'already', because: `nothing to restore again: ${phase.kind}` };
  const again: Reinstatement = { ...phase.reinstatement, id: `${phase.reinstatement.id}.${head.sequence + 1}`, askedAt: deps.clock.now() };
  const state: AccountState = { ...head.state, phase: { kind: 'reinstating', action: phase.action, reinstatement: again } };
  await deps.table.put({ pk: RESTORING, sk: pointer(account, head.sequence + 1) });
  const because = ['restoring was acknowledged, but the account is still suspended'];
  const appended = await deps.ledger.append(ACCOUNT_CHAIN, account, head, { actor: CLOCK, what: 'restore asked again', because, state });
  return appended.kind === 'appended' ? finish(account, appended.entry, deps) : { kind: 'already', because: appended.head.what };
}

/** The entry that reinstating would add to this chain; undefined when it would change nothing. */
function after(
  account: AccountKey,
  head: Entry<AccountState> | undefined,
  reinstating: Reinstating,
  now: number,
): { what: What; state: AccountState } | undefined {
  const state = head?.state ?? UNTOUCHED;
  const { why, onlyOf, bar, exoneratedUntil } = reinstating;
  const until = exoneratedUntil === undefined ? state.exoneratedUntil : Math.max(exoneratedUntil, state.exoneratedUntil ?? 0);
  const barred = bar === undefined || state.barred.includes(bar) ? state.barred : [...state.barred, bar];
  const action = inForce(state);
  if (action && (onlyOf === undefined || action.case === onlyOf)) {
    const id = `${action.case}.${account}.${(head?.sequence ?? 0) + 1}.restore`;
    return {
      what: why,
      state: { ...state, phase: { kind: 'reinstating', action, reinstatement: { id, why, askedAt: now } }, exoneratedUntil: until, barred },
    };
  }
  if (until === state.exoneratedUntil && barred === state.barred) return undefined;
  return { what: until === state.exoneratedUntil ? 'barred' : 'exonerated', state: { ...state, exoneratedUntil: until, barred } };
}
