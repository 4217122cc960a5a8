import type { Standing } from '../../../shared/domain/account';
import type { Role } from '../../../shared/domain/campaigns/campaign';
import { ACCOUNT_CHAIN, inForce, standingIn } from '../../../shared/domain/cases/action';
import { DECISION_CHAIN, type DecisionRecord } from '../../../shared/domain/cases/decision-record';
import { REASONS } from '../../../shared/domain/cases/reason-codes';
import { type AccountKey, accountKey, type CampaignId } from '../../../shared/identity/ids';
import { isolated } from '../../../shared/stores/cases/ledger-store';
import type { CaseHead } from '../case/move';
import type { Enforcement } from '../enforcement';

export type AccountStanding = {
  account: AccountKey;
  standing: Standing;
  campaign: CampaignId | null;
  /** When the account was first seen as a member of the campaign; null when it is in none now. */
  detectedAt: number | null;
  /** When the action in force was asked for. */
  actedAt: number | null;
  because: readonly string[];
};

export type StandingStores = Pick<Enforcement, 'ledger' | 'cases' | 'campaigns'>;

/** Every account that the product has something to say about: acted on, or a member of a campaign that is watched or in review. */
export async function* standings(stores: StandingStores): AsyncIterable<AccountStanding> {
  const told = new Set<AccountKey>();
  for await (const header of stores.campaigns.headers()) {
    const campaign = await stores.campaigns.readable(header.document);
    if (!campaign) continue;
    const about = await aboutCampaign(campaign.id, stores);
    for (const member of campaign.members) {
      if (told.has(member.account)) continue;
      const acted = await actedOn(member.account, stores);
      const standing = acted ? { ...acted, detectedAt: member.joinedAt } : notActedOn(member, campaign.id, about);
      if (standing.standing === 'active') continue;
      told.add(member.account);
      yield standing;
    }
  }
  for (const first of KEY_CHARACTERS) {
    for await (const subject of stores.ledger.allListed(ACCOUNT_CHAIN.listedIn(first))) {
      const account = accountKey(subject);
      const acted = told.has(account) ? undefined : await actedOn(account, stores);
      if (acted) yield acted;
    }
  }
}

/** base64url, in the order of its characters' codes. */
export const KEY_CHARACTERS = [...'-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'];

export async function actedOn(account: AccountKey, stores: StandingStores): Promise<AccountStanding | undefined> {
  const head = await isolated(
    () => stores.ledger.head(ACCOUNT_CHAIN, account),
    () => undefined,
  );
  const action = inForce(head?.state);
  if (!head || !action) return undefined;
  const because = [REASONS[action.reasonCode].title, ...action.because];
  return {
    account,
    standing: standingIn(head.state),
    campaign: action.campaign,
    detectedAt: action.askedAt,
    actedAt: action.askedAt,
    because,
  };
}

export type About = { decision: DecisionRecord | undefined; latest: CaseHead | undefined };

export async function aboutCampaign(campaign: CampaignId, stores: StandingStores): Promise<About> {
  const decision = await isolated(
    async () => (await stores.ledger.head(DECISION_CHAIN, campaign))?.state,
    () => undefined,
  );
  const latest = await isolated(
    async () => (await stores.cases.latestOf(campaign))?.head,
    () => undefined,
  );
  return { decision, latest };
}

export function notActedOn(
  member: { account: AccountKey; role: Role; joinedAt: number; because: readonly string[] },
  campaign: CampaignId,
  { decision, latest }: About,
): AccountStanding {
  const { account, joinedAt, because } = member;
  const nothing = { account, campaign: null, detectedAt: null, actedAt: null, because: [] };
  if (member.role === 'bystander') return { ...nothing, standing: 'active' };
  const seen = { account, campaign, detectedAt: joinedAt, actedAt: null, because };
  const { kind } = latest?.state.progress ?? { kind: 'none' };
  if (kind === 'held' || kind === 'awaiting-approval' || kind === 'containing' || kind === 'watching' || kind === 'stopped')
    return { ...seen, standing: 'in-review' };
  if (decision?.kind === 'watch') return { ...seen, standing: 'watched' };
  return { ...nothing, standing: 'active' };
}
