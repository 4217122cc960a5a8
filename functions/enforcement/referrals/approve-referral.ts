import { effectOn } from '../../../shared/domain/cases/exoneration';
import { ACKNOWLEDGE_WITHIN, type Referral, standsFor } from '../../../shared/domain/cases/referral';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import type { Policy } from '../../../shared/domain/policy/policy';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import { approversFor } from '../policy/approvers';
import { deliver } from './deliver';

/**
 * Distinct people whom it takes to refer so many tenants: as many as to act on so many accounts. What one person alone referred of the
 * campaign to this cloud counts with it, so that many small referrals are no way around. Pure. `before`: those referrals.
 */
export function referrersFor(tenants: number, before: readonly Pick<Entry<Referral>, 'state'>[], { enforcement }: Policy): number {
  const alone = before.filter(({ state }) => standsFor(state) && state.approvedBy === undefined);
  return approversFor(
    alone.reduce((sum, { state }) => sum + state.tenants.length, tenants),
    'assist',
    enforcement,
  );
}

/** The second person's word: what was drafted is sent as it was drafted, or not at all. */
export async function approveReferral({ actor, key, because, id }: Command & { id: string }, deps: Enforcement): Promise<CommandAnswer> {
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const head = await deps.referrals.head(id);
    if (!head) return { kind: 'unknown', because: `there is no referral ${id}` };
    const { state } = head;
    if (state.progress.kind !== 'to-approve')
      return { kind: state.approvedBy === actor.id ? 'already' : 'refused', because: `it is ${state.progress.kind}` };
    if (state.by === actor.id) return { kind: 'refused', because: 'you asked for it: another person has to approve it' };
    const cleared = await exoneratedOf(state, deps);
    if (cleared > 0)
      return { kind: 'refused', because: `${cleared} of its tenants are exonerated since: withdraw it, and refer the others again` };
    const now = deps.clock.now();
    const kind = deps.desks.isSetUp(state.cloud) ? ('to-send' as const) : ('by-hand' as const);
    const progress = { kind, since: now, answerBy: now + ACKNOWLEDGE_WITHIN, overdueAt: null };
    const next: Referral = { ...state, approvedBy: actor.id, progress };
    const appended = await deps.referrals.append(head, { actor: byPerson(actor), what: 'approved', because: [because], key, state: next });
    if (appended.kind === 'overtaken') continue;
    return { kind: 'done', because: `referral ${id}: ${(await deliver(appended.entry, deps)).because}` };
  }
}

/** Tenants of a referral who were cleared since it was drafted. */
async function exoneratedOf({ tenants, campaign }: Referral, deps: Enforcement): Promise<number> {
  const now = deps.clock.now();
  const exonerations = await deps.exonerations.holding(now);
  const known = await deps.accounts.known(tenants.map(({ account }) => account));
  return tenants.filter(({ account }) => {
    const effect = effectOn(exonerations, { account, organization: known.get(account)?.facts.organization, campaign }, now);
    return effect && effect.effect !== 'protected';
  }).length;
}
