import {
  type AccountStanding,
  aboutCampaign,
  actedOn,
  notActedOn,
  type StandingStores,
} from '../../functions/enforcement/standing/standing';
import type { AccountKey } from '../../shared/identity/ids';

/** Where an account stands in our workflow now, and why. */
export async function standingOf(account: AccountKey, stores: StandingStores): Promise<AccountStanding> {
  const membership = await stores.campaigns.membership(account);
  const about = membership && (await aboutCampaign(membership.campaign, stores));
  const acted = await actedOn(account, stores);
  if (acted) return { ...acted, detectedAt: membership?.joinedAt ?? acted.actedAt };
  if (!membership || !about) return { account, standing: 'active', campaign: null, detectedAt: null, actedAt: null, because: [] };
  return notActedOn({ account, role: membership.role, joinedAt: membership.joinedAt, because: [] }, membership.campaign, about);
}
