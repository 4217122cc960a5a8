import { createHash } from 'node:crypto';
import type { Names } from '../../../functions/enforcement/api/name-routes';
import type { Campaign, Classification, Evidence, Indicator, Legs, Link, Member, Role } from '../../../shared/domain/campaigns/campaign';
import { DAY, HOUR, hourOf } from '../../../shared/domain/time';
import type { AccountSummary } from '../../../shared/formats/account-summary';
import { canaryKeys } from '../../../shared/identity/canary';
import { type AccountKey, accountKey, campaignId, type Hash64, hash64, sealedId } from '../../../shared/identity/ids';
import { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { SeededChance } from '../../../shared/memory/simulated-clock';
import type { Stores } from '../../../shared/ports';
import { SummaryStore } from '../../../shared/stores/archive/summary-store';
import { CampaignGraphStore, type MemberHours } from '../../../shared/stores/campaigns/campaign-graph-store';
import { CampaignStore } from '../../../shared/stores/campaigns/campaign-store';
import { FlaggedStore } from '../../../shared/stores/campaigns/flagged-store';

/**
 * Campaigns written through the stores that detection writes through: what the API and the console read in their tests.
 * Shapes follow domain.md: a distillation campaign shares cards and prefixes, works round the clock, is narrow.
 */
export const FIXTURE_NOW = Date.UTC(2026, 5, 5, 12);

export const keyOf = (name: string): AccountKey =>
  accountKey(createHash('sha256').update(name).digest().subarray(0, 16).toString('base64url'));
/** Ids as the enforcement world seals them: not at all. */
export const NAMES: Names = {
  keyOf: async (id) => keyOf(id),
  idOf: async (sealed) => sealed.replace(/^sealed-/, ''),
  hashesOf: async (value) => [{ as: 'card', hash: hashOf(value) }],
  tenantsOf: async ({ tenants }) =>
    tenants.map(({ tenantSealed, billingSealed, exchanges, firstSeen, lastSeen }) => ({
      tenant: tenantSealed.replace(/^sealed-/, ''),
      billingAccount: billingSealed?.replace(/^sealed-/, '') ?? null,
      exchanges,
      firstSeen,
      lastSeen,
    })),
  canaries: canaryKeys(async () => new KeyedHasher('a key of the tests, and nobody elses.')),
};
const hashOf = (name: string): Hash64 => hash64(createHash('sha256').update(name).digest('hex').slice(0, 13));

export type CampaignPlan = {
  id: string;
  classification: Classification;
  accounts: number;
  firstSeen: number;
  version?: number;
  seed?: number;
};
export type Fixture = { campaign: Campaign; links: Link[]; hours: MemberHours[] };

const roleOf = (index: number, total: number): Role => {
  const share = index / total;
  if (share < 0.82) return 'core';
  if (share < 0.95) return 'peripheral';
  return share < 0.98 ? 'suspected-victim' : 'bystander';
};

/** One campaign as detection would describe it at FIXTURE_NOW. The same plan gives the same campaign. */
export function fixtureCampaign(plan: CampaignPlan): Fixture {
  const chance = new SeededChance(plan.seed ?? plan.accounts);
  const { id, classification, accounts, firstSeen } = plan;
  const lastSeen = FIXTURE_NOW - HOUR;
  const cards = Math.max(2, Math.round(accounts / 40));
  const prefixes = Math.max(2, Math.round(accounts / 90));
  const held = Array.from({ length: accounts }, () => ({
    card: Math.floor(chance.next() ** 1.6 * cards),
    prefix: Math.floor(chance.next() ** 1.3 * prefixes),
  }));
  const members = held.map((_, index): Member => {
    const role = roleOf(index, accounts);
    const exchanges = Math.round(20 + chance.next() * 14) * Math.ceil((lastSeen - firstSeen) / DAY);
    return {
      account: keyOf(`${id}/${index}`),
      role,
      score:
        Math.round(
          (role === 'core' ? 14 + chance.next() * 12 : role === 'peripheral' ? 8 + chance.next() * 5 : 1 + chance.next() * 3) * 10,
        ) / 10,
      families:
        role === 'core'
          ? ['payment', 'infrastructure', 'content']
          : role === 'peripheral'
            ? ['payment', 'infrastructure']
            : ['infrastructure'],
      because: [
        `Paid with a card that ${Math.round(accounts / cards)} other members hold and nobody else; a card is held by 1.02 accounts on average.`,
        `Called from a /24 network that ${Math.round(accounts / prefixes)} members share; 3 accounts outside do.`,
        'Active in the same 5-minute slots as the campaign in 71 of 96 hours; matched accounts in 4.',
      ],
      joinedAt: firstSeen + Math.floor(chance.next() * DAY),
      exchanges,
      prevented: 0,
    };
  });
  const links = starLinks(members, held, id);
  const hours = memberHours(members.slice(0, 400), firstSeen, lastSeen, classification, chance);
  const exchanges = members.reduce((sum, member) => sum + member.exchanges, 0);
  const probabilities = {
    distillation: 0.001,
    reselling: 0.001,
    'hijacked-keys': 0.001,
    'shared-origin': 0.001,
    unclear: 0.001,
    [classification]: 0.996,
  };
  const campaign: Campaign = {
    id: campaignId(id),
    classification,
    probabilities,
    firstSeen,
    lastSeen,
    detectedAt: firstSeen + 9 * HOUR,
    updatedAt: FIXTURE_NOW,
    version: plan.version ?? 1,
    members,
    evidence: fixtureEvidence(accounts, cards),
    families: ['payment', 'infrastructure', 'timing', 'content'],
    typicality: 0.4,
    legs: fixtureLegs(classification, accounts, cards),
    odd: classification === 'distillation' ? [] : [`the same load on every account: less than in groups known as ${classification}`],
    indicators: fixtureIndicators(id, held, firstSeen, lastSeen),
    exchanges,
    inputTokens: exchanges * 812,
    outputTokens: exchanges * 2204,
    exchangesBeforeDetection: Math.round(exchanges * 0.009),
    targets: { coding: 0.61, 'agentic-reasoning': 0.27, tools: 0.12 },
    timeline: fixtureTimeline(firstSeen, lastSeen, accounts, chance),
    lineage: [],
    provenance: { run: 'run-0091', code: 'fixture', policy: 'recommended-1', input: 'c0ffee00c0ffee00' },
  };
  return { campaign, links, hours };
}

/** In the sentences of functions/detection/findings/legs.ts: all hold for a campaign that is run to distil, and for no other. */
const fixtureLegs = (classification: Classification, accounts: number, cards: number): Legs => ({
  coordination: {
    holds: true,
    because: `linked by payment and infrastructure, and each of ${accounts} accounts carries the same load (spread at most 0.11)`,
  },
  concealment:
    classification === 'distillation'
      ? {
          holds: true,
          because: `${cards} payment instruments each pay for several accounts that have no address, domain or organisation in common (97 % of those that pay); their requests are spaced out as a machine does`,
        }
      : { holds: false, because: 'nothing shows one operator behind identities made to look unrelated' },
  purpose:
    classification === 'distillation'
      ? {
          holds: true,
          because: "by their prompts, 74 % of 3510 requests ask for reasoning, at least 71 %; of the population's 22 % do",
        }
      : {
          holds: false,
          because:
            "not clearly more than others: by their prompts, 25 % of 812 requests ask for reasoning, at least 19 %; of the population's 22 % do",
        },
});

/** Star edges: each member to the first holder of its card and of its prefix, as the linker makes them. */
function starLinks(members: readonly Member[], held: readonly { card: number; prefix: number }[], id: string): Link[] {
  const links: Link[] = [];
  const hubs = new Map<string, AccountKey>();
  held.forEach(({ card, prefix }, index) => {
    const { account } = members[index]!;
    const tie = (name: string, reason: Omit<Link['reasons'][number], 'hash'>) => {
      const hub = hubs.get(name);
      if (hub === undefined) hubs.set(name, account);
      else links.push({ from: hub, to: account, weight: reason.weight, reasons: [{ ...reason, hash: hashOf(`${id}/${name}`) }] });
    };
    tie(`card ${card}`, { type: 'payment-instrument', family: 'payment', weight: 9.1 });
    tie(`prefix ${prefix}`, { type: 'network-prefix', family: 'infrastructure', weight: 5.4 });
    if (index % 7 === 0) tie('template', { type: 'prompt-template', family: 'content', weight: 4.2 });
  });
  return links;
}

function memberHours(
  members: readonly Member[],
  firstSeen: number,
  lastSeen: number,
  classification: Classification,
  chance: SeededChance,
): MemberHours[] {
  const from = Math.max(hourOf(firstSeen), hourOf(lastSeen) - 13 * DAY);
  return members.map(({ account }, row) => {
    const hours: MemberHours['hours'] = [];
    for (let at = from; at <= lastSeen; at += HOUR) {
      const local = (at / HOUR) % 24;
      const active =
        classification === 'distillation'
          ? (at / HOUR + row) % 3 !== 0 || chance.next() < 0.1
          : local > 7 && local < 20 && chance.next() < 0.6;
      if (active) hours.push([at, 1 + Math.floor(chance.next() * 3), 0]);
    }
    return { account, hours };
  });
}

const fixtureTimeline = (firstSeen: number, lastSeen: number, accounts: number, chance: SeededChance): Campaign['timeline'] =>
  Array.from({ length: Math.floor((lastSeen - firstSeen) / HOUR) }, (_, hour) => [
    hourOf(firstSeen) + hour * HOUR,
    Math.round(accounts * (1 + chance.next() * 0.2)),
    0,
  ]);

const fixtureEvidence = (accounts: number, cards: number): Evidence[] => [
  {
    detector: 'shared-payment',
    family: 'payment',
    because: `${accounts} accounts pay from ${cards} cards; as many accounts of the population pay from ${Math.round(accounts * 0.98)}.`,
    strength: 0.9993,
    numbers: { accounts, cards },
  },
  {
    detector: 'even-load',
    family: 'timing',
    because: 'Requests are spread evenly: the busiest hour carries 1.2 times the mean; matched cohorts 4.8 times.',
    strength: 0.985,
    numbers: { peak: 1.2, baseline: 4.8 },
  },
  {
    detector: 'pooled-content',
    family: 'content',
    because: 'Pooled prompts differ from a matched cohort (MMD² 0.31; 99.9 % of cohorts stay below 0.04).',
    strength: 0.999,
    numbers: { mmd: 0.31, threshold: 0.04 },
  },
];

function fixtureIndicators(id: string, held: readonly { card: number; prefix: number }[], firstUse: number, lastUse: number): Indicator[] {
  const counts = new Map<string, number>();
  for (const { card, prefix } of held)
    for (const name of [`card ${card}`, `prefix ${prefix}`]) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, members]) => ({
    type: name.startsWith('card') ? 'payment-instrument' : 'network-prefix',
    hash: hashOf(`${id}/${name}`),
    family: name.startsWith('card') ? 'payment' : 'infrastructure',
    members,
    others: name.startsWith('card') ? 0 : 3,
    firstUse,
    lastUse,
  }));
}

export const fixtureSummary = (account: AccountKey, hours: MemberHours['hours']): AccountSummary => ({
  account,
  at: FIXTURE_NOW,
  facts: {
    createdAt: FIXTURE_NOW - 60 * DAY,
    plan: 'trial',
    verification: 'email',
    emailDomain: hashOf('mail'),
    organization: hashOf('organisation'),
    paymentInstrument: hashOf('card 1'),
    paymentCountry: 'SG',
    standing: 'active',
  },
  exchanges: hours.reduce((sum, [, count]) => sum + count, 0),
  prevented: 0,
  inputTokens: 512_000,
  outputTokens: 1_204_000,
  statuses: { ok: 501, error: 3, refused: 9, limited: 0, blocked: 0 },
  models: { 'atlas-5': 498, 'atlas-4': 15 },
  tasks: { coding: 320, 'agentic-reasoning': 140, tools: 53 },
  channels: { api: 513 },
  languages: { en: 513 },
  countries: { SG: 400, US: 113 },
  distinct: { ips: 14, prefixes: 3, clients: 1, keys: 1, systems: 1, templates: 4 },
  elicitsReasoning: 0.74,
  grading: 0.21,
  hours,
});

/** Writes what detection writes about a campaign. */
export async function saveFixture({ campaign, links, hours }: Fixture, stores: Stores): Promise<void> {
  const saved = await new CampaignStore(stores).save(campaign);
  if (saved.kind !== 'saved') throw new Error(`the fixture campaign was not saved: ${saved.because}`);
  const graphs = new CampaignGraphStore(stores.archive);
  await graphs.saveLinks(campaign.id, campaign.version, links);
  await graphs.saveHours(campaign.id, campaign.version, hours);
  const flagged = new FlaggedStore(stores.graph);
  const plans = ['free', 'trial', 'paid', 'paid'] as const;
  for (const [index, { account, role, score, exchanges, because }] of campaign.members.entries()) {
    await flagged.detected({
      account,
      campaign: campaign.id,
      classification: campaign.classification,
      role,
      score,
      exchanges,
      because,
      plan: plans[index % 4] ?? 'paid',
      at: campaign.detectedAt + index,
    });
  }
  const summaries = new SummaryStore(stores.graph);
  for (const member of hours.slice(0, 40))
    await summaries.put(fixtureSummary(member.account, member.hours), sealedId(`sealed-${member.account}`));
}
