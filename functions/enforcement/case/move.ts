import type { CaseState, Progress, StepAnswer } from '../../../shared/domain/cases/case';
import type { Actor } from '../../../shared/domain/person';
import type { CaseId } from '../../../shared/identity/ids';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import type { Outlook } from '../policy/outlook';

export type CaseHead = Entry<CaseState>;
/** One step of a case: looks at its head, does its part, moves it on. Repeating it is safe. */
export type Step<K extends Progress['kind']> = (
  id: CaseId,
  head: CaseHead & { state: { progress: Extract<Progress, { kind: K }> } },
  deps: Enforcement,
) => Promise<StepAnswer>;

export const CLOCK: Actor = { kind: 'clock' };

type Move = { progress: Progress; because: string[]; actor?: Actor; change?: Partial<Omit<CaseState, 'progress'>> };

/** Moves a case on. Somebody else moved it first: look again. */
export async function move(id: CaseId, head: CaseHead, to: Move, deps: Enforcement): Promise<StepAnswer> {
  const { progress, because, actor = CLOCK, change = {} } = to;
  const state = { ...head.state, ...change, progress };
  const appended = await deps.cases.append(id, head, { actor, what: progress.kind, because, state });
  if (appended.kind === 'overtaken') return { kind: 'again', because: `meanwhile: ${appended.head.what}` };
  return { kind: 'again', because: because.join('; ') };
}

/** Nothing was done yet, and what the case was opened for no longer holds. */
export const withdrawn = (ahead: Outlook): Move => ({
  progress: { kind: 'withdrawn' },
  because:
    ahead.kind === 'would-act'
      ? ['the policy’s mode is now shadow']
      : ahead.decision === 'gone'
        ? [...ahead.because]
        : [`the decision is now: ${ahead.decision}`, ...ahead.because],
});

/** Stops it until people decide. When what is in force expires is found out by the next step. */
export const stop = (id: CaseId, head: CaseHead, stage: number, because: string[], deps: Enforcement): Promise<StepAnswer> =>
  move(id, head, { progress: { kind: 'stopped', stage, resuming: false, expiresAt: deps.clock.now() }, because }, deps);
