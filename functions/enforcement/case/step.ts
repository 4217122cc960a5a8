import type { StepAnswer } from '../../../shared/domain/cases/case';
import { MINUTE } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { alone } from './alone';
import { awaitApproval } from './await-approval';
import { confirm, expireStopped } from './confirm';
import { containStage } from './contain-stage';
import { hold } from './hold';
import type { CaseHead } from './move';
import { confirmUndone, undoCampaign } from './undo-campaign';
import { watchStage } from './watch-stage';

/** Who works on a case is done with a step long before the lease ends that it holds in case it dies. */
const LOOK_AGAIN = MINUTE;

/** One step of one case, whatever it is at. The state machine and the local process call this and nothing else. */
export async function step(id: CaseId, deps: Enforcement): Promise<StepAnswer> {
  const head = await deps.cases.head(id);
  if (!head) return { kind: 'closed', because: `there is no case ${id}` };
  if (!actsOnAccounts(head.state.progress)) return take(id, head, deps);
  return alone(id, deps, {
    // Looked at again: who held the case before may have moved it on.
    work: async () => take(id, (await deps.cases.head(id)) ?? head, deps),
    busy: (until) => ({
      kind: 'wait',
      until: Math.min(until, deps.clock.now() + LOOK_AGAIN),
      because: 'somebody else is working on the case',
    }),
  });
}

/** The others only move the case on, which one conditional put decides. */
const actsOnAccounts = ({ kind }: CaseHead['state']['progress']): boolean =>
  kind === 'containing' || kind === 'contained' || kind === 'undoing' || kind === 'undone' || kind === 'stopped';

function take(id: CaseId, head: CaseHead, deps: Enforcement): Promise<StepAnswer> {
  const { progress } = head.state;
  const at = <K extends CaseHead['state']['progress']>(now: K) => ({ ...head, state: { ...head.state, progress: now } });
  switch (progress.kind) {
    case 'held':
      return hold(id, at(progress), deps);
    case 'awaiting-approval':
      return awaitApproval(id, at(progress), deps);
    case 'containing':
      return containStage(id, at(progress), deps);
    case 'watching':
      return watchStage(id, at(progress), deps);
    case 'contained':
      return confirm(id, at(progress), deps);
    case 'undoing':
      return undoCampaign(id, at(progress), deps);
    case 'undone':
      return confirmUndone(id, at(progress), deps);
    case 'stopped':
      return expireStopped(id, at(progress), deps);
    case 'rejected':
    case 'lapsed':
    case 'withdrawn':
    case 'expired':
      return Promise.resolve({ kind: 'closed', because: progress.kind });
    default:
      return progress satisfies never;
  }
}
