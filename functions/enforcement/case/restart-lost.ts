import { HOUR, hourLabel, hourOf, MINUTE } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { leaseOf } from './alone';

/** How late an execution may be before it counts as lost: a step that fails is tried again for about an hour. */
const LOST_AFTER = HOUR + 15 * MINUTE;

/**
 * On AWS one execution moves a case, and nothing else does. Here is looked whether it still lives: a case that was to be looked at
 * again long ago, and that nobody holds, is given a new execution. It costs three reads a case, whatever the case's size, and works on no
 * account: that is for the execution. One that cannot be started keeps no other from being: `failed` says why, and it is tried at the next look.
 */
export async function restartLost(deps: Enforcement): Promise<{ restarted: CaseId[]; unreadable: string[]; failed: string[] }> {
  const restarted: CaseId[] = [];
  const unreadable: string[] = [];
  const failed: string[] = [];
  const now = deps.clock.now();
  for (const { id, head } of await deps.cases.openCases({ unreadable: (because) => unreadable.push(because) })) {
    const expected = await deps.cases.expectedBack(id);
    const by = expected ? expected.by : head.at;
    if (by === null || now < by + LOST_AFTER) continue;
    if ((await deps.leases.heldUntil(leaseOf(id))) !== undefined) continue;
    try {
      // Named by the hour: one that is lost again is started again, and a watchdog that looks twice starts it once.
      await deps.workflow.start(id, head.sequence, hourLabel(hourOf(now)));
      restarted.push(id);
    } catch (error) {
      failed.push(`${id}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { restarted, unreadable, failed };
}
