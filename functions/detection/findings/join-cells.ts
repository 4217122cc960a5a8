import type { LegPolicy } from '../../../shared/domain/policy/detection-policy';
import { DAY } from '../../../shared/domain/time';
import { GroupProfile, type Network, UnionFind } from '../networks/networks';
import { loadSpreadOf } from '../profiles/load-spread';
import type { Profile } from '../profiles/profile';
import { typesOf } from '../traits/traits';
import { dispersionOf, elicitation } from './baseline';
import { identityOf } from './identity';
import { opennessOf } from './legs';
import { type Group, type GroupContext, median } from './measures';

/** What two cells of one operator have in common when they share neither address nor card: what they send. */
const CONTENT = typesOf('system-prompt', 'prompt-template', 'prompt-phrase');
/** Share of a cell's members that hold a trait for it to be the cell's, and nats from which it is asked about. */
const HELD_BY = 0.4;
const LEAST_WEIGHT = 0.5;
/** Mean content score (nats) that the members of each cell must reach under the profile of the other: twenty times as likely. */
const LIKE_CONTENT = 3;
/** Days within which both were signed up, by their middle halves. */
const SIGNED_UP_WITHIN_DAYS = 14;
const POPULAR = 64;
const SAMPLE = 24;
/** A network of more accounts than this stands or falls by itself: only what is too small to be judged is joined. */
const CELL_AT_MOST = 20;
/** Standard errors by which the shares of two cells' requests that ask for reasoning or grades may differ. */
const SAME_ASKING_ERRORS = 3;
/** ln of how far the loads of two cells may differ: by a third. */
const SAME_LOAD = 0.3;

/**
 * Cells that share no address and no payment instrument, but do one work: none says whom to call, each sends what the other sends and
 * hardly anybody else does, asks for reasoning and grades as often, spaces its requests out as a machine does, every account carries the
 * same load, and they were signed up in the same days. All of it is asked for: people with one popular tool, or one course, share some of
 * it. Joined cells are judged as one group; nothing else follows from joining.
 */
export function joinCells(
  networks: readonly Network[],
  context: GroupContext,
  legs: LegPolicy,
  isPopular: (type: number, hash: number) => boolean = () => false,
): Network[] {
  const sets = new UnionFind(networks.length);
  const cells = new Map<number, Cell | undefined>();
  const cellOf = (place: number): Cell | undefined => {
    if (!cells.has(place)) cells.set(place, readCell(networks[place]!, context, legs));
    return cells.get(place);
  };
  for (const [a, b] of candidates(networks, context, isPopular)) {
    if (sets.find(a) === sets.find(b)) continue;
    const [one, other] = [cellOf(a), cellOf(b)];
    if (one && other && oneWork(one, other, legs)) sets.union(a, b);
  }
  return sets
    .parts()
    .map((part) => part.map((place) => networks[place]!))
    .map((parts) => (parts.length === 1 ? parts[0]! : together(parts, context)))
    .sort((a, b) => b.members.length - a.members.length);
}

type Cell = { network: Network; profiles: Profile[]; born: [number, number]; load: number; asking: Counts[] };
type Counts = { of: number; asked: number };

/** A network that may be one of several; undefined when it is large, says whom to call, or does not work as a machine does. */
function readCell(network: Network, context: GroupContext, legs: LegPolicy): Cell | undefined {
  if (network.members.length > CELL_AT_MOST) return undefined;
  const profiles = network.members.map(({ entry }) => entry.profile);
  const group: Group = { ...context, members: network.members, holdings: network.profile, profiles };
  // One payer for a cell is what cells have.
  if (opennessOf({ ...identityOf(group), payer: 0 }, legs)) return undefined;
  const dispersion = median(profiles.map(dispersionOf).filter((value) => value !== undefined));
  if (dispersion === undefined || dispersion > legs.machineDispersion.value) return undefined;
  const loads = profiles.map((profile) => profile.activity()).filter((life) => life !== undefined);
  const load = median(loads.map(({ first, last, exchanges }) => exchanges / (last - first + 1)));
  if (load === undefined) return undefined;
  const born = profiles.map(({ bornAt }) => bornAt).sort((a, b) => a - b);
  const quarter = (part: number): number => born[Math.min(born.length - 1, Math.floor(part * born.length))]!;
  return { network, profiles, born: [quarter(0.25), quarter(0.75)], load, asking: askedBy(profiles) };
}

function oneWork(one: Cell, other: Cell, legs: LegPolicy): boolean {
  const from = Math.min(one.born[0], other.born[0]);
  const to = Math.max(one.born[1], other.born[1]);
  if (to - from > SIGNED_UP_WITHIN_DAYS * DAY) return false;
  if (Math.abs(Math.log(one.load / other.load)) > SAME_LOAD) return false;
  if (!one.asking.every((counts, i) => sameShare(counts, other.asking[i]!))) return false;
  if (likeness(one.network, other.network) < LIKE_CONTENT || likeness(other.network, one.network) < LIKE_CONTENT) return false;
  const load = loadSpreadOf([...one.profiles, ...other.profiles]);
  return load !== undefined && load.atMost <= legs.loadSpread.value;
}

/** Whether the members of one send something of their own that those of the other do not send. */
export const sendsItsOwn = (one: Network, other: Network): boolean =>
  likeness(one, one) >= LIKE_CONTENT && likeness(other, one) < LIKE_CONTENT;

/** Mean content score (nats) of the members of one network under the profile of another, or of their own, each without itself. */
function likeness(of: Network, to: Network): number {
  const sample = of.members.slice(0, SAMPLE);
  return sample.reduce((sum, { entry }) => sum + to.profile.score(entry, of === to).byFamily.content, 0) / sample.length;
}

function askedBy(profiles: readonly Profile[]): Counts[] {
  const read = profiles.map(elicitation);
  const count = (own: (one: (typeof read)[number]) => number): Counts => ({
    of: read.reduce((sum, { of }) => sum + of, 0),
    asked: read.reduce((sum, one) => sum + one.of * own(one), 0),
  });
  return [count(({ elicits }) => elicits), count(({ grading }) => grading)];
}

/** Two shares, by the pooled normal test. */
function sameShare(a: Counts, b: Counts): boolean {
  if (a.of === 0 || b.of === 0) return false;
  const pooled = (a.asked + b.asked + 1) / (a.of + b.of + 2);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.of + 1 / b.of));
  return Math.abs(a.asked / a.of - b.asked / b.of) <= SAME_ASKING_ERRORS * error;
}

function together(cells: readonly Network[], { index }: GroupContext): Network {
  const members = cells.flatMap((cell) => cell.members);
  const entries = members.map(({ entry }) => entry);
  return { members, profile: new GroupProfile(index, members.length, entries) };
}

/** Traits of content that a network has of its own (ids): what two cells are compared for. */
export function* contentOf({ members, profile }: Network, { index }: Pick<GroupContext, 'index'>): Iterable<number> {
  for (const [id, count] of profile.counts)
    if (CONTENT.has(index.types[id]!) && count >= HELD_BY * members.length && index.weight(id) >= LEAST_WEIGHT) yield id;
}

/** Whether a network may be one of several cells. */
export const mayBeCell = (network: Network, context: GroupContext, legs: LegPolicy): boolean =>
  readCell(network, context, legs) !== undefined;

/** A trait that so many networks have is a popular tool or task, and joins none of them. */
export const isPopularAmong = (networks: number): boolean => networks > POPULAR;

/** Pairs of networks that have content of their own in common, by their places (blocking). `isPopular`: among networks that are not here, too. */
function candidates(
  networks: readonly Network[],
  context: GroupContext,
  isPopular: (type: number, hash: number) => boolean,
): [number, number][] {
  const { types, hashes } = context.index;
  const holders = new Map<number, number[]>();
  networks.forEach((network, place) => {
    for (const id of contentOf(network, context)) {
      const known = holders.get(id);
      if (known) known.push(place);
      else holders.set(id, [place]);
    }
  });
  const pairs = new Map<string, [number, number]>();
  for (const [id, places] of holders) {
    if (isPopularAmong(places.length) || isPopular(types[id]!, hashes[id]!)) continue;
    for (let i = 1; i < places.length; i++) {
      for (let j = 0; j < i; j++) pairs.set(`${places[j]}/${places[i]}`, [places[j]!, places[i]!]);
    }
  }
  return [...pairs.values()].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
}
