import { createHash } from 'node:crypto';
import { cloudOf } from '../../../shared/domain/account';
import { type Campaign, type Family, type Member, tenantsOf } from '../../../shared/domain/campaigns/campaign';
import { effectOn } from '../../../shared/domain/cases/exoneration';
import {
  ACKNOWLEDGE_WITHIN,
  MOST_REFERRED,
  MOST_SENTENCES,
  type Referral,
  type ReferredTenant,
  referralId,
  standsFor,
} from '../../../shared/domain/cases/referral';
import { byPerson, type Command, type CommandAnswer, mayAct } from '../../../shared/domain/person';
import { HOUR } from '../../../shared/domain/time';
import type { AccountKey, CampaignId } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import type { Enforcement } from '../enforcement';
import { referrersFor } from './approve-referral';
import { deliver } from './deliver';

export type Asked = { campaign: CampaignId; cloud: string; withhold: readonly Family[] };
/** Tenants that a referral leaves out, by why. */
export type LeftOut = { role: number; unnamed: number; exonerated: number; referred: number; later: number };
export type Draft =
  | { kind: 'draft'; referral: Omit<Referral, 'by' | 'key'>; leftOut: LeftOut; seen: string; approvers: number }
  | { kind: 'refused' | 'unknown'; because: string };

const AT_ONCE = 64;

/** What would be referred now. Reads only. `before`: the campaign's referrals to this cloud. */
export async function draftOf(
  { campaign: id, cloud, withhold }: Asked,
  before: readonly Entry<Referral>[],
  deps: Enforcement,
): Promise<Draft> {
  const campaign = await deps.campaigns.get(id);
  if (!campaign) return { kind: 'unknown', because: `there is no campaign ${id}` };
  if (campaign.classification === 'shared-origin')
    return { kind: 'refused', because: 'these are one organisation’s own accounts: there is nobody to refer' };
  const there = campaign.members.filter((member) => member.cloud === cloud);
  if (there.length === 0) {
    const clouds = Object.keys(tenantsOf(campaign.members));
    return { kind: 'refused', because: `it has no tenant of ${cloud}${clouds.length === 0 ? '' : `, only of ${clouds.join(', ')}`}` };
  }
  const leftOut: LeftOut = { role: 0, unnamed: 0, exonerated: 0, referred: 0, later: 0 };
  const tenants = await nameable(campaign, there, before, leftOut, deps);
  if (tenants.length === 0) return { kind: 'refused', because: `there is nobody to refer: ${wordsOf(leftOut)}` };
  const now = deps.clock.now();
  const { policy } = await deps.policy();
  const approvers = referrersFor(tenants.length, before, policy);
  const number = before.reduce((most, { state }) => Math.max(most, Number(state.id.slice(state.id.lastIndexOf('.') + 1))), 0) + 1;
  const within = approvers > 1 ? policy.enforcement.approval.lapsesAfterHours.value * HOUR : ACKNOWLEDGE_WITHIN;
  const waiting = { since: now, answerBy: now + within, overdueAt: null };
  const hidden = new Set(withhold);
  return {
    kind: 'draft',
    leftOut,
    seen: seenOf(tenants),
    approvers,
    referral: {
      id: referralId(id, cloud, number),
      cloud,
      campaign: id,
      classification: campaign.classification,
      version: campaign.version,
      tenants,
      evidence: [...campaign.evidence]
        .filter(({ family }) => !hidden.has(family))
        .sort((one, other) => other.strength - one.strength)
        .slice(0, MOST_SENTENCES)
        .map(({ family, because }) => ({ family, because })),
      elsewhere: {
        firstParty: campaign.members.filter((member) => member.cloud === undefined).length,
        otherClouds: campaign.members.filter((member) => member.cloud !== undefined && member.cloud !== cloud).length,
      },
      askedAt: now,
      reference: null,
      progress: { kind: approvers > 1 ? 'to-approve' : deps.desks.isSetUp(cloud) ? 'to-send' : 'by-hand', ...waiting },
      answers: [],
      latest: 0,
    },
  };
}

/** Tenants that may be named to their cloud, in the order of their keys. */
async function nameable(
  campaign: Campaign,
  there: readonly Member[],
  before: readonly Entry<Referral>[],
  leftOut: LeftOut,
  deps: Enforcement,
): Promise<ReferredTenant[]> {
  const now = deps.clock.now();
  const referred = new Set(
    before.filter(({ state }) => standsFor(state)).flatMap(({ state }) => state.tenants.map(({ tenant }) => tenant)),
  );
  const known = await deps.accounts.known(there.map(({ account }) => account));
  const exonerations = await deps.exonerations.holding(now);
  const tenants: ReferredTenant[] = [];
  for (const { account, role, exchanges } of there) {
    const facts = known.get(account)?.facts;
    const effect = effectOn(exonerations, { account, organization: facts?.organization, campaign: campaign.id }, now);
    if (role === 'bystander') leftOut.role++;
    else if (facts?.tenant === undefined || facts.tenantSealed === undefined || cloudOf(facts) === undefined) leftOut.unnamed++;
    else if (effect && effect.effect !== 'protected') leftOut.exonerated++;
    else if (referred.has(facts.tenant)) leftOut.referred++;
    else if (tenants.length >= MOST_REFERRED) leftOut.later++;
    else {
      const { tenant, tenantSealed, billingAccount = null, billingSealed = null } = facts;
      tenants.push({ account, tenant, tenantSealed, billingAccount, billingSealed, exchanges, firstSeen: null, lastSeen: null });
    }
  }
  const hours = new Map<AccountKey, readonly [number, number]>();
  await inBatches(tenants, AT_ONCE, async ({ account }) => {
    const summary = await deps.summaries.get(account);
    const [first, last] = [summary?.hours[0]?.[0], summary?.hours.at(-1)?.[0]];
    if (first !== undefined && last !== undefined) hours.set(account, [first, last]);
  });
  return tenants.map((one) => ({ ...one, firstSeen: hours.get(one.account)?.[0] ?? null, lastSeen: hours.get(one.account)?.[1] ?? null }));
}

/** Whom it is about: an approval of a preview is refused when it changed. */
const seenOf = (tenants: readonly ReferredTenant[]): string =>
  `${tenants.length}-${createHash('sha256')
    .update(tenants.map(({ account }) => account).join())
    .digest('hex')
    .slice(0, 16)}`;

const WHY: Readonly<Record<keyof LeftOut, string>> = {
  role: 'are bystanders',
  unnamed: 'have no tenant id (send it in account events)',
  exonerated: 'are exonerated',
  referred: 'were referred before',
  later: 'are for the next referral',
};
export const wordsOf = (leftOut: LeftOut): string =>
  Object.entries(leftOut)
    .filter(([, tenants]) => tenants > 0)
    .map(([why, tenants]) => `${tenants} ${WHY[why as keyof LeftOut]}`)
    .join(', ');

/**
 * A person refers the tenants of one cloud that belong to a campaign to its abuse desk. The entry comes first; then the desk's system is
 * told, or a person hands the letter in; of many tenants another person approves first. The same command again is answered by the referral that it made.
 */
export async function refer(command: Command & Asked & { seen?: string }, deps: Enforcement): Promise<CommandAnswer<{ referral: string }>> {
  const { actor, key, because, campaign, cloud, seen } = command;
  if (!mayAct(actor, 'reviewer')) return { kind: 'refused', because: `this takes a reviewer; ${actor.id} is a ${actor.role}` };
  for (;;) {
    const before = (await deps.referrals.ofCampaign(campaign)).filter(({ state }) => state.cloud === cloud);
    const same = before.find(({ state }) => state.key === key && state.by === actor.id);
    if (same) return { kind: 'already', because: `it is referral ${same.state.id}` };
    const draft = await draftOf(command, before, deps);
    if (draft.kind !== 'draft') return draft;
    if (seen !== undefined && seen !== draft.seen)
      return {
        kind: 'refused',
        because: `this changed since you looked: you saw ${seen.split('-')[0]} tenants, now it is ${draft.referral.tenants.length}; look again`,
      };
    const state: Referral = { ...draft.referral, by: actor.id, key };
    const appended = await deps.referrals.append(undefined, { actor: byPerson(actor), what: 'referred', because: [because], key, state });
    if (appended.kind === 'overtaken') continue;
    const done = await deliver(appended.entry, deps);
    const rest = wordsOf(draft.leftOut);
    return {
      kind: 'done',
      because: `referral ${state.id} names ${state.tenants.length} tenants: ${done.because}${rest === '' ? '' : `; of the others ${rest}`}`,
      referral: state.id,
    };
  }
}
