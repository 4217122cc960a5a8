import { ACCOUNT_CHAIN, inForce } from '../../shared/domain/cases/action';
import type { AppealState, Review } from '../../shared/domain/cases/appeal';
import { byPerson, type Command, type CommandAnswer, mayAct, type Person } from '../../shared/domain/person';
import type { EnforcementPolicy } from '../../shared/domain/policy/enforcement-policy';
import { HOUR, iso } from '../../shared/domain/time';
import type { CaseId } from '../../shared/identity/ids';
import { isolated } from '../../shared/stores/cases/ledger-store';
import type { Appeals } from './appeals';

/**
 * One reviewer's verdict. Reviewers are distinct, and none of them approved or confirmed the case. When enough agree, the
 * appeal is decided; when they disagree, it waits for one more.
 */
export async function reviewAppeal(
  command: Command & { appeal: string; verdict: Review['verdict'] },
  deps: Appeals,
): Promise<CommandAnswer<{ progress: AppealState['progress'] }>> {
  const { actor, key, because, appeal, verdict } = command;
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  const { policy } = await deps.policy();
  for (;;) {
    const head = await deps.appeals.head(appeal);
    if (!head) return { kind: 'unknown', because: `there is no appeal ${appeal}` };
    const { state } = head;
    if (state.reviews.some((review) => review.id === actor.id))
      return { kind: 'already', because: `${actor.id} gave a verdict; another person has to` };
    if (state.progress.kind !== 'open')
      return { kind: 'already', because: `the appeal is ${state.progress.kind} since ${iso(state.progress.at)}` };
    if (await decidedTheCase(actor.id, state.case, deps))
      return { kind: 'refused', because: `${actor.id} approved the case: somebody else reviews the appeal` };
    const now = deps.clock.now();
    const reviews = [...state.reviews, { id: actor.id, verdict, because, at: now }];
    const progress = outcome(reviews, state.progress, policy.enforcement, now);
    if (progress.kind !== 'open') await deps.appeals.deciding(appeal);
    const what = progress.kind === 'open' ? 'reviewed' : progress.kind;
    const appended = await deps.appeals.append(appeal, head, {
      actor: byPerson(actor),
      what,
      because: [because],
      key,
      state: { ...state, reviews, progress },
    });
    if (appended.kind === 'appended') return { kind: 'done', because: sentence(progress, reviews), progress };
  }
}

/** Pure: what the reviews add up to. */
export function outcome(
  reviews: readonly Review[],
  progress: Extract<AppealState['progress'], { kind: 'open' }>,
  { appeals }: EnforcementPolicy,
  now: number,
): AppealState['progress'] {
  const count = (verdict: Review['verdict']): number => reviews.filter((review) => review.verdict === verdict).length;
  if (count('grant') >= appeals.reviewersToGrant.value) return { kind: 'granted', at: now };
  if (count('deny') >= appeals.reviewersToDeny.value) return { kind: 'denied', at: now };
  return progress;
}

const sentence = (progress: AppealState['progress'], reviews: readonly Review[]): string =>
  progress.kind === 'open' ? `${reviews.length} verdicts; another person has to look` : `the appeal is ${progress.kind}`;

/** Why this person may give no verdict on the appeal; null when they may. The same questions that `reviewAppeal` asks. */
export async function whyNot(person: Person, state: AppealState, deps: Appeals): Promise<string | null> {
  if (!mayAct(person, 'reviewer')) return 'verdicts are given by reviewers';
  if (state.progress.kind !== 'open') return `it is ${state.progress.kind}`;
  if (state.reviews.some((review) => review.id === person.id)) return 'you gave a verdict: another person has to look';
  if (await decidedTheCase(person.id, state.case, deps)) return 'you approved the case: somebody else reviews the appeal';
  return null;
}

async function decidedTheCase(person: string, id: CaseId, deps: Appeals): Promise<boolean> {
  const state = (await deps.cases.head(id))?.state;
  return state?.byHand?.by === person || [...(state?.approvals ?? []), ...(state?.confirmations ?? [])].some((one) => one.id === person);
}

type Watched = { open: number; escalated: string[]; moot: string[] };

/** Called on a schedule: appeals whose clock ran out are escalated (again), and those whose restriction ended are moot. */
export async function watchAppeals(deps: Appeals): Promise<Watched> {
  const { policy } = await deps.policy();
  const seen: Watched = { open: 0, escalated: [], moot: [] };
  const now = deps.clock.now();
  for await (const { id, head } of deps.appeals.openOnes()) {
    const { state } = head;
    if (state.progress.kind !== 'open') continue;
    const inForceNow = await isolated(
      async () => {
        const head = (await deps.ledger.head(ACCOUNT_CHAIN, state.account))?.state;
        const now = head?.movedTo === undefined ? head : (await deps.ledger.head(ACCOUNT_CHAIN, head.movedTo))?.state;
        return inForce(now)?.id === state.action;
      },
      () => true,
    );
    const clock = { actor: { kind: 'clock' } as const };
    if (!inForceNow) {
      await deps.appeals.deciding(id);
      await deps.appeals.append(id, head, {
        ...clock,
        what: 'moot',
        because: ['the restriction is no longer in force'],
        state: { ...state, progress: { kind: 'moot', at: now } },
      });
      seen.moot.push(id);
    } else if (now >= state.progress.answerBy) {
      const answerBy = now + policy.enforcement.appeals.escalateAgainAfterHours.value * HOUR;
      const progress = { kind: 'open' as const, answerBy, escalations: state.progress.escalations + 1 };
      await deps.appeals.append(id, head, {
        ...clock,
        what: 'escalated',
        because: [`no answer by ${iso(state.progress.answerBy)}`],
        state: { ...state, progress },
      });
      seen.escalated.push(id);
      seen.open++;
    } else seen.open++;
  }
  return seen;
}
