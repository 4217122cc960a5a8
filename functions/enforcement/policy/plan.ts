import type { AccountFacts } from '../../../shared/domain/account';
import type { Campaign, Member } from '../../../shared/domain/campaign';
import type { Decision } from '../../../shared/domain/decision';
import type { Exonerations } from '../../../shared/domain/exoneration';
import type { Policy } from '../../../shared/domain/policy';
import type { AccountKey, CampaignId, SealedId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import { decide } from './decide';

/** A decision with everything it was made of. */
export type Plan = {
  decision: Decision;
  campaign: Campaign;
  members: ReadonlyMap<AccountKey, Member>;
  /** Archive key of the campaign version. */
  evidence: string;
  policy: Policy;
  digest: string;
  facts: ReadonlyMap<AccountKey, AccountFacts>;
  sealed: ReadonlyMap<AccountKey, SealedId>;
  exonerations: Exonerations;
  demoted: ReadonlySet<string>;
};

/**
 * Decides again, on the newest evidence and the live policy. `held`: the rule of the case that is open. `about` narrows whose
 * facts are asked for: members outside it are spared as not known, while size and families still count the whole campaign.
 */
export async function planFor(
  id: CampaignId,
  world: Enforcement,
  { held, about = () => true }: { held?: string; about?: (member: Member) => boolean } = {},
): Promise<Plan | undefined> {
  const header = await world.campaigns.header(id);
  if (!header) return undefined;
  const campaign = await world.campaigns.document(header.document);
  const { policy, digest } = await world.policy();
  const known = await world.accounts.known(campaign.members.filter(about).map((member) => member.account));
  const facts = new Map<AccountKey, AccountFacts>();
  const sealed = new Map<AccountKey, SealedId>();
  for (const [account, told] of known) {
    facts.set(account, told.facts);
    sealed.set(account, told.sealed);
  }
  const now = world.clock.now();
  const exonerations = await world.exonerations.holding(now);
  const demoted = await world.rules.demoted();
  const decision = decide({ campaign, policy: policy.enforcement, facts, exonerations, demoted, held, now });
  const members = new Map(campaign.members.map((member) => [member.account, member]));
  return { decision, campaign, members, evidence: header.document, policy, digest, facts, sealed, exonerations, demoted };
}
