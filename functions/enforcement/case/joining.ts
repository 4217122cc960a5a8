import { iso, MINUTE } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import type { Acting } from '../account-actions/contain';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';
import type { Plan } from '../policy/plan';
import { type CaseHead, move } from './move';
import { effectsOf, whatStops } from './watch-stage';

/** Who of those that joined a contained campaign is met at this look (`isPart`: others are left for a later one); or why all of them wait. */
export type Joining = { kind: 'meet'; accounts: number; isPart: boolean } | { kind: 'wait'; because: string[] };

/**
 * A wave that joins is a group of its own, which nobody approved and of which no effect was seen: it is met in stages. What its campaign was
 * met with so far must have stopped nothing, and as many approvers as all together take must have said so.
 * `met`: accounts of the case that were acted on. `joined`: those that were not.
 */
export async function joining(
  id: CaseId,
  head: CaseHead,
  { met, joined, plan }: { met: number; joined: number; plan: Plan & { decision: Acting } },
  deps: Enforcement,
): Promise<Joining> {
  const { approvals, forgiven, partMetAt } = head.state;
  const policy = plan.policy.enforcement;
  const total = met + joined;
  const needed = approversFor(total, plan.decision.mode, policy);
  if (approvals.length < needed) {
    const because = `${total} accounts take ${needed} approvers, ${approvals.length} approved: ${joined} who joined wait for people`;
    return waits(id, head, { needed, total, because }, deps);
  }
  const stopping = whatStops(await effectsOf(id, deps), forgiven, policy);
  if (stopping !== undefined) {
    const because = `${stopping}: ${joined} who joined wait for one more approver`;
    return waits(id, head, { needed: approvals.length + 1, total, because }, deps);
  }
  if (!policy.joining) return { kind: 'meet', accounts: joined, isPart: false };
  const { atOnce, watchMinutes } = policy.joining;
  const watchedUntil = (partMetAt ?? Number.NEGATIVE_INFINITY) + watchMinutes.value * MINUTE;
  if (deps.clock.now() < watchedUntil)
    return { kind: 'wait', because: [`a part of those who joined was met: its effects are watched until ${iso(watchedUntil)}`] };
  const accounts = Math.min(joined, Math.max(1, Math.ceil(atOnce.value * met)));
  return { kind: 'meet', accounts, isPart: accounts < joined };
}

async function waits(
  id: CaseId,
  head: CaseHead,
  { needed, total, because }: { needed: number; total: number; because: string },
  deps: Enforcement,
): Promise<Joining> {
  // Said once: approvals that are missing show in the queue.
  if (head.state.approversNeeded < needed) {
    const change = { approversNeeded: needed, size: total };
    await move(id, head, { progress: head.state.progress, because: [because], change }, deps);
  }
  return { kind: 'wait', because: [because] };
}
