import { z } from 'zod';
import { HOUR } from '../time';
import { type Campaign, CLASSIFICATIONS, FAMILIES, tenantsOf } from './campaign';

/**
 * What a provider tells others about one operator: several campaigns in one document, frozen when it is written. It is the state of an
 * entry of the ledger, so its number is the entry's, its hash is in the chain, and nobody can change it afterwards. Numbers and sentences
 * only: no account, no keyed hash, no name of a person but the author of an attribution, whom readers without a role do not see.
 */
export const CONFIDENCES = ['low', 'moderate', 'high'] as const;
/** Who is behind it is a judgement of people and stands apart from what was measured. */
export const Attribution = z.object({
  statement: z.string().min(10).max(1_000),
  confidence: z.enum(CONFIDENCES),
  /** What it rests on; who judges. */
  basis: z.string().min(10).max(2_000),
  author: z.string(),
});
export type Attribution = z.infer<typeof Attribution>;

/** List prices, US dollars a million tokens. */
export const Prices = z.object({ inputPerMillion: z.number().min(0).max(100_000), outputPerMillion: z.number().min(0).max(100_000) });

const Part = z.object({ name: z.string(), share: z.number(), exchanges: z.number(), tokens: z.number() });
export const Disclosure = z.object({
  title: z.string(),
  writtenAt: z.number(),
  /** The hours that are counted: [from, to), ms. */
  from: z.number(),
  to: z.number(),
  campaigns: z.array(
    z.object({
      id: z.string(),
      version: z.int(),
      classification: z.enum(CLASSIFICATIONS),
      probability: z.number(),
      accounts: z.int(),
      /** Of them tenants of other clouds, by cloud; absent in documents of before. */
      tenants: z.record(z.string(), z.int()).optional(),
      exchanges: z.number(),
      prevented: z.number(),
      detectedAt: z.number(),
      firstSeen: z.number(),
      lastSeen: z.number(),
      evidence: z.array(z.object({ family: z.enum(FAMILIES), because: z.string(), strength: z.number() })),
      done: z.array(z.object({ at: z.number(), what: z.string(), by: z.string(), because: z.string() })),
    }),
  ),
  accounts: z.int(),
  exchanges: z.number(),
  prevented: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** By capability (the provider's task label), model and channel. The last two: of the use that was still at hand, named by `sampled`. */
  capabilities: z.array(Part),
  models: z.array(Part),
  channels: z.array(Part),
  /** Accounts whose use by model and channel was at hand, and their requests. */
  sampled: z.object({ accounts: z.int(), requests: z.number() }),
  built: z.array(z.object({ type: z.string(), distinct: z.int(), largest: z.int() })),
  value: z.object({ dollars: z.number(), prices: Prices }).nullable(),
  attribution: Attribution.nullable(),
});
export type Disclosure = z.infer<typeof Disclosure>;

/** All disclosures are one chain: entry n is disclosure n. */
export const DISCLOSURES = 'disclosures';
export const DISCLOSURE_CHAIN = { prefix: 'DS#', state: Disclosure };
export const MOST_DISCLOSED = 20;

/** How accounts were used: what a summary of each says, added up. */
export type Use = { accounts: number; requests: number; models: Record<string, number>; channels: Record<string, number> };
export type Disclosed = { campaign: Campaign; probability: number; done: Disclosure['campaigns'][number]['done'] };
const MOST_EVIDENCE = 8;
const MOST_DONE = 40;
const MOST_PARTS = 20;

/**
 * The document. Pure. Exchanges and prevented requests of the range are counted by the hour; tokens are those of the campaign by its
 * share of exchanges in the range. An account that is in two campaigns is counted once.
 */
export function discloseOf(
  about: readonly Disclosed[],
  given: {
    title: string;
    from?: number;
    to?: number;
    now: number;
    use: Use;
    prices: z.infer<typeof Prices> | null;
    attribution: Attribution | null;
  },
): Disclosure {
  const { title, now, use, prices, attribution } = given;
  const from = given.from ?? Math.min(...about.map(({ campaign }) => campaign.firstSeen));
  const to = given.to ?? Math.max(...about.map(({ campaign }) => campaign.lastSeen)) + HOUR;
  const accounts = new Set<string>();
  const capabilities = new Map<string, { exchanges: number; tokens: number }>();
  let inputTokens = 0;
  let outputTokens = 0;
  const campaigns = about.map(({ campaign, probability, done }) => {
    for (const { account } of campaign.members) accounts.add(account);
    const counted = inRange(campaign, from, to, given.from === undefined && given.to === undefined);
    const share = campaign.exchanges === 0 ? 0 : Math.min(1, counted.exchanges / campaign.exchanges);
    const [input, output] = [campaign.inputTokens * share, campaign.outputTokens * share];
    inputTokens += input;
    outputTokens += output;
    for (const [name, part] of Object.entries(campaign.targets)) {
      const sum = capabilities.get(name) ?? { exchanges: 0, tokens: 0 };
      capabilities.set(name, { exchanges: sum.exchanges + part * counted.exchanges, tokens: sum.tokens + part * (input + output) });
    }
    return {
      id: campaign.id,
      version: campaign.version,
      classification: campaign.classification,
      probability,
      accounts: campaign.members.length,
      tenants: Object.fromEntries(Object.entries(tenantsOf(campaign.members)).map(([cloud, { accounts }]) => [cloud, accounts])),
      ...counted,
      detectedAt: campaign.detectedAt,
      firstSeen: campaign.firstSeen,
      lastSeen: campaign.lastSeen,
      evidence: [...campaign.evidence]
        .sort((one, other) => other.strength - one.strength)
        .slice(0, MOST_EVIDENCE)
        .map(({ family, because, strength }) => ({ family, because, strength })),
      done: done.slice(-MOST_DONE),
    };
  });
  const exchanges = campaigns.reduce((sum, one) => sum + one.exchanges, 0);
  const tokens = inputTokens + outputTokens;
  return {
    title,
    writtenAt: now,
    from,
    to,
    campaigns,
    accounts: accounts.size,
    exchanges,
    prevented: campaigns.reduce((sum, one) => sum + one.prevented, 0),
    inputTokens: Math.round(inputTokens),
    outputTokens: Math.round(outputTokens),
    capabilities: [...capabilities]
      .map(([name, part]) => ({
        name,
        share: exchanges === 0 ? 0 : part.exchanges / exchanges,
        exchanges: Math.round(part.exchanges),
        tokens: Math.round(part.tokens),
      }))
      .sort((one, other) => other.exchanges - one.exchanges)
      .slice(0, MOST_PARTS),
    models: partsOf(use.models, exchanges, tokens),
    channels: partsOf(use.channels, exchanges, tokens),
    sampled: { accounts: use.accounts, requests: use.requests },
    built: builtOf(about),
    value:
      prices === null
        ? null
        : { dollars: Math.round((inputTokens * prices.inputPerMillion + outputTokens * prices.outputPerMillion) / 10_000) / 100, prices },
    attribution,
  };
}

/** The whole campaign as it counts itself, or the hours of the range. */
function inRange(campaign: Campaign, from: number, to: number, whole: boolean): { exchanges: number; prevented: number } {
  const hours = campaign.timeline.filter(([at]) => whole || (at >= from && at < to));
  const prevented = hours.reduce((sum, [, , count]) => sum + count, 0);
  return { exchanges: whole ? campaign.exchanges : hours.reduce((sum, [, count]) => sum + count, 0), prevented };
}

/** Shares of the use at hand, carried over to the whole. */
function partsOf(counts: Record<string, number>, exchanges: number, tokens: number): Disclosure['models'] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => ({
      name,
      share: count / total,
      exchanges: Math.round((exchanges * count) / total),
      tokens: Math.round((tokens * count) / total),
    }))
    .sort((one, other) => other.exchanges - one.exchanges)
    .slice(0, MOST_PARTS);
}

function builtOf(about: readonly Disclosed[]): Disclosure['built'] {
  const built = new Map<string, { hashes: Set<string>; largest: number }>();
  for (const { campaign } of about)
    for (const { type, hash, members } of campaign.indicators) {
      const entry = built.get(type) ?? { hashes: new Set<string>(), largest: 0 };
      entry.hashes.add(hash);
      built.set(type, { hashes: entry.hashes, largest: Math.max(entry.largest, members) });
    }
  return [...built]
    .map(([type, { hashes, largest }]) => ({ type, distinct: hashes.size, largest }))
    .sort((one, other) => other.largest - one.largest);
}
