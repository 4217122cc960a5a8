import type { StepAnswer } from '../../../shared/domain/cases/case';
import { MINUTE } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import { carryOutAppeals } from '../account-actions/carry-out-appeals';
import { finishRestoring } from '../account-actions/reinstate';
import type { Enforcement } from '../enforcement';
import { keepLabels } from '../labels/keep-labels';
import { watchReferrals } from '../referrals/watch-referrals';
import { watchVerifications } from '../verification/watch-verifications';
import { step } from './step';

/**
 * Takes every open case as far as it can go now, one after the other. This is what runs instead of the state machine on
 * one machine, and beside it on AWS as a watchdog: a case whose execution died is taken up here.
 * `nextDue` (ms): when to call again; undefined when nothing waits for time. `unreadable`: what stands still because its record
 * cannot be read; it stops no other case.
 */
export async function advance(deps: Enforcement): Promise<{ steps: number; nextDue?: number; unreadable: string[] }> {
  let steps = 0;
  const unreadable: string[] = [];
  let nextDue: number | undefined;
  await carryOutAppeals(deps);
  if ((await finishRestoring(deps)) > 0) nextDue = deps.clock.now() + MINUTE;
  for (const { id } of await deps.cases.openCases({ unreadable: (because) => unreadable.push(because) })) {
    const rest = await isolated(
      () => untilItRests(id, deps),
      (bad) => void unreadable.push(bad.message),
    );
    if (!rest) continue;
    steps += rest.steps;
    const { answer } = rest;
    const due = answer.kind === 'wait' || answer.kind === 'await-people' ? answer.until : null;
    if (due !== null) nextDue = Math.min(nextDue ?? due, due);
  }
  const { nextDue: lapses } = await watchVerifications(deps, 1);
  const { nextDue: unanswered } = await watchReferrals(deps);
  for (const due of [lapses, unanswered]) if (due !== undefined) nextDue = Math.min(nextDue ?? due, due);
  // One process writes: what is a moment old has nothing before it that is still to come.
  await keepLabels(deps, 1);
  return { steps, unreadable, ...(nextDue === undefined ? {} : { nextDue }) };
}

async function untilItRests(id: CaseId, deps: Enforcement): Promise<{ steps: number; answer: StepAnswer }> {
  for (let steps = 1; ; steps++) {
    const answer = await step(id, deps);
    if (answer.kind !== 'again') return { steps, answer };
  }
}
