import type { Standing } from '../../../shared/domain/account';
import type { Role } from '../../../shared/domain/campaigns/campaign';
import { ACCOUNT_CHAIN, type AccountState, inForce, standingIn } from '../../../shared/domain/cases/action';
import { DECISION_CHAIN, type DecisionRecord } from '../../../shared/domain/cases/decision-record';
import { REASONS } from '../../../shared/domain/cases/reason-codes';
import { type AccountKey, accountKey, type CampaignId, type CaseId } from '../../../shared/identity/ids';
import type { Touched } from '../../../shared/stores/cases/case-store';
import { type Entry, isolated } from '../../../shared/stores/cases/ledger-store';
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
  return head && actedOnBy(account, head);
}

/**
 * The same of many accounts, a request for each fifty of those that `latest`, a case, has to do with: of these it is known where their chains
 * are. Who was not acted on is absent.
 */
export async function actedOnAmong(
  accounts: readonly AccountKey[],
  latest: CaseId | undefined,
  { ledger, cases }: StandingStores,
): Promise<ReadonlyMap<AccountKey, AccountStanding>> {
  const begun = await ledger.mayHaveBegun(ACCOUNT_CHAIN, accounts);
  const touched = latest && begun.size > 0 ? await cases.touched(latest) : new Map<AccountKey, Touched>();
  const known = new Map(accounts.filter((account) => begun.has(account)).map((account) => [account, touched.get(account)?.sequence ?? 0]));
  const acted = new Map<AccountKey, AccountStanding>();
  for (const [subject, head] of await ledger.heads(ACCOUNT_CHAIN, known)) {
    const standing = actedOnBy(accountKey(subject), head);
    if (standing) acted.set(standing.account, standing);
  }
  return acted;
}

function actedOnBy(account: AccountKey, head: Entry<AccountState>): AccountStanding | undefined {
  const action = inForce(head.state);
  if (!action) return undefined;
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

export type About = { decision: DecisionRecord | undefined; latest: CaseHead | undefined; latestId: CaseId | undefined };

export async function aboutCampaign(campaign: CampaignId, stores: StandingStores): Promise<About> {
  const decision = await isolated(
    async () => (await stores.ledger.head(DECISION_CHAIN, campaign))?.state,
    () => undefined,
  );
  const latest = await isolated(
    () => stores.cases.latestOf(campaign),
    () => undefined,
  );
  return { decision, latest: latest?.head, latestId: latest?.id };
}

export function notActedOn(
  member: { account: AccountKey; role: Role; joinedAt: number; because: readonly string[] },
  campaign: CampaignId,
  { decision, latest }: Omit<About, 'latestId'>,
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
