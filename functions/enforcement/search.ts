import type { Classification, Indicator } from '../../shared/domain/campaigns/campaign';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { type AccountKey, accountKey, campaignId, caseId, type Hash64, hash64 } from '../../shared/identity/ids';
import type { Enforcement } from './enforcement';

export type Found = {
  accounts: { account: string; campaign: string | null; because: string }[];
  campaigns: {
    campaign: string;
    classification: Classification;
    type: Indicator['type'] | null;
    members: number;
    others: number;
    holders: string[];
  }[];
  cases: string[];
  readAs: string[];
  more: boolean;
};
type Hashes = { keyOf(id: string): Promise<AccountKey>; hashesOf(value: string): Promise<readonly { as: string; hash: Hash64 }[]> };

/** Campaign documents that one search opens: thousands would not fit into an answer's time. */
const MOST_CAMPAIGNS = 400;
const MOST_HOLDERS = 50;
const KEY = /^[A-Za-z0-9_-]{22}$/;
const HASH = /^[0-9a-f]{13,16}$/;

/** Everything that a value may name, asked of the books; nothing of the value is kept. */
export async function search(value: string, deps: Enforcement, names: Hashes): Promise<Found> {
  const found: Found = { accounts: [], campaigns: [], cases: [], readAs: [], more: false };
  const tried: [AccountKey, string][] = [
    [await names.keyOf(value), 'its account id'],
    ...(KEY.test(value) ? [[accountKey(value), 'its key'] as [AccountKey, string]] : []),
  ];
  for (const [account, because] of tried) await findAccount(account, because, found, deps);
  if (/^[A-Za-z0-9._-]{1,80}$/.test(value)) {
    if (await deps.cases.head(caseId(value))) found.cases.push(value);
    const header = await deps.campaigns.header(campaignId(value));
    if (header) {
      const members = Object.values(header.counts).reduce((sum, count) => sum + count, 0);
      found.campaigns.push({ campaign: value, classification: header.classification, type: null, members, others: 0, holders: [] });
    }
  }
  const hashes = new Map((await names.hashesOf(value)).map(({ as, hash }) => [hash, as]));
  if (HASH.test(value)) hashes.set(hash64(value), 'a keyed hash');
  found.readAs = [...new Set(hashes.values())];
  await findHolders(hashes, found, deps);
  return found;
}

async function findAccount(account: AccountKey, because: string, found: Found, deps: Enforcement): Promise<void> {
  const [membership, head] = await Promise.all([deps.campaigns.membership(account), deps.ledger.head(ACCOUNT_CHAIN, account)]);
  const known = membership || head || (await deps.accounts.known([account])).has(account);
  if (known) found.accounts.push({ account, campaign: membership?.campaign ?? null, because });
}

async function findHolders(hashes: ReadonlyMap<Hash64, string>, found: Found, deps: Enforcement): Promise<void> {
  let opened = 0;
  for await (const header of deps.campaigns.all()) {
    if (opened++ >= MOST_CAMPAIGNS) {
      found.more = true;
      return;
    }
    const campaign = await deps.campaigns.readable(header.document);
    if (!campaign) continue;
    for (const indicator of campaign.indicators) {
      const as = hashes.get(indicator.hash);
      if (as === undefined) continue;
      const facts = await deps.accounts.known(campaign.members.map(({ account }) => account));
      const holders = campaign.members
        .map(({ account }) => account)
        .filter((account) => Object.values(facts.get(account)?.facts ?? {}).includes(indicator.hash));
      const { type, members, others } = indicator;
      found.campaigns.push({
        campaign: campaign.id,
        classification: campaign.classification,
        type,
        members,
        others,
        holders: holders.slice(0, MOST_HOLDERS),
      });
      for (const account of holders.slice(0, MOST_HOLDERS))
        found.accounts.push({ account, campaign: campaign.id, because: `it holds the same ${as}` });
    }
  }
}
