import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import { joiningLinks } from '../links/candidate-pairs';
import type { PairLink } from '../links/links';
import type { Profile } from '../profiles/profile';
import type { Indexed } from '../traits/account-traits';
import type { TraitIndex } from '../traits/trait-index';
import { components, type Membership, type Network, type NetworkPolicy, refine, supported } from './networks';
import { split } from './split';

/** `resting`: accounts of components that were left whole, each in a campaign already. */
export type Found = { networks: Network[]; links: PairLink[]; resting: Indexed[][] };
export type FindOptions = {
  /** Accounts that no link joins here, and that may fit all the same. */
  guests?: ReadonlySet<AccountKey>;
  /** Whether nothing new can be found out about an account: it is in a campaign, and has long been silent (campaigns/resting.ts). */
  rests?: (account: Profile) => boolean;
};

/** Accounts that a component must have to be left whole: a smaller one costs little to judge, and may be one cell of several. */
const FEWEST_AT_REST = 50;

/** Accounts ▶ links ▶ networks: pure, over an index that is up to date. An account is in one network at most: the one it fits best. */
export function findNetworks(index: TraitIndex, policy: DetectionPolicy, { guests, rests = () => false }: FindOptions = {}): Found {
  const bars = {
    linkThreshold: policy.linkThreshold.value,
    memberThreshold: policy.memberThreshold.value,
    minimumNetwork: policy.minimumNetwork.value,
  };
  const isGuest = (order: number): boolean => guests?.has(index.accounts[order]!.profile.account) ?? false;
  const joining = joiningLinks(index, bars.linkThreshold);
  const links = supported(guests?.size ? joining.filter(({ a, b }) => !isGuest(a) && !isGuest(b)) : joining);
  const whole = components(index.accounts.length, links, bars.minimumNetwork);
  const isAtRest = (component: readonly number[]): boolean =>
    component.length >= FEWEST_AT_REST && component.every((order) => rests(index.accounts[order]!.profile));
  const resting = whole.filter(isAtRest);
  const active = resting.length === 0 ? whole : whole.filter((component) => !isAtRest(component));
  const own = linksOfEach(active, links);
  const parts = active.flatMap((component, at) => split(index, component, own[at]!, bars.linkThreshold));
  const claimed = new Set(whole.flat());
  const refined = parts.map((part) => refine(index, part, (order) => !claimed.has(order), bars)).filter((network) => network !== undefined);
  return {
    networks: settle(index, refined, bars),
    links,
    resting: resting.map((component) => component.map((order) => index.accounts[order]!)),
  };
}

/** The links of each component: looked for once, however many components there are. */
function linksOfEach(components: readonly (readonly number[])[], links: readonly PairLink[]): PairLink[][] {
  const home = new Map<number, PairLink[]>();
  const each = components.map((component) => {
    const own: PairLink[] = [];
    for (const order of component) home.set(order, own);
    return own;
  });
  for (const link of links) home.get(link.a)?.push(link);
  return each;
}

/** How much better (nats) an account must fit another network than its own to move there. */
const BETTER = 1;

/** Every account goes to the network it fits best, also one that a coincidence had joined to another; what is left too small is none. */
export function settle(
  index: TraitIndex,
  networks: readonly Network[],
  { memberThreshold, minimumNetwork }: Pick<NetworkPolicy, 'memberThreshold' | 'minimumNetwork'>,
): Network[] {
  const home = new Map<number, number>();
  for (const { members } of networks)
    for (const { entry, score } of members) home.set(entry.order, Math.max(score, home.get(entry.order) ?? 0));
  const all = networks.map(({ members, profile }) => {
    const inside = new Set(members.map(({ entry }) => entry.order));
    const guests: Membership[] = [];
    for (const order of profile.candidates()) {
      const score = home.get(order);
      if (score === undefined || inside.has(order)) continue;
      const membership = profile.score(index.accounts[order]!, false);
      if (membership.score > Math.max(memberThreshold, score + BETTER) && membership.families.length >= 2) guests.push(membership);
    }
    return { members: [...members, ...guests], profile };
  });
  return disjoint(all, minimumNetwork);
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
