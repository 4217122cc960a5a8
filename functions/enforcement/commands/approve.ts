import type { Approval } from '../../../shared/model/case';
import { caseId } from '../../../shared/model/ids';
import { HOUR, iso } from '../../../shared/model/time';
import { approversFor } from '../approvers';
import type { Enforcement } from '../enforcement';
import { effectsOf } from '../watch-stage';
import { type CaseCommand, changeCase } from './change-case';

const approvalOf = ({ actor, protectedToo = false }: CaseCommand & { protectedToo?: boolean }, at: number): Approval => ({
  ...actor,
  at,
  protectedToo,
});

/** One approval of a case. `protectedToo`: protected accounts as well, if two approvers say so. The last one needed lets it go on. */
export async function approve(command: CaseCommand & { protectedToo?: boolean }, world: Enforcement) {
  const answer = await changeCase(
    command,
    'reviewer',
    ({ state }, now) => {
      const { progress, approvals, approversNeeded } = state;
      const mine = approvals.find((approval) => approval.id === command.actor.id);
      if (mine) return { kind: 'already', because: `${mine.id} approved at ${iso(mine.at)}; another person has to` };
      if (progress.kind !== 'awaiting-approval' && progress.kind !== 'held')
        return { kind: 'refused', because: `the case is ${progress.kind}: there is nothing to approve` };
      if (progress.kind === 'awaiting-approval' && now >= progress.lapsesAt)
        return { kind: 'refused', because: `the case lapsed at ${iso(progress.lapsesAt)}` };
      const all = [...approvals, approvalOf(command, now)];
      return { kind: 'to', what: 'approved', state: { ...state, approvals: all }, said: `${all.length} of ${approversNeeded} approvals` };
    },
    world,
  );
  if (answer.kind === 'done' && answer.head.state.approvals.length >= answer.head.state.approversNeeded)
    await world.workflow.wake(answer.case);
  return answer;
}

/** Nothing is done about the campaign, now and for as long as an exoneration would last. */
export async function reject(command: CaseCommand, world: Enforcement) {
  const answer = await changeCase(
    command,
    'reviewer',
    ({ state }) => {
      const { kind } = state.progress;
      if (kind === 'rejected') return { kind: 'already', because: 'the case is rejected' };
      if (kind !== 'held' && kind !== 'awaiting-approval') return { kind: 'refused', because: `the case is ${kind}: undo it instead` };
      return { kind: 'to', what: 'rejected', state: { ...state, progress: { kind: 'rejected' } }, said: 'rejected: nothing is done' };
    },
    world,
  );
  if (answer.kind === 'done') await world.workflow.wake(answer.case);
  return answer;
}

/** Lets a stopped case go on, from the first stage, once enough people approved again. What they have seen does not stop it again. */
export async function resume(command: CaseCommand, world: Enforcement) {
  const { policy } = await world.policy();
  const answer = await changeCase(
    command,
    'reviewer',
    async ({ state }, now) => {
      if (state.progress.kind !== 'stopped') return { kind: 'refused', because: `the case is ${state.progress.kind}, not stopped` };
      const { appeals, reversals, errors } = await effectsOf(caseId(command.case), world);
      const approversNeeded = approversFor(state.size, 'assist', policy.enforcement);
      const lapsesAt = now + policy.enforcement.approval.lapsesAfterHours.value * HOUR;
      const next = { ...state, approversNeeded, approvals: [approvalOf(command, now)], forgiven: { appeals, reversals, errors } };
      return {
        kind: 'to',
        what: 'resumed',
        state: { ...next, progress: { kind: 'awaiting-approval', lapsesAt } },
        said: `1 of ${approversNeeded} approvals to go on`,
      };
    },
    world,
  );
  if (answer.kind === 'done') await world.workflow.start(answer.case, answer.head.sequence);
  return answer;
}

/** What is in force shall not expire. Takes as many people as an approval of the case does. */
export async function confirmActions(command: CaseCommand, world: Enforcement) {
  const { policy } = await world.policy();
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
      return { kind: 'to', what: 'confirmed', state: next, said: `${confirmations.length} of ${needed} confirmations` };
    },
    world,
  );
  if (answer.kind === 'done') await world.workflow.start(answer.case, answer.head.sequence);
  return answer;
}
