import { z } from '@hono/zod-openapi';
import { type Campaign, FAMILIES, Indicator, KINDS, LINEAGE, probabilityOf, ROLES } from '../../../shared/domain/campaign';
import type { Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { When } from '../../../shared/http/fields';
import type { CampaignHeader } from '../../../shared/stores/campaign-store';
import { EvidenceView, evidenceView, revealed } from '../accounts/account-view';

/** What the API shows of campaigns. */

const Kinds = z.object({
  distillation: z.number(),
  reselling: z.number(),
  'hijacked-keys': z.number(),
  'shared-origin': z.number(),
  unclear: z.number(),
});
const RoleCounts = z.object({ core: z.int(), peripheral: z.int(), 'suspected-victim': z.int(), bystander: z.int() });

export const CampaignSummaryView = z
  .object({
    id: z.string(),
    kind: z.enum(KINDS),
    probability: z.number().openapi({
      description: 'Probability of the kind, by the weighted signs of the policy; of an unclear campaign, of its likeliest kind.',
    }),
    probabilities: Kinds,
    accounts: z.int(),
    roles: RoleCounts,
    firstSeen: When,
    lastSeen: When,
    detectedAt: When,
    updatedAt: When,
    version: z.int(),
    families: z.array(z.enum(FAMILIES)),
    exchanges: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    exchangesBeforeDetection: z.number(),
    targets: z.record(z.string(), z.number()).openapi({ description: 'Share of exchanges by targeted capability.' }),
  })
  .openapi('CampaignSummary');
export type CampaignSummaryView = z.infer<typeof CampaignSummaryView>;

export const IndicatorView = z
  .object({
    type: Indicator.shape.type,
    family: z.enum(FAMILIES),
    indicator: z.string().nullable().openapi({ description: 'Keyed hash. Null for viewers.' }),
    members: z.int(),
    others: z.int().openapi({ description: 'Accounts outside the campaign that also hold it.' }),
    firstUse: When,
    lastUse: When,
  })
  .openapi('Indicator');

export const TimelineView = z.array(z.object({ at: When, exchanges: z.number(), prevented: z.number() })).openapi({
  description: 'Hours with traffic, oldest first: exchanges that went through (leaked) and requests that our action stopped (prevented).',
});

export const CampaignView = CampaignSummaryView.extend({
  evidence: z.array(EvidenceView),
  prevented: z.number(),
  timeline: TimelineView,
  lineage: z.array(z.object({ at: When, what: z.enum(LINEAGE), with: z.string(), because: z.string() })),
  provenance: z.object({ run: z.string(), code: z.string(), policy: z.string(), input: z.string() }),
}).openapi('Campaign');
export type CampaignView = z.infer<typeof CampaignView>;

export function campaignSummaryView(header: CampaignHeader): CampaignSummaryView {
  const { counts: roles } = header;
  return {
    id: header.id,
    kind: header.kind,
    probability: probabilityOf(header),
    probabilities: header.probabilities,
    accounts: ROLES.reduce((sum, role) => sum + roles[role], 0),
    roles,
    firstSeen: iso(header.firstSeen),
    lastSeen: iso(header.lastSeen),
    detectedAt: iso(header.detectedAt),
    updatedAt: iso(header.updatedAt),
    version: header.version,
    families: header.families,
    exchanges: header.exchanges,
    inputTokens: header.inputTokens,
    outputTokens: header.outputTokens,
    exchangesBeforeDetection: header.exchangesBeforeDetection,
    targets: header.targets,
  };
}

export function campaignView(header: CampaignHeader, campaign: Campaign): CampaignView {
  return {
    ...campaignSummaryView(header),
    evidence: evidenceView(campaign.evidence),
    prevented: campaign.timeline.reduce((sum, [, , prevented]) => sum + prevented, 0),
    timeline: campaign.timeline.map(([at, exchanges, prevented]) => ({ at: iso(at), exchanges, prevented })),
    lineage: campaign.lineage.map((step) => ({ ...step, at: iso(step.at) })),
    provenance: campaign.provenance,
  };
}

export const indicatorViews = (campaign: Campaign, to: Person): z.infer<typeof IndicatorView>[] =>
  [...campaign.indicators]
    .sort((one, other) => other.members - one.members || (one.hash < other.hash ? -1 : 1))
    .map(({ type, family, hash, members, others, firstUse, lastUse }) => ({
      type,
      family,
      indicator: revealed<string>(to, hash),
      members,
      others,
      firstUse: iso(firstUse),
      lastUse: iso(lastUse),
    }));
