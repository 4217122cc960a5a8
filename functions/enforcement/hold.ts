import { HOUR } from '../../shared/model/time';
import { move, type Step } from './move';
import { planFor } from './plan';

/** Waits out the delay, then looks once more: what no longer holds is withdrawn before anybody is touched. */
export const hold: Step<'held'> = async (id, head, world) => {
  const now = world.clock.now();
  if (now < head.state.progress.until) return { kind: 'wait', until: head.state.progress.until, because: 'held for a random delay' };
  const plan = await planFor(head.state.campaign, world);
  if (plan?.decision.kind !== 'act' || plan.decision.mode === 'shadow') {
    const because = plan ? [`the decision is now: ${plan.decision.kind}`, ...plan.decision.because] : ['the campaign is gone'];
    return move(id, head, { progress: { kind: 'withdrawn' }, because }, world);
  }
  if (head.state.approversNeeded > 0) {
    const lapsesAt = now + plan.policy.enforcement.approval.lapsesAfterHours.value * HOUR;
    const because = [`${head.state.approversNeeded} approvers needed for ${head.state.size} accounts in mode ${head.state.mode}`];
    return move(id, head, { progress: { kind: 'awaiting-approval', lapsesAt }, because }, world);
  }
  const because = [`mode ${head.state.mode}: the guardrails hold`];
  return move(id, head, { progress: { kind: 'containing', stage: 0, outages: 0, retryAt: now }, because }, world);
};
