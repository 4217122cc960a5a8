import { move, type Step } from './move';

/** People decide by commands (commands/approve.ts); this step counts what they said, and lapses when nobody said anything. */
export const awaitApproval: Step<'awaiting-approval'> = async (id, head, world) => {
  const { approvals, approversNeeded, progress } = head.state;
  const now = world.clock.now();
  if (approvals.length >= approversNeeded) {
    // Who approved is in the approvals; sentences go where names do not (a dossier, a viewer's page).
    const because = [`approved by ${approvals.length} ${approvals.length === 1 ? 'person' : 'people'}`];
    return move(id, head, { progress: { kind: 'containing', stage: 0, outages: 0, retryAt: now }, because }, world);
  }
  if (now >= progress.lapsesAt)
    return move(id, head, { progress: { kind: 'lapsed' }, because: ['nobody decided in time: nothing is done'] }, world);
  return { kind: 'await-people', until: progress.lapsesAt, because: `${approvals.length} of ${approversNeeded} approvals` };
};
