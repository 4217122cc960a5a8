import { approve } from '../../functions/enforcement/commands/approve';
import type { Enforcement } from '../../functions/enforcement/enforcement';

/** Two reviewers who approve whatever waits for them: what replay plays with `--reviewer approve`. */
export async function approveAll(deps: Enforcement): Promise<void> {
  for (const { id, head } of await deps.cases.openCases()) {
    const { kind } = head.state.progress;
    if (kind !== 'awaiting-approval' && kind !== 'held') continue;
    for (const reviewer of ['reviewer-1', 'reviewer-2']) {
      await approve(
        { case: id, actor: { id: reviewer, role: 'reviewer' }, key: `${id}/${reviewer}`, because: 'replayed with reviewers that approve' },
        deps,
      );
    }
  }
}
