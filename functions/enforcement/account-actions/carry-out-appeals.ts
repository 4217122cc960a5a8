import { APPEAL_CHAIN, type AppealState } from '../../../shared/domain/cases/appeal';
import { type Actor, mayAct } from '../../../shared/domain/person';
import type { Policy } from '../../../shared/domain/policy/policy';
import { DAY } from '../../../shared/domain/time';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Rates } from '../../../shared/stores/rule-store';
import { CLOCK } from '../case/move';
import type { Enforcement } from '../enforcement';
import { reinstate } from './reinstate';

/**
 * Appeals that were decided: the granted are restored and exonerated in one entry and count against the rule that erred;
 * a rule that erred too often loses mode auto. Repeating it changes nothing.
 */
export async function carryOutAppeals(deps: Enforcement): Promise<{ restored: number; demoted: string[]; doubted: string[] }> {
  const done = { restored: 0, demoted: [] as string[], doubted: [] as string[] };
  for await (const { id, head } of deps.appeals.decided()) {
    const { account, rule, progress } = head.state;
    const { policy } = await deps.policy();
    switch (progress.kind) {
      case 'granted': {
        const doubt = await doubtAbout(id, head, policy, deps);
        if (doubt) {
          done.doubted.push(`appeal ${id}: ${doubt}`);
          // It stays marked: a person has to look, and nothing is done on its word.
          continue;
        }
        const exoneratedUntil = progress.at + policy.enforcement.appeals.exonerationDays.value * DAY;
        const because = [`appeal ${id} was granted`, ...head.state.reviews.map((review) => review.because)];
        const actor: Actor = head.actor;
        await reinstate(account, { why: 'appeal-granted', actor, because, onlyOf: head.state.case, exoneratedUntil }, deps);
        await deps.rules.appealed(rule, id, 'granted', progress.at);
        if (await demoteIfItErrs(rule, policy, deps)) done.demoted.push(rule);
        done.restored++;
        break;
      }
      case 'denied':
        await deps.rules.appealed(rule, id, 'denied', progress.at);
        break;
      case 'moot':
      case 'open':
        break;
      default:
        progress satisfies never;
    }
    await deps.appeals.carriedOut(id);
  }
  return done;
}

/**
 * Why a granted appeal is not believed; undefined when it is. Who reviews appeals writes their chains, so what they add up to is counted
 * here again from the entries themselves: enough people who may, each with an entry of their own, none of whom decided the case.
 */
async function doubtAbout(id: string, { state }: Entry<AppealState>, policy: Policy, deps: Enforcement): Promise<string | undefined> {
  const { entries, unreadable } = await deps.ledger.readable(APPEAL_CHAIN, id);
  if (unreadable.length > 0 || (await deps.ledger.faults(`${APPEAL_CHAIN.prefix}${id}`)).length > 0) return 'its chain is not whole';
  const reviewers = new Set<string>();
  let before = 0;
  for (const { actor, state: then } of entries) {
    const [review] = then.reviews.slice(before);
    if (then.reviews.length > before) {
      if (then.reviews.length > before + 1 || actor.kind !== 'person' || !mayAct(actor, 'reviewer') || review?.id !== actor.id)
        return 'a review in it was not written by who it names';
      if (review.verdict === 'grant') reviewers.add(review.id);
    }
    before = then.reviews.length;
  }
  const deciders = (await deps.cases.head(state.case))?.state;
  for (const { id: person } of [...(deciders?.approvals ?? []), ...(deciders?.confirmations ?? [])]) reviewers.delete(person);
  const needed = policy.enforcement.appeals.reviewersToGrant.value;
  return reviewers.size < needed ? `${reviewers.size} of ${needed} reviewers granted it` : undefined;
}

/** Pure: does the rule err too often? */
export const errs = ({ acted, granted }: Rates, { demotion }: Policy['enforcement']): boolean =>
  granted >= demotion.atLeast.value && granted > demotion.grantedShare.value * acted;

async function demoteIfItErrs(rule: string, policy: Policy, deps: Enforcement): Promise<boolean> {
  const rates = await deps.rules.rates(rule, deps.clock.now() - policy.enforcement.demotion.windowDays.value * DAY);
  const head = await deps.rules.head(rule);
  if (head?.state.demoted || !errs(rates, policy.enforcement)) return false;
  const { acted, appealed, granted } = rates;
  const because = [`${granted} of ${acted} actions were reversed on appeal: people approve what it decides from now on`];
  const appended = await deps.rules.append(rule, head, {
    actor: CLOCK,
    what: 'demoted',
    because,
    state: { demoted: true, acted, appealed, granted },
  });
  return appended.kind === 'appended';
}
