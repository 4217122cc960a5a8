import { approversFor, sizeOf } from '../policy/approvers';
import { planFor } from '../policy/plan';
import { move, type Step } from './move';

/**
 * People decide by commands (commands/approve.ts); this step counts what they said, and lapses when nobody said anything.
 * A campaign that grew meanwhile takes as many approvers as its size now does.
 */
export const awaitApproval: Step<'awaiting-approval'> = async (id, head, world) => {
  const { approvals, approversNeeded, progress } = head.state;
  const now = world.clock.now();
  if (now >= progress.lapsesAt)
    return move(id, head, { progress: { kind: 'lapsed' }, because: ['nobody decided in time: nothing is done'] }, world);
  if (approvals.length < approversNeeded) {
    return { kind: 'await-people', until: progress.lapsesAt, because: `${approvals.length} of ${approversNeeded} approvals` };
  }
  const plan = await planFor(head.state.campaign, world, { held: head.state.rule });
  if (plan?.decision.kind !== 'act' || plan.decision.mode === 'shadow') {
    const because = plan ? [`the decision is now: ${plan.decision.kind}`, ...plan.decision.because] : ['the campaign is gone'];
    return move(id, head, { progress: { kind: 'withdrawn' }, because }, world);
  }
  const size = sizeOf(plan.decision);
  const needed = Math.max(approversNeeded, approversFor(size.size, plan.decision.mode, plan.policy.enforcement));
  if (approvals.length < needed) {
    const because = [`the campaign grew from ${head.state.size} to ${size.size} accounts: ${needed} approvers needed`];
    return move(id, head, { progress, because, change: { ...size, approversNeeded: needed } }, world);
  }
  // The API takes the names out for whoever may not see them.
  const because = [`approved by ${approvals.map((approval) => approval.id).join(' and ')}`];
  return move(id, head, { progress: { kind: 'containing', stage: 0, outages: 0, retryAt: now }, because, change: size }, world);
};
