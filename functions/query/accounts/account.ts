import type { Standing } from '../../../shared/domain/account';
import { probabilityOf } from '../../../shared/domain/campaigns/campaign';
import { ACCOUNT_CHAIN, type AccountState, standingIn } from '../../../shared/domain/cases/action';
import type { Scope } from '../../../shared/domain/cases/exoneration';
import { mayAct, type Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import type { AccountKey } from '../../../shared/identity/ids';
import { SummaryStore } from '../../../shared/stores/archive/summary-store';
import { CampaignGraphStore } from '../../../shared/stores/campaigns/campaign-graph-store';
import { FlaggedStore } from '../../../shared/stores/campaigns/flagged-store';
import { ExonerationStore } from '../../../shared/stores/cases/exoneration-store';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import type { QueryPorts } from '../query-ports';
import { recentUse } from './account-hours';
import {
  type AccountView,
  evidenceView,
  factsView,
  flaggedView,
  judgedView,
  linkView,
  memberView,
  standingWordView,
  usageView,
} from './account-view';

const MOST_LINKS = 50;

type Answer = { kind: 'account'; account: AccountView } | { kind: 'unknown' };

/** Everything one screen needs to say why. `unknown`: nothing was ever said about this account. */
export async function account(key: AccountKey, ports: QueryPorts, to: Person): Promise<Answer> {
  const { stores, clock, campaigns } = ports;
  const [flagged, summary, membership, head] = await Promise.all([
    new FlaggedStore(stores.graph).get(key),
    new SummaryStore(stores.graph).get(key),
    campaigns.membership(key),
    new LedgerStore(stores.enforcement, clock).head(ACCOUNT_CHAIN, key),
  ]);
  if (!flagged && !summary && !membership && !head) return activeOnly(key, ports, to);
  const campaign = membership && (await campaigns.get(membership.campaign));
  const member = campaign?.members.find((one) => one.account === key);
  const links =
    (campaign && (await new CampaignGraphStore(stores.archive).links(campaign.id, campaign.links?.version ?? campaign.version))) ?? [];
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
          ? {
              ...memberView(member, to),
              campaign: campaign.id,
              classification: campaign.classification,
              probability: probabilityOf(campaign),
              ...judgedView(campaign),
            }
          : null,
      findings: campaign ? evidenceView(campaign.evidence) : [],
      links: mine.slice(0, MOST_LINKS).map((link) => linkView(link, key, roles, to)),
      linkCount: mine.length,
      exonerations: await standingWords(key, { campaign: membership?.campaign, organization: summary?.facts.organization }, ports, to),
      known: flagged || membership ? 'flagged' : head ? 'acted-on' : 'active',
    },
  };
}

/** Never flagged: what it did in the last days, from the folds. `unknown` when that is nothing. */
async function activeOnly(key: AccountKey, ports: QueryPorts, to: Person): Promise<Answer> {
  const use = await recentUse(key, ports);
  if (!use) return { kind: 'unknown' };
  const exonerations = await standingWords(key, {}, ports, to);
  const nothing = { flagged: null, membership: null, facts: null, findings: [], links: [], linkCount: 0 };
  return {
    kind: 'account',
    account: { account: key, standing: 'active', ...nothing, usage: usageView(use, to), exonerations, known: 'active' },
  };
}

/** What holds about the account now, the longest first: words about it, its campaign and its organisation, and what its own chain says. */
async function standingWords(
  key: AccountKey,
  of: { campaign?: string | undefined; organization?: string | undefined },
  { stores, clock }: QueryPorts,
  to: Person,
): Promise<AccountView['exonerations']> {
  const ledger = new LedgerStore(stores.enforcement, clock);
  const store = new ExonerationStore(stores.enforcement, ledger);
  const scopes: Scope[] = [
    { kind: 'account', account: key },
    ...(of.campaign === undefined ? [] : [{ kind: 'campaign', campaign: of.campaign } as const]),
    ...(of.organization === undefined ? [] : [{ kind: 'organization', organization: of.organization } as const]),
  ];
  const [heads, own] = await Promise.all([Promise.all(scopes.map((scope) => store.head(scope))), ledger.head(ACCOUNT_CHAIN, key)]);
  const now = clock.now();
  const words = heads.flatMap((head) => (head && !head.state.revoked && head.state.until > now ? [standingWordView(head.state, to)] : []));
  const until = own?.state.exoneratedUntil ?? 0;
  if (own && until > now && !words.some((word) => word.scope === 'account')) {
    const because = mayAct(to, 'reviewer') ? own.because.join('; ') : 'an undone case or a granted appeal';
    words.push({ scope: 'account', effect: 'exonerated', until: iso(until), because, by: null });
  }
  return words.sort((one, other) => (one.until < other.until ? 1 : -1));
}

/** The ledger says whether an action is in force; the list, whether the account is watched or in review meanwhile. */
function standingNow(state: AccountState | undefined, listed: Standing | undefined): Standing {
  const acted = standingIn(state);
  if (acted !== 'active') return acted;
  return listed === 'watched' || listed === 'in-review' ? listed : 'active';
}
