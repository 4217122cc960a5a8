import { z } from '@hono/zod-openapi';
import {
  type Campaign,
  CLASSIFICATIONS,
  FAMILIES,
  Indicator,
  LINEAGE,
  probabilityOf,
  ROLES,
} from '../../../shared/domain/campaigns/campaign';
import { BY_HAND } from '../../../shared/domain/campaigns/regrouping';
import { dayLabel, iso } from '../../../shared/domain/time';
import { When } from '../../../shared/http/fields';
import { partsFields, partsView } from './campaign-view';

/**
 * What a public disclosure of a campaign says: how many accounts and exchanges, from when to when, aimed at what, how it was
 * built, how it was found, what was done. Numbers and sentences only; the accounts are listed by key, never by provider id.
 */
export const Dossier = z
  .object({
    campaign: z.string(),
    version: z.int(),
    writtenAt: When,
    classification: z.enum(CLASSIFICATIONS),
    probability: z.number(),
    accounts: z.int(),
    roles: z.record(z.enum(ROLES), z.int()),
    ...partsFields,
    firstDay: z.string().openapi({ format: 'date' }),
    lastDay: z.string().openapi({ format: 'date' }),
    exchanges: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    exchangesAnAccountADay: z.number(),
    targets: z.array(z.object({ capability: z.string(), share: z.number(), exchanges: z.number() })),
    built: z
      .array(z.object({ type: Indicator.shape.type, family: z.enum(FAMILIES), distinct: z.int(), largest: z.int(), members: z.int() }))
      .openapi({
        description:
          'How it was built: by type of shared thing, how many there were, the members of the largest, and members that hold any (counted once for each).',
      }),
    evidence: z.array(z.object({ family: z.enum(FAMILIES), because: z.string(), strength: z.number() })),
    detectedAt: When,
    exchangesBeforeDetection: z.number(),
    prevented: z.number(),
    byHand: z
      .array(z.object({ at: When, what: z.enum(LINEAGE), with: z.string(), because: z.string() }))
      .openapi({ description: 'Which campaigns people merged with it or split it off, and why.' }),
    done: z.array(z.object({ at: When, what: z.string(), by: z.string(), because: z.string() })),
    members: z.array(z.object({ account: z.string(), role: z.enum(ROLES) })),
    provenance: z.object({ run: z.string(), code: z.string(), policy: z.string(), input: z.string() }),
  })
  .openapi('Dossier');
export type Dossier = z.infer<typeof Dossier>;

const DAY_MS = 86_400_000;

export function dossier(campaign: Campaign, done: Dossier['done'], now: number): Dossier {
  const roles = { core: 0, peripheral: 0, 'suspected-victim': 0, bystander: 0 };
  for (const { role } of campaign.members) roles[role]++;
  const days = Math.max(1, (campaign.lastSeen - campaign.firstSeen) / DAY_MS);
  const built = new Map<string, Dossier['built'][number]>();
  for (const { type, family, members } of campaign.indicators) {
    const entry = built.get(type) ?? { type, family, distinct: 0, largest: 0, members: 0 };
    built.set(type, {
      ...entry,
      distinct: entry.distinct + 1,
      largest: Math.max(entry.largest, members),
      members: entry.members + members,
    });
  }
  return {
    campaign: campaign.id,
    version: campaign.version,
    writtenAt: iso(now),
    classification: campaign.classification,
    probability: probabilityOf(campaign),
    accounts: campaign.members.length,
    roles,
    ...partsView(campaign),
    firstDay: dayLabel(campaign.firstSeen),
    lastDay: dayLabel(campaign.lastSeen),
    exchanges: campaign.exchanges,
    inputTokens: campaign.inputTokens,
    outputTokens: campaign.outputTokens,
    exchangesAnAccountADay: campaign.exchanges / Math.max(1, campaign.members.length) / days,
    targets: Object.entries(campaign.targets)
      .sort(([, one], [, other]) => other - one)
      .map(([capability, share]) => ({ capability, share, exchanges: Math.round(share * campaign.exchanges) })),
    built: [...built.values()].sort((one, other) => other.members - one.members),
    evidence: [...campaign.evidence]
      .sort((one, other) => other.strength - one.strength)
      .map(({ family, because, strength }) => ({ family, because, strength })),
    detectedAt: iso(campaign.detectedAt),
    exchangesBeforeDetection: campaign.exchangesBeforeDetection,
    prevented: campaign.timeline.reduce((sum, [, , prevented]) => sum + prevented, 0),
    byHand: campaign.lineage
      .filter(({ because }) => because.startsWith(BY_HAND))
      .map((entry) => ({ ...entry, at: iso(entry.at), because: entry.because.slice(BY_HAND.length) })),
    done,
    members: campaign.members.map(({ account, role }) => ({ account, role })),
    provenance: campaign.provenance,
  };
}

const number = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
/** Cells and sentences come from data: what would be markup is text. */
const text = (value: string): string => value.replace(/[\\`*_{}[\]<>#|!]/g, '\\$&').replace(/\s+/g, ' ');

const nameOf = ({ classification, probability }: Pick<Dossier, 'classification' | 'probability'>): string =>
  classification === 'unclear'
    ? `An unclear campaign (no class more probable than ${percent(probability)})`
    : `A ${classification.replace('-', ' ')} campaign (probability ${percent(probability)})`;

export function dossierMarkdown(about: Dossier): string {
  const rows = <T>(head: string[], items: readonly T[], cells: (item: T) => string[]): string[] =>
    items.length === 0
      ? ['None.']
      : [
          `| ${head.join(' | ')} |`,
          `| ${head.map(() => '---').join(' | ')} |`,
          ...items.map((item) => `| ${cells(item).map(text).join(' | ')} |`),
        ];
  return [
    `# Campaign ${text(about.campaign)}`,
    '',
    `${nameOf(about)}: **${number(about.accounts)} accounts**, **${number(about.exchanges)} exchanges**, ${about.firstDay} to ${about.lastDay}; ${about.exchangesAnAccountADay.toFixed(1)} exchanges an account a day.`,
    '',
    `Of these, ${number(about.exchangesBeforeDetection)} exchanges came before it was detected (${about.detectedAt}); ${number(about.prevented)} requests were prevented. ${number(about.inputTokens)} input tokens, ${number(about.outputTokens)} output tokens.`,
    '',
    ...(about.tenants.length === 0
      ? []
      : [
          `Of the accounts, ${number(about.firstParty.accounts)} are the provider’s own (${number(about.firstParty.exchanges)} exchanges) and ${about.tenants.map(({ cloud, accounts, exchanges }) => `${number(accounts)} are tenants of ${text(cloud)} (${number(exchanges)} exchanges)`).join(', ')}. Tenants are counted apart and never merged with accounts.`,
          '',
        ]),
    '## What it was after',
    '',
    ...rows(['capability', 'share', 'exchanges'], about.targets, (target) => [
      target.capability,
      percent(target.share),
      number(target.exchanges),
    ]),
    '',
    '## How it was built',
    '',
    ...rows(['shared', 'family', 'distinct', 'members of the largest'], about.built, (part) => [
      part.type,
      part.family,
      number(part.distinct),
      number(part.largest),
    ]),
    '',
    '## How it was found',
    '',
    ...about.byHand.map(
      ({ at, what, with: other, because }) =>
        `- ${at}: a person ${what === 'split' ? 'split it off' : 'merged it with'} ${text(other)}. ${text(because)}`,
    ),
    ...(about.evidence.length === 0
      ? about.byHand.length > 0
        ? ['- What its members share is listed above; no machine judged them as a group.']
        : ['No evidence is recorded.']
      : about.evidence.map((evidence) => `- *${evidence.family}*, strength ${evidence.strength.toFixed(3)}: ${text(evidence.because)}`)),
    '',
    '## Members',
    '',
    ...rows(
      ['role', 'accounts'],
      ROLES.map((role) => ({ role, count: about.roles[role] })),
      ({ role, count }) => [role, number(count)],
    ),
    '',
    '## What was done',
    '',
    ...(about.done.length === 0
      ? ['Nothing yet.']
      : about.done.map((step) => `- ${step.at}: ${text(step.what)} by ${text(step.by)}. ${text(step.because)}`)),
    '',
    `Written ${about.writtenAt} from version ${about.version} of the campaign (last found by run ${text(about.provenance.run)}, code ${text(about.provenance.code)}, policy ${text(about.provenance.policy)}, input ${text(about.provenance.input)}).`,
    '',
  ].join('\n');
}
