import type { StepAnswer } from '../../../shared/domain/case';
import { MINUTE } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import { carryOutAppeals } from '../account-actions/carry-out-appeals';
import { finishRestoring } from '../account-actions/lift';
import type { Enforcement } from '../enforcement';
import { step } from './step';

/**
 * Takes every open case as far as it can go now, one after the other. This is what runs instead of the state machine on
 * one machine, and beside it on AWS as a watchdog: a case whose execution died is taken up here.
 * `nextDue` (ms): when to call again; undefined when nothing waits for time.
 */
export async function advance(world: Enforcement): Promise<{ steps: number; nextDue?: number }> {
  let steps = 0;
  let nextDue: number | undefined;
  await carryOutAppeals(world);
  if ((await finishRestoring(world)) > 0) nextDue = world.clock.now() + MINUTE;
  for (const { id } of await world.cases.openCases()) {
    const rest = await untilItRests(id, world);
    steps += rest.steps;
    const { answer } = rest;
    const due = answer.kind === 'wait' || answer.kind === 'await-people' ? answer.until : null;
    if (due !== null) nextDue = Math.min(nextDue ?? due, due);
  }
  return { steps, ...(nextDue === undefined ? {} : { nextDue }) };
}

async function untilItRests(id: CaseId, world: Enforcement): Promise<{ steps: number; answer: StepAnswer }> {
  for (let steps = 1; ; steps++) {
    const answer = await step(id, world);
    if (answer.kind !== 'again') return { steps, answer };
  }
}
