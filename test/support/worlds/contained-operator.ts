import type { CheckPorts } from '../../../functions/admission/check';
import { type Newcomer, showing } from '../../../functions/admission/newcomer';
import type { Campaign, Indicator } from '../../../shared/domain/campaigns/campaign';
import { HOUR } from '../../../shared/domain/time';
import { KeyedHasher } from '../../../shared/identity/keyed-hash';
import { KnownByStore } from '../../../shared/stores/campaigns/known-by-store';
import { buildCampaign } from './build-campaign';
import { enforcementWorld } from './enforcement-world';

export const GATE_SECRET = 'a-key-of-the-tests-and-of-nobody-else';
export const hasher = new KeyedHasher(GATE_SECRET);
/** What the operator's accounts show. */
export const OPERATOR: Newcomer = {
  account: { paymentInstrument: '411111-9f3', signupIp: '198.51.100.7', emailDomain: 'fastmail-77.example' },
  network: { ip: '198.51.100.9:443' },
  client: { userAgent: 'harvest/1' },
  prompt: { text: 'explain step by step how to sort list 7' },
};
const FAMILY = { 'payment-instrument': 'payment', 'client-build': 'infrastructure', 'email-domain': 'registration' } as const;

/** A campaign that is known by what its operator shows, contained by the recommended policy unless told otherwise. */
export async function contained(side: Parameters<typeof enforcementWorld>[0], options: Parameters<typeof enforcementWorld>[1] = {}) {
  const world = await enforcementWorld(side, options);
  const indicators = showing(OPERATOR, hasher).shown.flatMap(({ type, hash }): Indicator[] =>
    type in FAMILY
      ? [{ type, hash, family: FAMILY[type as keyof typeof FAMILY], members: 20, others: 0, firstUse: 0, lastUse: 0, weight: 7 }]
      : [],
  );
  const campaign: Campaign = buildCampaign({ size: 24, indicators });
  const known = new KnownByStore(world.stores.graph);
  await known.follow(campaign, undefined);
  await world.detect(campaign);
  await world.pass(6 * HOUR);
  const ports = (over: Partial<CheckPorts> = {}): CheckPorts => ({
    graph: world.stores.graph,
    enforcement: world.stores.enforcement,
    clock: world.clock,
    hasher: async () => hasher,
    policy: world.enforcement.policy,
    ...over,
  });
  return { ...world, campaign, known, ports };
}
