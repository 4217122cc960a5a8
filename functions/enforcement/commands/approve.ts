import type { Approval, CaseState, Progress } from '../../../shared/domain/cases/case';
import { iso } from '../../../shared/domain/time';
import { type CaseId, caseId } from '../../../shared/identity/ids';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import { effectsOf } from '../case/watch-stage';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';
import { changedSince, outlookOf } from '../policy/outlook';
import { type CaseCommand, changeCase } from './change-case';

/** `seen`: what the preview showed (`outlook`); the command is refused when that is no longer what would happen. */
type Seeing = { protectedToo?: boolean; seen?: string | undefined };

export const approvalOf = ({ actor, protectedToo = false }: Pick<CaseCommand, 'actor'> & Seeing, at: number): Approval => ({
  ...actor,
  at,
  protectedToo,
});

/**
 * One approval of a case. `protectedToo`: protected accounts as well, if two approvers say so. The last one needed lets it go
 * on. A contained campaign that grew beyond its approvals takes more; a stopped one is resumed.
 */
export async function approve(command: CaseCommand & Seeing, deps: Enforcement) {
  const stopped = await isolated(
    async () => (await deps.cases.head(caseId(command.case)))?.state.progress.kind === 'stopped',
    () => false,
  );
  if (stopped) return resume(command, deps);
  const answer = await changeCase(
    command,
    'reviewer',
    async ({ state }, now) => {
      const { progress, approvals } = state;
      if (state.byHand?.by === command.actor.id)
        return { kind: 'refused', because: `${command.actor.id} opened the case: another person has to approve it` };
      const mine = approvals.find((approval) => approval.id === command.actor.id);
      if (mine) return { kind: 'already', because: `${mine.id} approved at ${iso(mine.at)}; another person has to` };
      const grown = progress.kind === 'contained' && approvals.length < state.approversNeeded;
      if (progress.kind !== 'awaiting-approval' && progress.kind !== 'held' && !grown)
        return { kind: 'refused', because: `the case is ${progress.kind}: there is nothing to approve` };
      if (progress.kind === 'awaiting-approval' && now >= progress.lapsesAt)
        return { kind: 'refused', because: `the case lapsed at ${iso(progress.lapsesAt)}` };
      const ahead = await outlookOf(caseId(command.case), state, deps);
      const changed = changedSince(command.seen, ahead);
      if (changed !== undefined) return { kind: 'refused', because: changed };
      const all = [...approvals, approvalOf(command, now)];
      const size = ahead.kind === 'nothing' ? {} : { size: ahead.size, forPeople: ahead.forPeople };
      const approversNeeded = Math.max(state.approversNeeded, ahead.kind === 'nothing' ? 0 : ahead.approvers);
      // Whoever lets a contained campaign grow has seen what its effects were by then.
      const forgiven = grown ? await forgivenBy(caseId(command.case), deps) : state.forgiven;
      return {
        kind: 'to',
        what: 'approved',
        state: { ...state, ...size, approvals: all, approversNeeded, forgiven },
        message: `you are approver ${all.length} of ${approversNeeded}`,
      };
    },
    deps,
  );
  if (answer.kind === 'done' && answer.head.state.approvals.length >= answer.head.state.approversNeeded)
    await deps.workflow.wake(answer.case);
  return answer;
}

async function forgivenBy(id: CaseId, deps: Enforcement): Promise<CaseState['forgiven']> {
  const { appeals, reversals, errors } = await effectsOf(id, deps);
  return { appeals, reversals, errors };
}

/** Nothing is done about the campaign, now and for as long as an exoneration would last. */
export async function reject(command: CaseCommand, deps: Enforcement) {
  const answer = await changeCase(
    command,
    'reviewer',
    ({ state }) => {
      const { kind } = state.progress;
      if (kind === 'rejected') return { kind: 'already', because: 'the case is rejected' };
      if (kind !== 'held' && kind !== 'awaiting-approval') return { kind: 'refused', because: `the case is ${kind}: undo it instead` };
      return { kind: 'to', what: 'rejected', state: { ...state, progress: { kind: 'rejected' } }, message: 'rejected: nothing is done' };
    },
    deps,
    { relief: true },
  );
  if (answer.kind === 'done') await deps.workflow.wake(answer.case);
  return answer;
}

/**
 * Lets a stopped case go on, from the first stage, once as many people said so as an approval takes. The first to say so
 * clears the earlier approvals; what the effects were by then does not stop the case again.
 */
export async function resume(command: CaseCommand & Seeing, deps: Enforcement) {
  const { policy } = await deps.policy();
  const answer = await changeCase(
    command,
    'reviewer',
    async ({ state }, now) => {
      const { progress } = state;
      if (progress.kind !== 'stopped') return { kind: 'refused', because: `the case is ${progress.kind}, not stopped` };
      const earlier = progress.resuming ? state.approvals : [];
      if (earlier.some((approval) => approval.id === command.actor.id))
        return { kind: 'already', because: `${command.actor.id} approved going on; another person has to as well` };
      const ahead = await outlookOf(caseId(command.case), state, deps);
      const moved = changedSince(command.seen, ahead);
      if (moved !== undefined) return { kind: 'refused', because: moved };
      const size = ahead.kind === 'nothing' ? state.size : ahead.size;
      const forgiven = await forgivenBy(caseId(command.case), deps);
      const approvals = [...earlier, approvalOf(command, now)];
      const approversNeeded = approversFor(size, 'assist', policy.enforcement);
      const enough = approvals.length >= approversNeeded;
      const next: Progress = enough ? { kind: 'containing', stage: 0, outages: 0, retryAt: now } : { ...progress, resuming: true };
      const changed = {
        ...state,
        size,
        approvals,
        approversNeeded,
        undoRequests: enough ? [] : state.undoRequests,
        forgiven,
        progress: next,
      };
      return { kind: 'to', what: 'resumed', state: changed, message: `${approvals.length} of ${approversNeeded} approvals to go on` };
    },
    deps,
  );
  if (answer.kind === 'done' && answer.head.state.progress.kind === 'containing')
    await deps.workflow.start(answer.case, answer.head.sequence);
  return answer;
}

/** What is in force shall not expire. Takes as many people as an approval of the case does. */
export async function confirmActions(command: CaseCommand, deps: Enforcement) {
  const { policy } = await deps.policy();
  const answer = await changeCase(
    command,
    'reviewer',
    ({ state }, now) => {
      const mine = state.confirmations.find((one) => one.id === command.actor.id);
      if (mine) return { kind: 'already', because: `${mine.id} confirmed at ${iso(mine.at)}` };
      if (state.progress.kind !== 'contained') return { kind: 'refused', because: `the case is ${state.progress.kind}, not contained` };
      const confirmations = [...state.confirmations, approvalOf(command, now)];
      const needed = approversFor(state.size, 'assist', policy.enforcement);
      const next = { ...state, confirmations, progress: { ...state.progress, checkAt: now } };
      return { kind: 'to', what: 'confirmed', state: next, message: `${confirmations.length} of ${needed} confirmations` };
    },
    deps,
  );
  if (answer.kind === 'done') await deps.workflow.start(answer.case, answer.head.sequence);
  return answer;
}
