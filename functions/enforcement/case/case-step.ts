import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isClosed, type Progress, type StepAnswer } from '../../../shared/domain/cases/case';
import { DAY, HOUR, iso } from '../../../shared/domain/time';
import { caseId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { step } from './step';

/**
 * What the state machine asks: do the step of this name, if that is where the case is; `look` only looks; `continue` starts a new
 * execution, by the definition of now, in the place of the one that asks (its name).
 *
 * An execution lives by the definition that it began with, for up to a year, and calls the code of now: this contract only grows.
 * What an older definition sends is accepted for good, and the answers (`CaseNow['kind']`) that it does not know it answers by
 * `continue`, never by failing. test/enforcement/upgrade.test.ts runs every definition that was ever deployed (test/fixtures/machines).
 */
const Id = z.string().min(1);
export const CaseStep = z.discriminatedUnion('step', [
  z.object({ step: z.enum(['look', 'hold', 'contain', 'watch', 'confirm', 'undo', 'confirm-undone', 'expire']), case: Id }),
  z.object({ step: z.literal('await-approval'), case: Id, token: z.string().min(1) }),
  z.object({ step: z.literal('continue'), case: Id, execution: z.string().min(1) }),
]);
export type CaseStep = z.infer<typeof CaseStep>;

/** Where the case is now, and until when there is nothing to do (RFC 3339). The state machine branches on `kind`. */
export type CaseNow = {
  kind: Exclude<Progress['kind'], 'rejected' | 'lapsed' | 'withdrawn' | 'expired'> | 'closed' | 'settled';
  case: string;
  until: string;
  because: string;
};

const STEP_OF: { readonly [kind in Progress['kind']]: CaseStep['step'] | null } = {
  held: 'hold',
  'awaiting-approval': 'await-approval',
  containing: 'contain',
  watching: 'watch',
  contained: 'confirm',
  undoing: 'undo',
  undone: 'confirm-undone',
  stopped: 'expire',
  rejected: null,
  lapsed: null,
  withdrawn: null,
  expired: null,
};

/**
 * One state of the state machine. The case itself decides where it is: a machine that lags behind (people decided, another
 * execution undid it) is told where the case is, and does nothing else.
 */
export async function caseStep(asked: CaseStep, deps: Enforcement): Promise<CaseNow> {
  const id = caseId(asked.case);
  const head = await deps.cases.head(id);
  if (!head) return { kind: 'closed', case: asked.case, until: iso(deps.clock.now()), because: 'there is no such case' };
  if (asked.step === 'continue') {
    // Named by the execution that it continues: asked twice, it is one.
    await deps.workflow.start(id, head.sequence, `from-${createHash('sha256').update(asked.execution).digest('hex').slice(0, 12)}`);
    return { kind: 'closed', case: asked.case, until: iso(deps.clock.now()), because: 'it goes on in a new execution' };
  }
  if (asked.step === 'await-approval') await waitForPeople(asked, deps);
  const due = STEP_OF[head.state.progress.kind];
  const answer = asked.step === due ? await step(id, deps) : undefined;
  const next = await now(asked.case, answer, deps);
  const isBackBy = next.kind === 'awaiting-approval' ? deps.clock.now() + APPROVAL_LOOK_MS : Date.parse(next.until);
  await deps.cases.expectBack(id, next.kind === 'closed' || next.kind === 'settled' ? null : isBackBy);
  return next;
}

/** How long an execution waits for people before it looks by itself (infra/machines/suspension-machine.ts). */
export const APPROVAL_LOOK_MS = HOUR;

async function now(id: string, answer: StepAnswer | undefined, deps: Enforcement): Promise<CaseNow> {
  const progress = (await deps.cases.head(caseId(id)))?.state.progress;
  const because = answer?.because ?? 'looked';
  if (!progress || isClosed(progress)) return { kind: 'closed', case: id, until: iso(deps.clock.now()), because };
  const until = iso(Math.ceil(answer?.kind === 'wait' ? answer.until : dueAt(progress, deps.clock.now())));
  switch (progress.kind) {
    case 'rejected':
    case 'lapsed':
    case 'withdrawn':
    case 'expired':
      return { kind: 'closed', case: id, until, because };
    case 'contained':
      // Nothing waits for time: every action was confirmed by people.
      return { kind: progress.checkAt === null && progress.expiresAt === null ? 'settled' : 'contained', case: id, until, because };
    case 'stopped':
      return { kind: progress.expiresAt === null ? 'settled' : 'stopped', case: id, until, because };
    case 'held':
    case 'awaiting-approval':
    case 'containing':
    case 'watching':
    case 'undoing':
    case 'undone':
      return { kind: progress.kind, case: id, until, because };
    default:
      return progress satisfies never;
  }
}

function dueAt(progress: Progress, at: number): number {
  switch (progress.kind) {
    case 'held':
    case 'watching':
      return progress.until;
    case 'containing':
    case 'undoing':
      return progress.retryAt;
    case 'contained':
      return Math.min(progress.checkAt ?? Number.POSITIVE_INFINITY, progress.expiresAt ?? Number.POSITIVE_INFINITY, at + 300 * DAY);
    case 'undone':
      return progress.checkAt ?? at;
    case 'stopped':
      return progress.expiresAt ?? at;
    case 'awaiting-approval':
    case 'rejected':
    case 'lapsed':
    case 'withdrawn':
    case 'expired':
      return at;
    default:
      return progress satisfies never;
  }
}

/** Keeps the token under which the machine waits, then looks whether people were faster: then it need not wait at all. */
async function waitForPeople({ case: id, token }: Extract<CaseStep, { step: 'await-approval' }>, deps: Enforcement): Promise<void> {
  await deps.table.put({ pk: 'WAITING', sk: id, token });
  const state = (await deps.cases.head(caseId(id)))?.state;
  // A case that is not waiting, or not there, has been decided.
  const decided =
    state?.progress.kind !== 'awaiting-approval' ||
    state.approvals.length >= state.approversNeeded ||
    deps.clock.now() >= state.progress.lapsesAt;
  if (decided) await deps.workflow.wake(caseId(id));
}
