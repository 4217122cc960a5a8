import type { Classification } from '../../../shared/domain/campaigns/campaign';
import { type Exonerations, effectOn, scopeLabel } from '../../../shared/domain/cases/exoneration';
import { REFER_WITHIN } from '../../../shared/domain/notice';
import type { CampaignId } from '../../../shared/identity/ids';
import type { CampaignHeader } from '../../../shared/stores/campaigns/campaign-store';
import type { Situation } from '../../../shared/stores/cases/situation-store';
import type { Enforcement } from '../enforcement';

/** What is one organisation’s own is nobody’s to refer, and of what is unclear nobody could say why. */
const REFERABLE: ReadonlySet<Classification> = new Set(['distillation', 'reselling', 'hijacked-keys']);

/**
 * Campaigns with tenants of another cloud of whom nobody referred any there: no machine acts on them and no case waits for anybody, so
 * nothing else would say it. Told a day after they were first seen (docs/notices.md). A referral that was declined or withdrawn was
 * somebody’s decision, and so is an exoneration, of the campaign or of every tenant there.
 */
export async function watchTenants(deps: Enforcement): Promise<number> {
  const now = deps.clock.now();
  const exonerations = await deps.exonerations.holding(now);
  const lasting: Situation[] = [];
  for await (const header of deps.campaigns.headers()) {
    if (header.tenants === undefined || !REFERABLE.has(header.classification)) continue;
    const effect = exonerations.get(scopeLabel({ kind: 'campaign', campaign: header.id }));
    if (effect && effect.effect !== 'protected') continue;
    const referred = new Set((await deps.referrals.ofCampaign(header.id)).map(({ state }) => state.cloud));
    const clouds = Object.keys(header.tenants).filter((cloud) => !referred.has(cloud));
    const decided = clouds.length === 0 ? clouds : await allExonerated(header.id, clouds, exonerations, deps);
    for (const cloud of clouds) if (!decided.includes(cloud)) lasting.push(unreferred(header, cloud, now));
  }
  await deps.situations.keep('tenants-unreferred', lasting);
  return lasting.length;
}

/** Clouds of which people exonerated every tenant in a campaign, each or by organisation. */
async function allExonerated(id: CampaignId, clouds: readonly string[], exonerations: Exonerations, deps: Enforcement): Promise<string[]> {
  const campaign = await deps.campaigns.get(id);
  const tenants = campaign?.members.filter(({ cloud, role }) => cloud !== undefined && role !== 'bystander') ?? [];
  const known = await deps.accounts.known(tenants.map(({ account }) => account));
  const open = tenants.filter(({ account }) => {
    const organization = known.get(account)?.facts.organization;
    const effect = effectOn(exonerations, { account, organization, campaign: id }, deps.clock.now());
    return !effect || effect.effect === 'protected';
  });
  return campaign ? clouds.filter((cloud) => open.every((one) => one.cloud !== cloud)) : [];
}

const unreferred = ({ id, classification }: CampaignHeader, cloud: string, now: number): Situation => ({
  notice: {
    kind: 'tenants-unreferred',
    subject: `${id}.${cloud}`,
    title: `Tenants of ${cloud} that nobody referred: ${classification} ${id}`,
    because: `It has tenants of ${cloud}, on whom no machine of ours acts; only the abuse desk there can. Refer them, or exonerate them or the campaign.`,
    path: `/campaigns/${id}`,
  },
  from: now + REFER_WITHIN,
  accounts: [],
});
