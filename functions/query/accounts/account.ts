import type { Standing } from '../../../shared/domain/account';
import { ACCOUNT_CHAIN, type AccountState, standingIn } from '../../../shared/domain/action';
import { probabilityOf } from '../../../shared/domain/campaign';
import type { Person } from '../../../shared/domain/person';
import type { AccountKey } from '../../../shared/identity/ids';
import { CampaignPictureStore } from '../../../shared/stores/campaign-picture-store';
import { FlaggedStore } from '../../../shared/stores/flagged-store';
import { LedgerStore } from '../../../shared/stores/ledger-store';
import { SummaryStore } from '../../../shared/stores/summary-store';
import type { QueryPorts } from '../query-ports';
import { type AccountView, evidenceView, factsView, flaggedView, linkView, memberView, usageView } from './account-view';

const MOST_LINKS = 50;

/** Everything one screen needs to say why. `unknown`: nothing was ever said about this account. */
export async function account(
  key: AccountKey,
  ports: QueryPorts,
  to: Person,
): Promise<{ kind: 'account'; account: AccountView } | { kind: 'unknown' }> {
  const { stores, clock, campaigns } = ports;
  const [flagged, summary, membership, head] = await Promise.all([
    new FlaggedStore(stores.graph).get(key),
    new SummaryStore(stores.graph).get(key),
    campaigns.membership(key),
    new LedgerStore(stores.enforcement, clock).head(ACCOUNT_CHAIN, key),
  ]);
  if (!flagged && !summary && !membership && !head) return { kind: 'unknown' };
  const campaign = membership && (await campaigns.get(membership.campaign));
  const member = campaign?.members.find((one) => one.account === key);
  const links =
    (campaign && (await new CampaignPictureStore(stores.archive).links(campaign.id, campaign.links?.version ?? campaign.version))) ?? [];
  const mine = links.filter((link) => link.from === key || link.to === key).sort((one, other) => other.weight - one.weight);
  const roles = new Map(campaign?.members.map((one) => [one.account, one.role]));
  return {
    kind: 'account',
    account: {
      account: key,
      standing: standingNow(head?.state, flagged?.standing),
      flagged: flagged ? flaggedView(flagged) : null,
      facts: summary ? factsView(summary, to) : null,
      usage: summary ? usageView(summary, to) : null,
      membership:
        campaign && member
          ? { ...memberView(member), campaign: campaign.id, kind: campaign.kind, probability: probabilityOf(campaign) }
          : null,
      findings: campaign ? evidenceView(campaign.evidence) : [],
      links: mine.slice(0, MOST_LINKS).map((link) => linkView(link, key, roles, to)),
      linkCount: mine.length,
    },
  };
}

/** The ledger says whether an action is in force; the list, whether the account is watched or in review meanwhile. */
function standingNow(state: AccountState | undefined, listed: Standing | undefined): Standing {
  const acted = standingIn(state);
  if (acted !== 'active') return acted;
  return listed === 'watched' || listed === 'in-review' ? listed : 'active';
}
