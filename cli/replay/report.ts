import { z } from 'zod';
import { standings } from '../../functions/enforcement/standing/standing';
import type { Pipeline } from '../../local/pipeline';
import type { Standing } from '../../shared/domain/account';
import { type Campaign, CLASSIFICATIONS, FAMILIES, LEGS, probabilityOf } from '../../shared/domain/campaigns/campaign';
import { iso } from '../../shared/domain/time';
import type { AccountKey } from '../../shared/identity/ids';
import { WouldHave } from './would-have';

const SAID = ['suspended', 'limited', 'challenged', 'in-review', 'watched'] as const;

/** DIR/report.json, to the letter of the replay contract. */
export const Report = z.object({
  events: z.object({ read: z.int(), accepted: z.int(), duplicate: z.int(), rejected: z.int() }),
  /** By producer (`unknown` when nobody's) and reason; the records stand in refused.ndjson. */
  refused: z.record(z.string(), z.record(z.string(), z.int())).optional(),
  arrived: z.object({ fields: z.record(z.string(), z.number()), accounts: z.int(), established: z.int(), withFacts: z.int() }).optional(),
  /** Why nothing was found, when nothing was. */
  because: z.array(z.string()).optional(),
  from: z.string(),
  to: z.string(),
  seconds: z.number(),
  /** Beyond the contract: which numbers judged. */
  policy: z.object({ version: z.string(), digest: z.string() }),
  peakMemoryMiB: z.number(),
  campaigns: z.array(
    z.object({
      id: z.string(),
      /** Its classification; the replay contract names it so. */
      kind: z.enum(CLASSIFICATIONS),
      firstSeen: z.string(),
      detectedAt: z.string(),
      containedAt: z.string().nullable(),
      accounts: z.array(z.string()),
      exchanges: z.int(),
      inputTokens: z.number(),
      outputTokens: z.number(),
      exchangesBeforeDetection: z.int(),
      exchangesBeforeContainment: z.int(),
      exchangesPrevented: z.int(),
      targets: z.record(z.string(), z.number()),
      evidence: z.array(z.object({ family: z.enum(FAMILIES), because: z.string(), strength: z.number() })),
      probability: z.number(),
      typicality: z.number(),
      legs: z.object({ coordination: z.boolean(), concealment: z.boolean(), purpose: z.boolean() }),
      /** Beyond the contract: what each leg stands on or lacks, and what is odd about an unclear campaign. */
      reasons: z.array(z.string()),
    }),
  ),
  accounts: z.array(
    z.object({
      id: z.string(),
      standing: z.enum(SAID),
      campaign: z.string().nullable(),
      detectedAt: z.string(),
      actedAt: z.string().nullable(),
      exchangesBeforeAction: z.int(),
      because: z.array(z.string()),
    }),
  ),
  /** In mode shadow: what each rule would have done, by what is known of the accounts. */
  wouldHave: z.array(WouldHave).optional(),
});
export type Report = z.infer<typeof Report>;

/** Our standings in the contract's words: a disabled key is a challenge to the owner, a warning is watching with a letter. */
const WORD: Record<Standing, (typeof SAID)[number] | undefined> = {
  active: undefined,
  watched: 'watched',
  warned: 'watched',
  'in-review': 'in-review',
  challenged: 'challenged',
  'key-disabled': 'challenged',
  limited: 'limited',
  suspended: 'suspended',
};

/** Share of a campaign's accounts that must be met for it to count as contained. */
const CONTAINED = 0.95;

export async function reportOf(
  pipeline: Pipeline,
  facts: Pick<Report['events'], 'read'> & { from: number; to: number; seconds: number; peakMemoryMiB: number },
): Promise<Report> {
  const { profiles } = pipeline.detection.population;
  const idOf = (account: AccountKey): string => {
    const profile = profiles.get(account);
    return profile ? pipeline.hasher.open(profile.sealed) : account;
  };
  const accounts: Report['accounts'] = [];
  const acted = new Map<AccountKey, number>();
  for await (const { account, standing, campaign, detectedAt, actedAt, because } of standings(pipeline.enforcement)) {
    const said = WORD[standing];
    if (said === undefined) continue;
    if (actedAt !== null) acted.set(account, actedAt);
    const seen = detectedAt ?? actedAt ?? facts.to;
    accounts.push({
      id: idOf(account),
      standing: said,
      campaign,
      detectedAt: iso(seen),
      actedAt: actedAt === null ? null : iso(actedAt),
      exchangesBeforeAction: profiles.get(account)?.exchanges ?? 0,
      because: [...because],
    });
  }
  const live = await pipeline.enforcement.policy();
  const policy = { version: live.policy.version, digest: live.digest };
  const campaigns: Report['campaigns'] = [];
  for await (const header of pipeline.detection.campaigns.all()) {
    const campaign = await pipeline.detection.campaigns.document(header.document);
    if (campaign.members.length > 0) campaigns.push(said(campaign, pipeline, acted, idOf));
  }
  return {
    events: {
      read: facts.read,
      accepted: pipeline.counts.accepted - pipeline.duplicates,
      duplicate: pipeline.duplicates,
      rejected: pipeline.counts.rejected,
    },
    from: iso(facts.from),
    to: iso(facts.to),
    seconds: Math.round(facts.seconds * 100) / 100,
    peakMemoryMiB: facts.peakMemoryMiB,
    policy,
    campaigns,
    accounts,
  };
}

function said(
  campaign: Campaign,
  pipeline: Pipeline,
  acted: ReadonlyMap<AccountKey, number>,
  idOf: (account: AccountKey) => string,
): Report['campaigns'][number] {
  const { profiles } = pipeline.detection.population;
  const times = campaign.members
    .map(({ account }) => acted.get(account))
    .filter((at) => at !== undefined)
    .sort((a, b) => a - b);
  const enough = Math.ceil(CONTAINED * campaign.members.length);
  const contained = times[enough - 1];
  const sum = (value: (account: AccountKey) => number): number =>
    campaign.members.reduce((total, { account }) => total + value(account), 0);
  const exchanges = sum((account) => profiles.get(account)?.exchanges ?? 0);
  return {
    id: campaign.id,
    kind: campaign.classification,
    firstSeen: iso(campaign.firstSeen),
    detectedAt: iso(campaign.detectedAt),
    containedAt: contained === undefined ? null : iso(contained),
    accounts: campaign.members.map(({ account }) => idOf(account)),
    exchanges,
    inputTokens: campaign.inputTokens,
    outputTokens: campaign.outputTokens,
    exchangesBeforeDetection: campaign.exchangesBeforeDetection,
    // After an account is contained its requests are prevented and no exchanges any more.
    exchangesBeforeContainment: exchanges,
    exchangesPrevented: sum((account) => profiles.get(account)?.prevented ?? 0),
    targets: campaign.targets,
    evidence: campaign.evidence.map(({ family, because, strength }) => ({ family, because, strength })),
    probability: probabilityOf(campaign),
    typicality: campaign.typicality ?? 0,
    legs: {
      coordination: campaign.legs?.coordination.holds ?? false,
      concealment: campaign.legs?.concealment.holds ?? false,
      purpose: campaign.legs?.purpose.holds ?? false,
    },
    reasons: [...LEGS.flatMap((leg) => (campaign.legs ? [`${leg}: ${campaign.legs[leg].because}`] : [])), ...(campaign.odd ?? [])],
  };
}
