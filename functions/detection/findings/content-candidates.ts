import type { DetectionPolicy } from '../../../shared/domain/policy/detection-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import { GroupProfile, type Membership, type Network, UnionFind } from '../networks/networks';
import { loadSpreadOf } from '../profiles/load-spread';
import type { Indexed } from '../traits/account-traits';
import type { TraitIndex } from '../traits/trait-index';
import { typesOf } from '../traits/traits';
import { ASKING_SOURCES, askedFor, type Baseline } from './baseline';
import { identityOf } from './identity';
import { opennessOf } from './legs';
import type { GroupContext } from './measures';
import { binomialAtMost } from './member-fit';
import { partsByWork } from './parts-by-work';

/** Requests from which an account can be seen to ask for reasoning or grades, and how improbable its count must be for ordinary use. */
const ENOUGH_REQUESTS = 12;
const IMPROBABLE = 0.001;
/** It asks this many times as often as the population, at least. */
const TIMES = 3;
const CONTENT = typesOf('system-prompt', 'prompt-template', 'prompt-phrase');
/** A trait joins askers when so many of them hold it, and this many times as commonly as others do. */
const FEWEST_HOLDERS = 4;
const TELLING_TIMES = 10;
/** Content score (nats) under the group's own profile that keeps an account in: twenty times as likely as for anybody else. */
const LIKE_CONTENT = 3;
/** Smaller groups without a link are coincidence, or friends with one trick. */
export const SMALLEST = 12;
const ROUNDS = 6;
/** Overdispersion of the loads: unrelated people were seen at 0.5 and more. Only an estimate is asked for: people look at what is found. */
const ALIKE_LOAD = 0.4;

/**
 * Accounts that nothing links but what they ask for: each asks for reasoning or grades far more often than others do, they send what the
 * others of them send and hardly anybody else does, and their loads are alike. One operator with a card, a household and a common tool for
 * each account looks like this; so may a course. They are shown to people as what they are, and never acted on by a machine. `named`:
 * members of campaigns that have a name already.
 */
export function contentCandidates(
  networks: readonly Network[],
  named: ReadonlySet<AccountKey>,
  context: GroupContext,
  policy: Pick<DetectionPolicy, 'legs'>,
): Network[] {
  const { index, baseline } = context;
  const linked = new Set(networks.flatMap(({ members }) => members.map(({ entry }) => entry.order)));
  const isFree = ({ order, profile }: Indexed): boolean => !linked.has(order) && !named.has(profile.account);
  const askers = index.accounts.filter((entry) => isFree(entry) && asksUnusually(entry, baseline));
  return partsOf(askers, index)
    .flatMap((part) => alike(part, index) ?? [])
    .flatMap((network) => partsByWork(network, context, policy.legs))
    .filter(({ members, profile }) => {
      if (members.length < SMALLEST) return false;
      const profiles = members.map(({ entry }) => entry.profile);
      const load = loadSpreadOf(profiles);
      if (!load || load.spread > ALIKE_LOAD) return false;
      return opennessOf(identityOf({ ...context, members, holdings: profile, profiles }), policy.legs) === undefined;
    });
}

/** Whether an account asks for reasoning or grades far more often than others do. */
export function asksUnusually({ profile }: Pick<Indexed, 'profile'>, { asking }: Baseline): boolean {
  return ASKING_SOURCES.some((source) => {
    const { of, elicits, grading } = askedFor(profile, source);
    const unusual = (share: number, base: number): boolean =>
      share >= TIMES * base && 1 - binomialAtMost(Math.round(of * share) - 1, of, base) < IMPROBABLE;
    return of >= ENOUGH_REQUESTS && (unusual(elicits, asking[source].elicits) || unusual(grading, asking[source].grading));
  });
}

/** Askers that have content in common which is far commoner among them than elsewhere. */
function partsOf(askers: readonly Indexed[], index: TraitIndex): Indexed[][] {
  if (askers.length < SMALLEST) return [];
  const all = new GroupProfile(index, askers.length, askers);
  const sets = new UnionFind(askers.length);
  const first = new Map<number, number>();
  askers.forEach(({ ids }, place) => {
    for (const id of ids) {
      const holders = all.counts.get(id)!;
      if (!CONTENT.has(index.types[id]!) || holders < FEWEST_HOLDERS || index.isHub(id)) continue;
      if (holders / askers.length < TELLING_TIMES * all.base(id)) continue;
      const other = first.get(id);
      if (other === undefined) first.set(id, place);
      else sets.union(place, other);
    }
  });
  return sets
    .parts()
    .filter(({ length }) => length >= SMALLEST)
    .map((part) => part.map((place) => askers[place]!));
}

/** Those of a part that send what the others of it send, until none falls off; undefined when too few are left. */
function alike(part: readonly Indexed[], index: TraitIndex): Network | undefined {
  let inside = part;
  for (let round = 0; round < ROUNDS; round++) {
    const profile = new GroupProfile(index, inside.length, inside);
    const members: Membership[] = inside
      .map((entry) => profile.score(entry, true))
      .filter(({ byFamily }) => byFamily.content >= LIKE_CONTENT);
    if (members.length < SMALLEST) return undefined;
    if (members.length === inside.length) return { members, profile, foundBy: 'content' };
    inside = members.map(({ entry }) => entry);
  }
  return undefined;
}
