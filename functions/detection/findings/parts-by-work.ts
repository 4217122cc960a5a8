import type { LegPolicy } from '../../../shared/domain/policy/detection-policy';
import { GroupProfile, type Membership, type Network } from '../networks/networks';
import { isSameOperator } from '../networks/same-operator';
import type { Profile } from '../profiles/profile';
import { ASKING_SOURCES, type AskedFor, askedFor, dispersionOf } from './baseline';
import { identityOf } from './identity';
import { sendsItsOwn } from './join-cells';
import { opennessOf } from './legs';
import type { GroupContext } from './measures';

/** A part has at least this many members, and this share of the network. */
const FEWEST = 8;
const PART = 0.15;
/** Requests from which it can be read how often an account asks for something. */
const ENOUGH_REQUESTS = 12;
/** Ashman's D of the two parts, at least. The best cut of one normal population gives 2.7, of an even spread 3.5. */
const APART = 4;
/** The same for what they were not cut by: two normal populations have two peaks from 2 on. */
const OTHERWISE = 2;

/** Something read of each account that can be read; `uncertain`: variance that so little traffic leaves, below which nothing is apart. */
type Axis = { of: ReadonlyMap<Profile, number>; uncertain: number };

/**
 * Takes apart a network that does two kinds of work: some of its accounts send, or ask for, what the others do not, *and* keep another
 * rhythm. Infrastructure alone does not say so: machines that somebody planted behind a campus, an office or a course use its addresses
 * and its domain, and would be shielded by its people, or would have them judged as machines. Both must differ, so that accounts of one
 * schedule with several tasks stay together, and so do people of whom some ask for more. A network that one operator moves stays whole
 * unless it says whom to call: what is open shields those who work there, and nobody else. Members keep the scores by which the whole
 * network holds them; what is commoner among them than elsewhere is counted anew, beside everybody outside the part.
 */
export function partsByWork(network: Network, context: GroupContext, legs: LegPolicy): Network[] {
  const { members } = network;
  const fewest = Math.max(FEWEST, PART * members.length);
  if (members.length < 2 * fewest) return [network];
  const profiles = members.map(({ entry }) => entry.profile);
  const rhythm = rhythmsOf(profiles);
  const askings = askingsOf(profiles);
  for (const axis of [rhythm, ...askings]) {
    const parts = cutAlong(axis, network, fewest, context);
    if (!parts) continue;
    const [one, other] = parts;
    const isOtherWork = (): boolean =>
      askings.some((asking) => differ(asking, one, other)) || sendsItsOwn(one, other) || sendsItsOwn(other, one);
    if (axis === rhythm ? !isOtherWork() : !differ(rhythm, one, other)) continue;
    if (!isOpen(network, context, legs) && isSameOperator(context.index, ordersOf(one), ordersOf(other))) continue;
    return parts;
  }
  return [network];
}

/** How evenly each account works, as the logarithm of its index of dispersion. */
const rhythmsOf = (profiles: readonly Profile[]): Axis => ({
  of: readOf(profiles, (profile) => {
    const dispersion = dispersionOf(profile);
    return dispersion === undefined ? undefined : Math.log(Math.max(0.1, dispersion));
  }),
  // Of a variance over fifty hours.
  uncertain: 2 / 50,
});

/** How often each account asks for reasoning, and for grades, by each source, as an angle: its variance does not depend on the share. */
const askingsOf = (profiles: readonly Profile[]): Axis[] =>
  ASKING_SOURCES.flatMap((source) => {
    const angle = (share: (asked: AskedFor) => number): Axis => ({
      of: readOf(profiles, (profile) => {
        const asked = askedFor(profile, source);
        return asked.of < ENOUGH_REQUESTS ? undefined : Math.asin(Math.sqrt(Math.min(1, share(asked))));
      }),
      // Of a share over fifty requests.
      uncertain: 1 / (4 * 50),
    });
    return [angle(({ elicits }) => elicits), angle(({ grading }) => grading)];
  });

const readOf = (profiles: readonly Profile[], read: (profile: Profile) => number | undefined): Map<Profile, number> =>
  new Map(
    profiles.flatMap((profile) => {
      const value = read(profile);
      return value === undefined ? [] : [[profile, value] as const];
    }),
  );

/**
 * The two parts where a cut parts the accounts best (Otsu 1979: greatest variance between), if they are truly apart (Ashman, Bird and Zepf
 * 1994: D, the distance of means over the root mean square of the deviations). Whoever has too little use to tell is with the larger part.
 */
function cutAlong({ of, uncertain }: Axis, network: Network, fewest: number, context: GroupContext): [Network, Network] | undefined {
  const sorted = [...of.values()].sort((a, b) => a - b);
  const n = sorted.length;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let best: { at: number; between: number } | undefined;
  let below = 0;
  for (let at = 1; at < n; at++) {
    below += sorted[at - 1]!;
    if (at < fewest || n - at < fewest || sorted[at] === sorted[at - 1]) continue;
    const between = at * (n - at) * ((total - below) / (n - at) - below / at) ** 2;
    if (!best || between > best.between) best = { at, between };
  }
  if (!best) return undefined;
  const [low, high] = [moments(sorted.slice(0, best.at)), moments(sorted.slice(best.at))];
  if (distance(low, high, uncertain) < APART) return undefined;
  const least = sorted[best.at]!;
  const unread = best.at > n / 2 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const isHigh = ({ entry }: Membership): boolean => (of.get(entry.profile) ?? unread) >= least;
  const part = (members: Membership[]): Network => ({
    ...network,
    members,
    profile: new GroupProfile(
      context.index,
      members.length,
      members.map(({ entry }) => entry),
    ),
  });
  return [part(network.members.filter(isHigh)), part(network.members.filter((member) => !isHigh(member)))];
}

type Moments = { mean: number; variance: number };

/** Ashman's D. */
const distance = (one: Moments, other: Moments, uncertain: number): number =>
  Math.abs(one.mean - other.mean) / Math.sqrt(Math.max(uncertain, (one.variance + other.variance) / 2));

function moments(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/** Whether two parts that were cut by something else differ in this. */
function differ({ of, uncertain }: Axis, one: Network, other: Network): boolean {
  const [some, others] = [one, other].map(({ members }) => members.flatMap(({ entry }) => of.get(entry.profile) ?? []));
  return some!.length >= FEWEST && others!.length >= FEWEST && distance(moments(some!), moments(others!), uncertain) >= OTHERWISE;
}

const ordersOf = ({ members }: Network): number[] => members.map(({ entry }) => entry.order);

function isOpen({ members, profile }: Network, context: GroupContext, legs: LegPolicy): boolean {
  const profiles = members.map(({ entry }) => entry.profile);
  return opennessOf(identityOf({ ...context, members, holdings: profile, profiles }), legs) !== undefined;
}
