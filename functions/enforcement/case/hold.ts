import { HOUR } from '../../../shared/domain/time';
import { approversFor, sizeOf } from '../policy/approvers';
import { planFor } from '../policy/plan';
import { move, type Step } from './move';

/** Waits out the delay, then looks once more: what no longer holds is withdrawn before anybody is touched. */
export const hold: Step<'held'> = async (id, head, world) => {
  const now = world.clock.now();
  if (now < head.state.progress.until) return { kind: 'wait', until: head.state.progress.until, because: 'held for a random delay' };
  const plan = await planFor(head.state.campaign, world, { held: head.state.rule });
  if (plan?.decision.kind !== 'act' || plan.decision.mode === 'shadow') {
    const because = plan ? [`the decision is now: ${plan.decision.kind}`, ...plan.decision.because] : ['the campaign is gone'];
    return move(id, head, { progress: { kind: 'withdrawn' }, because }, world);
  }
  const size = sizeOf(plan.decision);
  const approversNeeded = approversFor(size.size, plan.decision.mode, plan.policy.enforcement);
  const change = { ...size, approversNeeded, mode: plan.decision.mode };
  if (approversNeeded > 0) {
    const lapsesAt = now + plan.policy.enforcement.approval.lapsesAfterHours.value * HOUR;
    const because = [
      `${approversNeeded} ${approversNeeded === 1 ? 'approver' : 'approvers'} needed for ${size.size} accounts in mode ${change.mode}`,
    ];
    return move(id, head, { progress: { kind: 'awaiting-approval', lapsesAt }, because, change }, world);
  }
  const because = [`mode ${change.mode}: the guardrails hold`];
  return move(id, head, { progress: { kind: 'containing', stage: 0, outages: 0, retryAt: now }, because, change }, world);
};
