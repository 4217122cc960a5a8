import { z } from 'zod';
import type { AccountKey, CampaignId } from '../../identity/ids';
import { type Campaign, type Member, nothingFound } from './campaign';

/** Accounts that one regrouping names: its entry in the ledger carries them. */
export const MOST_REGROUPED = 2_000;
/** Regroupings that hold at a time: every run applies all of them. */
export const MOST_REGROUPINGS = 500;

/**
 * What a person decided about who belongs together. It stands over what any run of detection finds until it is withdrawn.
 * merge: all accounts of one campaign belong to another; split: these accounts are a campaign of their own; add, remove: these belong to
 * it, or do not.
 */
export const Change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('merge'), from: z.custom<CampaignId>(), into: z.custom<CampaignId>() }),
  z.object({
    kind: z.literal('split'),
    from: z.custom<CampaignId>(),
    into: z.custom<CampaignId>(),
    accounts: z.array(z.custom<AccountKey>()).min(1).max(MOST_REGROUPED),
  }),
  z.object({ kind: z.literal('add'), into: z.custom<CampaignId>(), accounts: z.array(z.custom<AccountKey>()).min(1).max(MOST_REGROUPED) }),
  z.object({
    kind: z.literal('remove'),
    from: z.custom<CampaignId>(),
    accounts: z.array(z.custom<AccountKey>()).min(1).max(MOST_REGROUPED),
  }),
]);
export type Change = z.infer<typeof Change>;

export const Regrouping = z.object({
  id: z.string(),
  change: Change,
  /** Accounts it is about, as counted when it was asked for; and how many people it takes. */
  size: z.int(),
  approversNeeded: z.int().min(1),
  /** Who agreed, the person who asked first. It holds once there are enough. */
  approvals: z.array(z.string()).min(1),
  askedAt: z.number(),
  because: z.string(),
  withdrawn: z.boolean(),
});
export type Regrouping = z.infer<typeof Regrouping>;

/** Before what a person said of a merge or a split, in a campaign's lineage. */
export const BY_HAND = 'by hand: ';

export const holds = ({
  approvals,
  approversNeeded,
  withdrawn,
}: Pick<Regrouping, 'approvals' | 'approversNeeded' | 'withdrawn'>): boolean => !withdrawn && approvals.length >= approversNeeded;

export const campaignsOf = (change: Change): CampaignId[] => [
  ...('from' in change ? [change.from] : []),
  ...('into' in change ? [change.into] : []),
];

export const REGROUPINGS = 'REGROUPINGS';
export const REGROUPING_CHAIN = { prefix: 'G#', state: Regrouping, listedIn: (): string => REGROUPINGS };

/** The campaigns as detection found them: without what people moved. Undoes `regrouped` exactly for whoever has a place to go back to. */
export function asFound(campaigns: readonly Campaign[]): Campaign[] {
  if (!campaigns.some(({ handMade, members }) => handMade || members.some(({ placed }) => placed))) return [...campaigns];
  const back = new Map<CampaignId, Member[]>();
  const found: Campaign[] = [];
  for (const campaign of campaigns) {
    const own: Member[] = [];
    for (const member of campaign.members) {
      const { placed, ...rest } = member;
      if (!placed) own.push(member);
      else if (placed.from !== null) back.set(placed.from, [...(back.get(placed.from) ?? []), rest]);
    }
    if (!campaign.handMade) found.push(own.length === campaign.members.length ? campaign : { ...campaign, members: own });
  }
  return found.map((campaign) => {
    const returned = back.get(campaign.id);
    return returned ? { ...campaign, members: [...campaign.members, ...returned] } : campaign;
  });
}

/**
 * The campaigns as people decided: `found` as this run found them, `before` as they were shown until now (a member that no campaign has
 * any more keeps what was last known of it). The oldest decision first; a later one about the same accounts stands over it. Pure; applied
 * to its own answer by way of `asFound`, it answers the same.
 */
export function regrouped(
  found: readonly Campaign[],
  before: readonly Campaign[],
  decided: readonly Regrouping[],
  now: number,
): Campaign[] {
  const holding = decided.filter(holds).sort((one, other) => one.askedAt - other.askedAt || (one.id < other.id ? -1 : 1));
  const known = new Map(before.map((campaign) => [campaign.id, campaign]));
  const byId = new Map(found.map((campaign) => [campaign.id, { ...campaign, members: [...campaign.members] }]));
  // Hand-made campaigns stay for good, as those do that detection made: their members may all have left.
  for (const campaign of before) if (campaign.handMade) byId.set(campaign.id, { ...campaign, members: [] });
  if (holding.length === 0) return [...byId.values()];
  const home = new Map<AccountKey, { at: CampaignId; from: CampaignId | null; member: Member }>();
  for (const { id, members } of byId.values()) for (const member of members) home.set(member.account, { at: id, from: id, member });
  const lastKnown = new Map<AccountKey, Member>();
  for (const { members } of before) for (const { placed: _, ...member } of members) lastKnown.set(member.account, member);
  const place = (account: AccountKey, into: CampaignId): void => {
    const there = home.get(account);
    const member = there?.member ?? lastKnown.get(account) ?? unmeasured(account, now);
    home.set(account, { at: into, from: there?.from ?? null, member });
  };
  for (const { change, because, id } of holding) {
    switch (change.kind) {
      case 'merge': {
        if (!byId.has(change.into)) break;
        for (const [account, { at }] of home) if (at === change.from) place(account, change.into);
        note(byId.get(change.into), { at: now, what: 'merged', with: change.from, because: `${BY_HAND}${because}` });
        break;
      }
      case 'split': {
        const made = byId.get(change.into) ?? handMade(change.into, byId.get(change.from), now, id);
        byId.set(change.into, made);
        for (const account of change.accounts) place(account, change.into);
        note(made, { at: now, what: 'split', with: change.from, because: `${BY_HAND}${because}` });
        break;
      }
      case 'add':
        if (byId.has(change.into)) for (const account of change.accounts) place(account, change.into);
        break;
      case 'remove':
        for (const account of change.accounts) if (home.get(account)?.at === change.from) home.delete(account);
        break;
      default:
        change satisfies never;
    }
  }
  for (const campaign of byId.values()) campaign.members = [];
  for (const { at, from, member } of home.values()) {
    const was = known.get(at)?.members.find(({ account }) => account === member.account);
    byId.get(at)?.members.push(from === at ? member : { ...member, joinedAt: was?.placed ? was.joinedAt : now, placed: { from } });
  }
  return [...byId.values()];
}

/** An account of which detection knows nothing. */
const unmeasured = (account: AccountKey, now: number): Member => ({
  account,
  role: 'peripheral',
  score: 0,
  families: [],
  because: [],
  joinedAt: now,
  exchanges: 0,
  prevented: 0,
});

function note(campaign: Campaign | undefined, entry: Campaign['lineage'][number]): void {
  if (!campaign || campaign.lineage.some(({ what, with: other }) => what === entry.what && other === entry.with)) return;
  campaign.lineage = [...campaign.lineage, entry];
}

/** A campaign that a person made: nothing was found about it by itself, so it is unclear and no machine acts on it. */
const handMade = (id: CampaignId, parent: Campaign | undefined, now: number, by: string): Campaign => ({
  id,
  handMade: true,
  ...nothingFound(),
  firstSeen: parent?.firstSeen ?? now,
  lastSeen: parent?.lastSeen ?? now,
  detectedAt: now,
  updatedAt: now,
  version: 0,
  members: [],
  provenance: { run: by, code: 'by-hand', policy: parent?.provenance.policy ?? 'by-hand', input: parent?.provenance.input ?? 'by-hand' },
});
