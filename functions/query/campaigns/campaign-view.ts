import { z } from '@hono/zod-openapi';
import {
  type Campaign,
  CLASSIFICATIONS,
  FAMILIES,
  firstPartyOf,
  Indicator,
  LINEAGE,
  probabilityOf,
  ROLES,
  tenantsOf,
} from '../../../shared/domain/campaigns/campaign';
import type { DecisionRecord } from '../../../shared/domain/cases/decision-record';
import type { Exoneration } from '../../../shared/domain/cases/exoneration';
import type { Person } from '../../../shared/domain/person';
import { iso } from '../../../shared/domain/time';
import { orNull, When } from '../../../shared/http/fields';
import type { CampaignHeader } from '../../../shared/stores/campaigns/campaign-store';
import type { Entry } from '../../../shared/stores/cases/ledger-store';
import {
  EvidenceView,
  evidenceView,
  judgedFields,
  judgedView,
  revealed,
  StandingWordView,
  standingWordView,
} from '../accounts/account-view';

/** What the API shows of campaigns. */

const Probabilities = z.object({
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
    classification: z.enum(CLASSIFICATIONS),
    probability: z.number().openapi({
      description:
        'Probability of the classification, by the weighted signs of the policy; of an unclear campaign, of its likeliest class.',
    }),
    probabilities: Probabilities,
    accounts: z.int(),
    roles: RoleCounts,
    firstSeen: When,
    lastSeen: When,
    detectedAt: When,
    updatedAt: When,
    endedAt: orNull(When).openapi({ description: 'When it was put away, because nobody of it was seen for long. Null while it goes on.' }),
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

export const DecisionView = z
  .object({
    kind: z.enum(['act', 'watch', 'no-action']),
    rule: z.string().nullable(),
    action: z.string().nullable(),
    mode: z.string().nullable(),
    at: When,
    because: z
      .array(z.string())
      .openapi({ description: 'What was asked in order: rules and thresholds that were not met, then what holds.' }),
  })
  .openapi('PolicyDecision');

export const decisionView = ({ state, at, because }: Entry<DecisionRecord>): z.infer<typeof DecisionView> => ({
  kind: state.kind,
  rule: state.rule ?? null,
  action: state.action ?? null,
  mode: state.mode ?? null,
  at: iso(at),
  because,
});

export const TimelineView = z.array(z.object({ at: When, exchanges: z.number(), prevented: z.number() })).openapi({
  description: 'Hours with traffic, oldest first: exchanges that went through (leaked) and requests that our action stopped (prevented).',
});

const Part = { accounts: z.int(), exchanges: z.number(), prevented: z.number() };
const CloudPart = z.object({ cloud: z.string(), ...Part }).openapi('CloudPart');
/** Together they are all members: `accounts`, `exchanges`. */
export const partsFields = {
  firstParty: z.object(Part).openapi('FirstPartyPart', { description: 'The provider’s own accounts among the members.' }),
  tenants: z.array(CloudPart).openapi({ description: 'Tenants of other clouds among the members, by cloud, the most first.' }),
};
export const partsView = ({ members }: Pick<Campaign, 'members'>) => ({
  firstParty: firstPartyOf(members),
  tenants: Object.entries(tenantsOf(members)).map(([cloud, part]) => ({ cloud, ...part })),
});

export const CampaignView = CampaignSummaryView.extend({
  ...partsFields,
  ...judgedFields,
  handMade: z.boolean().openapi({ description: 'A person split it off another campaign; detection does not know it.' }),
  evidence: z.array(EvidenceView),
  prevented: z.number(),
  leaked: z.number().openapi({ description: 'Exchanges that went through, before and after detection: those counted in `exchanges`.' }),
  leakedBeforeAction: z
    .number()
    .nullable()
    .openapi({ description: 'Exchanges until the first account was acted on; null while nobody was.' }),
  actedAt: When.nullable().openapi({ description: 'When containment of its newest case began to act.' }),
  decision: orNull(DecisionView).openapi({ description: 'What the policy says about it now, and why not more.' }),
  exonerations: z.array(StandingWordView).openapi({ description: 'What people said about the campaign and that holds now.' }),
  timeline: TimelineView,
  lineage: z.array(z.object({ at: When, what: z.enum(LINEAGE), with: z.string(), because: z.string() })),
  provenance: z.object({ run: z.string(), code: z.string(), policy: z.string(), input: z.string() }),
}).openapi('Campaign');
export type CampaignView = z.infer<typeof CampaignView>;

export function campaignSummaryView(header: CampaignHeader): CampaignSummaryView {
  const { counts: roles } = header;
  return {
    id: header.id,
    classification: header.classification,
    probability: probabilityOf(header),
    probabilities: header.probabilities,
    accounts: ROLES.reduce((sum, role) => sum + roles[role], 0),
    roles,
    firstSeen: iso(header.firstSeen),
    lastSeen: iso(header.lastSeen),
    detectedAt: iso(header.detectedAt),
    updatedAt: iso(header.updatedAt),
    endedAt: header.endedAt === undefined ? null : iso(header.endedAt),
    version: header.version,
    families: header.families,
    exchanges: header.exchanges,
    inputTokens: header.inputTokens,
    outputTokens: header.outputTokens,
    exchangesBeforeDetection: header.exchangesBeforeDetection,
    targets: header.targets,
  };
}

export type About = { decision: Entry<DecisionRecord> | undefined; words: readonly Exoneration[]; actedAt: number | null };

export function campaignView(header: CampaignHeader, campaign: Campaign, about: About, to: Person): CampaignView {
  const { decision, words, actedAt } = about;
  return {
    ...campaignSummaryView(header),
    ...judgedView(campaign),
    ...partsView(campaign),
    handMade: campaign.handMade === true,
    evidence: evidenceView(campaign.evidence),
    prevented: campaign.timeline.reduce((sum, [, , prevented]) => sum + prevented, 0),
    leaked: campaign.exchanges,
    leakedBeforeAction:
      actedAt === null ? null : campaign.timeline.reduce((sum, [at, exchanges]) => (at < actedAt ? sum + exchanges : sum), 0),
    actedAt: actedAt === null ? null : iso(actedAt),
    decision: decision ? decisionView(decision) : null,
    exonerations: words.map((word) => standingWordView(word, to)),
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
