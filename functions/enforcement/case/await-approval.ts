import { outlookOf } from '../policy/outlook';
import { move, type Step, withdrawn } from './move';

/**
 * People decide by commands (commands/approve.ts); this step counts what they said, and lapses when nobody said anything.
 * A campaign that grew meanwhile takes as many approvers as its size now does.
 */
export const awaitApproval: Step<'awaiting-approval'> = async (id, head, deps) => {
  const { approvals, approversNeeded, progress } = head.state;
  const now = deps.clock.now();
  if (now >= progress.lapsesAt)
    return move(id, head, { progress: { kind: 'lapsed' }, because: ['nobody decided in time: nothing is done'] }, deps);
  if (approvals.length < approversNeeded) {
    return { kind: 'await-people', until: progress.lapsesAt, because: `${approvals.length} of ${approversNeeded} approvals` };
  }
  const ahead = await outlookOf(id, head.state, deps);
  if (ahead.kind === 'nothing' || ahead.plan.decision.mode === 'shadow') return move(id, head, withdrawn(ahead), deps);
  const size = { size: ahead.size, forPeople: ahead.forPeople };
  const needed = Math.max(approversNeeded, ahead.approvers);
  if (approvals.length < needed) {
    const because = [`the campaign grew from ${head.state.size} to ${size.size} accounts: ${needed} approvers needed`];
    return move(id, head, { progress, because, change: { ...size, approversNeeded: needed } }, deps);
  }
  // The API takes the names out for whoever may not see them.
  const because = [`approved by ${approvals.map((approval) => approval.id).join(' and ')}`];
  return move(id, head, { progress: { kind: 'containing', stage: 0, outages: 0, retryAt: now }, because, change: size }, deps);
};
