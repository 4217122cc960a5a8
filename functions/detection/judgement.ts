import type { DetectionPolicy } from '../../shared/domain/policy/detection-policy';
import type { AccountKey } from '../../shared/identity/ids';
import { type Assessment, assess } from './findings/assess';
import { contentCandidates } from './findings/content-candidates';
import { joinCells } from './findings/join-cells';
import type { GroupContext } from './findings/measures';
import { partsByWork } from './findings/parts-by-work';
import type { PairLink } from './links/links';
import { findNetworks } from './networks/find-networks';
import type { Network } from './networks/networks';
import type { Profile } from './profiles/profile';
import type { Indexed } from './traits/account-traits';

/** What is found out about the accounts of one index, before false discoveries of the whole run are controlled. */
export type Judgement = {
  context: GroupContext;
  links: PairLink[];
  /** Groups that links join, before cells are joined to one. */
  linked: Network[];
  /** Groups that links join and that were left whole: nothing new can be known of them. */
  resting: Indexed[][];
  assessments: Assessment[];
};

type Asked = {
  policy: DetectionPolicy;
  /** Members of campaigns that have a name: content alone is no news of them. `undefined`: content alone is not looked at. */
  named: ReadonlySet<AccountKey> | undefined;
  /** Accounts that no link joins here (screen/units.ts). */
  guests?: ReadonlySet<AccountKey>;
  /** Whether nothing new can be found out about an account. */
  rests?: (account: Profile) => boolean;
  /** Whether content that a network has of its own is a popular tool's among networks that are not here. */
  isPopular?: (type: number, hash: number) => boolean;
};

/** Accounts ▶ links ▶ networks ▶ findings, over an index that is up to date. Pure. */
export function judge(context: GroupContext, { policy, named, guests, rests, isPopular }: Asked): Judgement {
  const found = findNetworks(context.index, policy, { ...(guests ? { guests } : {}), ...(rests ? { rests } : {}) });
  const parts = found.networks.flatMap((network) => partsByWork(network, context, policy.legs));
  const cells = joinCells(parts, context, policy.legs, isPopular);
  const groups = named ? [...cells, ...contentCandidates(cells, withAll(named, found.resting), context, policy)] : cells;
  const assessments = groups.map((network) => assess(network, context, policy));
  return { context, links: found.links, linked: parts, resting: found.resting, assessments };
}

/** Whoever is in a group that rests is linked, as who is in any other. */
const withAll = (named: ReadonlySet<AccountKey>, resting: readonly Indexed[][]): ReadonlySet<AccountKey> =>
  resting.length === 0 ? named : new Set([...named, ...resting.flatMap((group) => group.map(({ profile }) => profile.account))]);
