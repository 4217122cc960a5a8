import type { Actor } from '../../../shared/domain/person';
import type { Policy } from '../../../shared/domain/policy';
import { DAY } from '../../../shared/domain/time';
import type { Rates } from '../../../shared/stores/rule-store';
import { CLOCK } from '../case/move';
import type { Enforcement } from '../enforcement';
import { lift } from './lift';

/**
 * Appeals that were decided: the granted are restored and exonerated in one entry and count against the rule that erred;
 * a rule that erred too often loses mode auto. Repeating it changes nothing.
 */
export async function carryOutAppeals(world: Enforcement): Promise<{ restored: number; demoted: string[] }> {
  const done: { restored: number; demoted: string[] } = { restored: 0, demoted: [] };
  for await (const { id, head } of world.appeals.decided()) {
    const { account, rule, progress } = head.state;
    const { policy } = await world.policy();
    switch (progress.kind) {
      case 'granted': {
        const exoneratedUntil = progress.at + policy.enforcement.appeals.exonerationDays.value * DAY;
        const because = [`appeal ${id} was granted`, ...head.state.reviews.map((review) => review.because)];
        const actor: Actor = head.actor;
        await lift(account, { why: 'appeal-granted', actor, because, onlyOf: head.state.case, exoneratedUntil }, world);
        await world.rules.appealed(rule, id, 'granted', progress.at);
        if (await demoteIfItErrs(rule, policy, world)) done.demoted.push(rule);
        done.restored++;
        break;
      }
      case 'denied':
        await world.rules.appealed(rule, id, 'denied', progress.at);
        break;
      case 'moot':
      case 'open':
        break;
      default:
        progress satisfies never;
    }
    await world.appeals.carriedOut(id);
  }
  return done;
}

/** Pure: does the rule err too often? */
export const errs = ({ acted, granted }: Rates, { demotion }: Policy['enforcement']): boolean =>
  granted >= demotion.atLeast.value && granted > demotion.grantedShare.value * acted;

async function demoteIfItErrs(rule: string, policy: Policy, world: Enforcement): Promise<boolean> {
  const rates = await world.rules.rates(rule, world.clock.now() - policy.enforcement.demotion.windowDays.value * DAY);
  const head = await world.rules.head(rule);
  if (head?.state.demoted || !errs(rates, policy.enforcement)) return false;
  const { acted, appealed, granted } = rates;
  const because = [`${granted} of ${acted} actions were reversed on appeal: people approve what it decides from now on`];
  const appended = await world.rules.append(rule, head, {
    actor: CLOCK,
    what: 'demoted',
    because,
    state: { demoted: true, acted, appealed, granted },
  });
  return appended.kind === 'appended';
}
