import type { Campaign, Evidence, Family, Legs, Member } from '../../../shared/domain/campaigns/campaign';
import { accountKey, campaignId } from '../../../shared/identity/ids';

export const T0 = Date.parse('2026-04-22T00:00:00Z');

/** `account-0007`, as a key. */
export const account = (n: number) => accountKey(`account-${String(n).padStart(5, '0')}`);

export function buildMember(n: number, over: Partial<Member> = {}): Member {
  return {
    account: account(n),
    role: 'core',
    score: 12,
    families: ['payment', 'content'],
    because: ['pays with a card that 5 other members pay with'],
    joinedAt: T0,
    exchanges: 26,
    prevented: 0,
    ...over,
  };
}

export const buildEvidence = (family: Family, over: Partial<Evidence> = {}): Evidence => ({
  detector: `test-${family}`,
  family,
  because: `members share ${family} 40 times more often than the population`,
  strength: 0.99,
  numbers: { ratio: 40 },
  ...over,
});

const STANDS = { holds: true, because: 'the test has it so' };
export const LEGS_STAND: Legs = { coordination: STANDS, concealment: STANDS, purpose: STANDS };

/** A distillation campaign of `size` accounts (100) that every rule of the recommended policy would suspend. */
export function buildCampaign(over: Partial<Campaign> & { size?: number } = {}): Campaign {
  const { size = 100, ...rest } = over;
  return {
    id: campaignId('C-hydra'),
    classification: 'distillation',
    probabilities: { distillation: 0.998, reselling: 0.0005, 'hijacked-keys': 0.0005, 'shared-origin': 0.0005, unclear: 0.0005 },
    firstSeen: T0,
    lastSeen: T0,
    detectedAt: T0,
    updatedAt: T0,
    version: 1,
    typicality: 0.5,
    legs: LEGS_STAND,
    members: Array.from({ length: size }, (_, n) => buildMember(n)),
    evidence: [buildEvidence('payment'), buildEvidence('content')],
    families: ['payment', 'content'],
    indicators: [],
    exchanges: 2600,
    inputTokens: 1_000_000,
    outputTokens: 2_000_000,
    exchangesBeforeDetection: 2600,
    targets: { coding: 0.9 },
    timeline: [],
    lineage: [],
    provenance: { run: 'run-1', code: 'test', policy: 'test', input: 'test' },
    ...rest,
  };
}
