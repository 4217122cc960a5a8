import type { StepAnswer } from '../../../shared/domain/cases/case';
import { MINUTE } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import { type Acting, containAccounts, NOT_ARMED, type Tally, targetsOf } from '../account-actions/contain';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';
import { isArmed } from '../policy/kill-switch';
import { type Plan, planOf } from '../policy/plan';
import { type CaseHead, move, type Step, stop } from './move';

/** Contains this stage's share of the accounts, on the newest evidence. A case whose ground fell away stops and a person is asked. */
export const containStage: Step<'containing'> = async (id, head, deps) => {
  const { progress } = head.state;
  const now = deps.clock.now();
  if (now < progress.retryAt)
    return { kind: 'wait', until: progress.retryAt, because: 'the provider was down; waiting before the next try' };
  // Before the plan, which for a large campaign reads every member.
  if (!(await isArmed(deps))) return { kind: 'wait', until: now + pauseAfter(now - head.at), because: NOT_ARMED };
  const plan = await planOf(head.state, deps);
  const ground = groundsOf(plan, head);
  if (ground.kind === 'fell-away') return stop(id, head, progress.stage, ground.because, deps);
  const { policy, decision } = ground.plan;
  const { stages } = policy.enforcement;
  const stage = stages[Math.min(progress.stage, stages.length - 1)];
  if (!stage) throw new Error('a policy has at least one stage');
  const targets = targetsOf(decision, id, head.state, await deps.cases.answered(id));
  const needed = approversFor(targets.length, decision.mode, policy.enforcement);
  if (head.state.approvals.length < needed) {
    const because = [`${targets.length} accounts now take ${needed} approvers; ${head.state.approvals.length} approved`];
    return stop(id, { ...head, state: { ...head.state, size: targets.length } }, progress.stage, because, deps);
  }
  // At least one account: a stage of nobody would show nothing.
  const accounts = targets.slice(0, Math.max(1, Math.ceil(stage.share.value * targets.length)));
  const done = await containAccounts(id, accounts, ground.plan, deps);
  switch (done.kind) {
    case 'more':
      return { kind: 'again', because: `${done.tally.acted} acted on; there are more in this stage` };
    case 'overruled':
      return { kind: 'again', because: done.because };
    case 'wait':
      return done.tally.unreachable > 0
        ? outage(id, head, ground.plan, done.tally, deps)
        : { kind: 'wait', until: done.until, because: done.because };
    case 'done':
      return next(id, head, { plan: ground.plan, of: accounts.length, tally: done.tally }, deps);
    default:
      return done satisfies never;
  }
};

/** The longer a case waits for something that people do, the seldomer it looks: each look costs events of its execution's history. */
const pauseAfter = (waited: number): number => Math.min(LONGEST_PAUSE, Math.max(MINUTE, Math.ceil(waited / 2)));
const LONGEST_PAUSE = 10 * MINUTE;

type Grounds = { kind: 'hold'; plan: Plan & { decision: Acting } } | { kind: 'fell-away'; because: string[] };

/** Is what the case was opened for still what the policy says? */
export function groundsOf(plan: Plan | undefined, head: CaseHead): Grounds {
  if (!plan) return { kind: 'fell-away', because: ['the campaign is gone'] };
  const { decision } = plan;
  if (decision.kind !== 'act') return { kind: 'fell-away', because: [`the decision is now: ${decision.kind}`, ...decision.because] };
  if (decision.mode === 'shadow') return { kind: 'fell-away', because: [`mode of ${decision.action} is now shadow`] };
  if (decision.action !== head.state.action)
    return { kind: 'fell-away', because: [`the policy now says ${decision.action} instead of ${head.state.action}`] };
  return { kind: 'hold', plan: { ...plan, decision } };
}

async function outage(
  id: CaseId,
  head: Parameters<Step<'containing'>>[1],
  plan: Plan,
  tally: Tally,
  deps: Enforcement,
): Promise<StepAnswer> {
  const { progress } = head.state;
  const { firstRetryMinutes, tries } = plan.policy.enforcement.outage;
  const because = [`the provider could not be reached for ${tally.unreachable} accounts`];
  if (progress.outages + 1 >= tries.value) return stop(id, head, progress.stage, because, deps);
  // Doubled each time, give or take half: receivers that come back are not met by everybody at once.
  const wait = Math.ceil(firstRetryMinutes.value * MINUTE * 2 ** progress.outages * (0.5 + deps.chance.next()));
  return move(id, head, { progress: { ...progress, outages: progress.outages + 1, retryAt: deps.clock.now() + wait }, because }, deps);
}

function inWords({ acted, refused, unreachable, notNeeded }: Tally): string {
  const others = [
    [refused, 'refused by the provider'],
    [unreachable, 'not reached'],
    [notNeeded, 'needed nothing'],
  ] as const;
  return [`${acted} acted on now`, ...others.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)].join(', ');
}

async function next(
  id: CaseId,
  head: Parameters<Step<'containing'>>[1],
  stageDone: { plan: Plan & { decision: Acting }; of: number; tally: Tally },
  deps: Enforcement,
): Promise<StepAnswer> {
  const { plan, of, tally } = stageDone;
  const { stage } = head.state.progress;
  const { stages, confirmation } = plan.policy.enforcement;
  const now = deps.clock.now();
  const share = stages[stage]?.share.value ?? 1;
  const because = [`${Math.round(share * 100)} % reached: ${of} ${of === 1 ? 'account' : 'accounts'}, ${inWords(tally)}`];
  await deps.rules.acted(head.state.rule, id, (await deps.cases.touched(id)).size, now);
  if (stage + 1 < stages.length) {
    const until = now + (stages[stage]?.watchMinutes.value ?? 0) * MINUTE;
    return move(id, head, { progress: { kind: 'watching', stage, until }, because }, deps);
  }
  const progress = {
    kind: 'contained',
    checkAt: now + confirmation.observeWithinMinutes.value * MINUTE,
    expiresAt: now + plan.decision.expiresAfterMs,
  } as const;
  return move(id, head, { progress, because, change: { size: of, containedAt: head.state.containedAt ?? now } }, deps);
}
