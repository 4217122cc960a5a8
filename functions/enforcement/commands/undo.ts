import { createHash } from 'node:crypto';
import { ACCOUNT_CHAIN, inForce } from '../../../shared/domain/cases/action';
import { type Approval, isClosed } from '../../../shared/domain/cases/case';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { DAY, iso } from '../../../shared/domain/time';
import { type AccountKey, accountKey, type CaseId, caseId } from '../../../shared/identity/ids';
import { sequencesOf } from '../../../shared/stores/cases/case-store';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import { byCase } from '../account-actions/ask';
import { reinstate } from '../account-actions/reinstate';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';
import { approvalOf } from './approve';
import { type CaseCommand, changeCase } from './change-case';

/** What undoing a case would do now. Nothing is written. */
export type UndoPreview = {
  /** Accounts with an action of this case in force: restored. Every account that the case pointed at is exonerated. */
  restored: number;
  byPlan: Readonly<Record<string, number>>;
  /** Accounts that other cases keep as they are, or that were restored before. */
  untouched: number;
  exoneratedUntil: number;
  people: number;
  asked: readonly Approval[];
  accounts: readonly AccountKey[];
  seen: string;
};

export async function undoPreview(id: CaseId, deps: Enforcement): Promise<UndoPreview | undefined> {
  const head = await isolated(
    () => deps.cases.head(id),
    () => deps.cases.headToRepair(id),
  );
  if (!head) return undefined;
  const { policy } = await deps.policy();
  const touched = await deps.cases.touched(id);
  const accounts: AccountKey[] = [];
  const byPlan: Record<string, number> = {};
  const heads = await deps.ledger.heads(ACCOUNT_CHAIN, sequencesOf(touched));
  for (const account of touched.keys()) {
    const action = byCase(heads.get(account)?.state, id);
    if (!action) continue;
    accounts.push(account);
    const plan = action.facts.plan ?? 'unknown';
    byPlan[plan] = (byPlan[plan] ?? 0) + 1;
  }
  accounts.sort();
  const people = approversFor(touched.size, 'assist', policy.enforcement);
  const whom = createHash('sha256').update(JSON.stringify(accounts)).digest('hex');
  return {
    restored: accounts.length,
    byPlan,
    untouched: touched.size - accounts.length,
    exoneratedUntil: deps.clock.now() + policy.enforcement.appeals.exonerationDays.value * DAY,
    people,
    asked: head.state.undoRequests,
    accounts,
    seen: `${accounts.length}-${people}-${whom.slice(0, 16)}`,
  };
}

/**
 * Restores a whole campaign, in one command, from whatever the case is at. No budget and no kill switch stops it. It takes as many
 * people as acting on so many accounts took; the first of two stops the case at once, the second begins the restoring.
 */
export async function undoCase(command: CaseCommand & { seen?: string | undefined }, deps: Enforcement) {
  const { policy } = await deps.policy();
  const id = caseId(command.case);
  const answer = await changeCase(
    command,
    'reviewer',
    async ({ state }, now) => {
      const { progress } = state;
      if (progress.kind === 'undoing' || progress.kind === 'undone') return { kind: 'already', because: `the case is ${progress.kind}` };
      if (isClosed(progress)) return { kind: 'already', because: `the case is ${progress.kind}: nothing of it is in force` };
      const mine = state.undoRequests.find((one) => one.id === command.actor.id);
      if (mine) return { kind: 'already', because: `${mine.id} asked for it at ${iso(mine.at)}; another person has to as well` };
      const preview = await undoPreview(id, deps);
      if (command.seen !== undefined && preview && preview.seen !== command.seen)
        return {
          kind: 'refused',
          because: `this changed since you looked: you saw ${command.seen.split('-')[0]} accounts to restore, now it is ${preview.restored}; look again`,
        };
      const requests = [...state.undoRequests, approvalOf(command, now)];
      const people = preview?.people ?? 1;
      if (requests.length < people) {
        const acting = progress.kind === 'containing' || progress.kind === 'watching';
        const stopped = { kind: 'stopped', stage: acting ? progress.stage : 0, resuming: false, expiresAt: now } as const;
        return {
          kind: 'to',
          what: 'undo asked',
          state: { ...state, undoRequests: requests, progress: acting ? stopped : progress },
          message: `you are person ${requests.length} of ${people}: the case acts on nobody else meanwhile`,
        };
      }
      const exoneratedUntil = now + policy.enforcement.appeals.exonerationDays.value * DAY;
      return {
        kind: 'to',
        what: 'undone',
        state: { ...state, undoRequests: requests, undoneAt: now, progress: { kind: 'undoing', stage: 0, retryAt: now, exoneratedUntil } },
        message: 'access is being restored for the whole campaign',
      };
    },
    deps,
    { relief: true },
  );
  if (answer.kind === 'done' && answer.head.state.progress.kind === 'undoing') await deps.workflow.start(answer.case, answer.head.sequence);
  return answer;
}

/** Restores one account and exonerates it. */
export async function undoAccount(command: Command & { account: string }, deps: Enforcement): Promise<CommandAnswer> {
  const { actor, key, because } = command;
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const { policy } = await deps.policy();
  const now = deps.clock.now();
  const account = accountKey(command.account);
  const state = await isolated(
    async () => (await deps.ledger.head(ACCOUNT_CHAIN, account))?.state,
    () => undefined,
  );
  if (state && !inForce(state) && state.phase.kind !== 'reinstating' && (state.exoneratedUntil ?? 0) > now) {
    return { kind: 'already', because: `nothing is in force, and it is exonerated until ${iso(state.exoneratedUntil ?? now)}` };
  }
  const exoneratedUntil = now + policy.enforcement.appeals.exonerationDays.value * DAY;
  const reinstated = await reinstate(account, { why: 'reversed', actor: byPerson(actor), because: [because], key, exoneratedUntil }, deps);
  switch (reinstated.kind) {
    case 'reinstated':
      return { kind: 'done', because: 'restored and exonerated' };
    case 'unreachable':
      return {
        kind: 'done',
        because: `restored and exonerated in the ledger; the provider could not be told yet (${reinstated.because}) and will be asked again`,
      };
    case 'nothing-in-force':
      return { kind: 'done', because: 'nothing was in force; the account is exonerated' };
    case 'already':
      return { kind: 'already', because: reinstated.because };
    default:
      return reinstated.kind satisfies never;
  }
}
