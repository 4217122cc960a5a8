import type { DetectionPolicy } from '../../shared/model/detection-policy';
import type { AskedPairs } from './asked-pairs';
import type { PairLink } from './links';
import { components, type Network, refine, supported } from './networks';
import { split } from './split';
import type { TraitIndex } from './trait-index';

export type Found = { networks: Network[]; links: PairLink[] };

/** Accounts ▶ links ▶ networks: pure, over an index that is up to date. An account is in one network at most: the one it fits best. */
export function findNetworks(index: TraitIndex, policy: DetectionPolicy, pairs: AskedPairs): Found {
  const bars = {
    linkThreshold: policy.linkThreshold.value,
    memberThreshold: policy.memberThreshold.value,
    minimumNetwork: policy.minimumNetwork.value,
  };
  const links = supported(pairs.joiningLinks(index, bars.linkThreshold));
  const whole = components(index.accounts.length, links, bars.minimumNetwork);
  const parts = whole.flatMap((component) => split(index, component, links, bars.linkThreshold));
  const claimed = new Set(parts.flat());
  const refined = parts.map((part) => refine(index, part, (order) => !claimed.has(order), bars)).filter((network) => network !== undefined);
  return { networks: disjoint(refined, bars.minimumNetwork), links };
}

function disjoint(networks: readonly Network[], minimum: number): Network[] {
  const best = new Map<number, { score: number; network: Network }>();
  for (const network of networks) {
    for (const { entry, score } of network.members) {
      const held = best.get(entry.order);
      if (!held || score > held.score) best.set(entry.order, { score, network });
    }
  }
  return networks
    .map((network) => ({ ...network, members: network.members.filter(({ entry }) => best.get(entry.order)?.network === network) }))
    .filter((network) => network.members.length >= minimum)
    .sort((a, b) => b.members.length - a.members.length);
}
