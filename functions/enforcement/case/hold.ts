import { HOUR } from '../../../shared/domain/time';
import { outlookOf } from '../policy/outlook';
import { move, type Step, withdrawn } from './move';

/** Waits out the delay, then looks once more: what no longer holds is withdrawn before anybody is touched. */
export const hold: Step<'held'> = async (id, head, deps) => {
  const now = deps.clock.now();
  if (now < head.state.progress.until) return { kind: 'wait', until: head.state.progress.until, because: 'held for a random delay' };
  const ahead = await outlookOf(id, head.state, deps);
  if (ahead.kind === 'nothing' || ahead.plan.decision.mode === 'shadow') return move(id, head, withdrawn(ahead), deps);
  const { plan, size, forPeople, approvers: approversNeeded } = ahead;
  const change = { size, forPeople, approversNeeded, mode: ahead.plan.decision.mode };
  if (approversNeeded > 0) {
    const lapsesAt = now + plan.policy.enforcement.approval.lapsesAfterHours.value * HOUR;
    const because = [
      `${approversNeeded} ${approversNeeded === 1 ? 'approver' : 'approvers'} needed for ${size} accounts in mode ${change.mode}`,
    ];
    return move(id, head, { progress: { kind: 'awaiting-approval', lapsesAt }, because, change }, deps);
  }
  const because = [`mode ${change.mode}: the guardrails hold`];
  return move(id, head, { progress: { kind: 'containing', stage: 0, outages: 0, retryAt: now }, because, change }, deps);
};
