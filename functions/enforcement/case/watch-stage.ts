import { ACCOUNT_CHAIN } from '../../../shared/domain/cases/action';
import type { EnforcementPolicy } from '../../../shared/domain/policy/enforcement-policy';
import type { CaseId } from '../../../shared/identity/ids';
import { sequencesOf } from '../../../shared/stores/cases/case-store';
import type { Enforcement } from '../enforcement';
import { move, type Step, stop } from './move';

/** Watches the effects of a stage; too many appeals, reversals or errors stop the case until a person decides. */
export const watchStage: Step<'watching'> = async (id, head, deps) => {
  const { stage, until } = head.state.progress;
  const now = deps.clock.now();
  const { policy } = await deps.policy();
  const because = whatStops(await effectsOf(id, deps), head.state.forgiven, policy.enforcement);
  if (because) return stop(id, head, stage, [because], deps);
  if (now < until) return { kind: 'wait', until, because: `watching the effects of stage ${stage + 1}` };
  const progress = { kind: 'containing', stage: stage + 1, outages: 0, retryAt: now } as const;
  return move(id, head, { progress, because: ['no limit was exceeded'] }, deps);
};

export type Effects = { acted: number; appeals: number; reversals: number; errors: number };

/** What the actions of a case did so far, counted from the chains of the accounts themselves. */
export async function effectsOf(id: CaseId, deps: Enforcement): Promise<Effects> {
  const effects: Effects = { acted: 0, appeals: (await deps.cases.appeals(id)).length, reversals: 0, errors: 0 };
  const unreadable = (): void => {
    effects.acted++;
    effects.errors++;
  };
  for (const { state } of (await deps.ledger.heads(ACCOUNT_CHAIN, sequencesOf(await deps.cases.touched(id)), unreadable)).values()) {
    const { phase } = state;
    if (phase.kind === 'free' || phase.action.case !== id) continue;
    effects.acted++;
    if (phase.kind === 'refused' || phase.kind === 'asked') effects.errors++;
    if ((phase.kind === 'reinstating' || phase.kind === 'reinstated') && phase.reinstatement.why !== 'expired') effects.reversals++;
  }
  return effects;
}

/** The stop limit that is exceeded, in words; undefined when none is. */
export function whatStops(effects: Effects, forgiven: Omit<Effects, 'acted'>, { stop }: EnforcementPolicy): string | undefined {
  for (const name of ['appeals', 'reversals', 'errors'] as const) {
    const count = effects[name] - forgiven[name];
    if (count >= stop.afterAccounts.value && count > stop[name].value * effects.acted) {
      return `${count} ${name} on ${effects.acted} accounts: more than ${stop[name].value * 100} %`;
    }
  }
  return undefined;
}
