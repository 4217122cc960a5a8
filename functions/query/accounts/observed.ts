import type { KeyState } from '../../../shared/domain/api-key';
import { iso, MINUTE } from '../../../shared/domain/time';
import type { ShownEvent } from '../../../shared/formats/shown-event';

/**
 * What stands out in the requests of one account: for people to look at. None of it is counted in any verdict: no figure says yet how
 * often honest people do the same (docs/detection.md). Pure.
 */
export const OBSERVED = ['limits-swept', 'refusals-probed', 'sessions-on-a-timer', 'key-elsewhere'] as const;
/** `key`: the API key that it is about, as a keyed hash. */
export type Observation = { what: (typeof OBSERVED)[number]; because: string; numbers: Record<string, number>; key?: string };
/** What the provider said about keys of the account, by keyed hash (`lockstep.key.v1`). */
export type KeyStates = ReadonlyMap<string, KeyState>;

/** Fewer requests are chance. */
const FEWEST_LIMITED = 20;
/** Clients have a few limits, a sweep has many, and none of them usual. */
const SWEPT_VALUES = 8;
const USUAL_SHARE = 0.5;
const FEWEST_REFUSED = 8;
const PROBED_CATEGORIES = 4;
const FEWEST_SESSIONS = 8;
/** Spread of the pauses between sessions, as a share of their mean: a person's is near 1. */
const TIMER_SPREAD = 0.05;
/** A key is compared with what it did before, and with the rest of the account: each must have been used so often. */
const FEWEST_OF_KEY = 10;
const AWAY_NETWORKS = 3;
/** Requests with this very key from where the account always was: its owner goes on. A deployment that moved takes its key along. */
const FEWEST_OF_OWNER = 3;
/** Times at which it may have begun that are looked at. */
const MOST_BEGINNINGS = 8;

export type Tally = Record<string, number>;
const tally = (words: readonly (string | null | undefined)[]): Tally => {
  const counts: Tally = {};
  for (const word of words) if (word) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};
const distinct = (values: readonly (string | null | undefined)[]): number => new Set(values.filter(Boolean)).size;

/** What a producer said in these requests. `given`: of how many requests it said anything of the kind. */
export function signalsOf(events: readonly ShownEvent[]) {
  const signals = events.flatMap((event) => event.signals ?? []);
  const limits = signals.flatMap(({ maxTokens }) => (maxTokens === null ? [] : [maxTokens]));
  return {
    given: signals.length,
    maxTokens: limits.length === 0 ? null : { values: new Set(limits).size, least: Math.min(...limits), most: Math.max(...limits) },
    stopReasons: tally(signals.map(({ stopReason }) => stopReason)),
    refusalCategories: tally(signals.map(({ refusalCategory }) => refusalCategory)),
    sessions: distinct(signals.map(({ session }) => session)),
    headerOrders: distinct(signals.map(({ headerOrder }) => headerOrder)),
    http2: distinct(signals.map(({ http2 }) => http2)),
    asnClasses: tally(signals.map(({ asnClass }) => asnClass)),
  };
}

/** `events`: exchanges of one account, oldest first. What our own action stopped is left out. */
export function observed(events: readonly ShownEvent[], keys: KeyStates = new Map()): Observation[] {
  const exchanges = events.filter(({ status }) => status !== 'limited' && status !== 'blocked');
  return [sweep(exchanges), probing(exchanges), timer(exchanges), ...keysElsewhere(exchanges, keys)].filter((one) => one !== undefined);
}

function sweep(events: readonly ShownEvent[]): Observation | undefined {
  const limits = events.flatMap(({ signals }) => (signals && signals.maxTokens !== null ? [signals.maxTokens] : []));
  const counts = tally(limits.map(String));
  const values = Object.keys(counts).length;
  const usual = Math.max(0, ...Object.values(counts)) / limits.length;
  if (limits.length < FEWEST_LIMITED || values < SWEPT_VALUES || usual > USUAL_SHARE) return undefined;
  const [least, most] = [Math.min(...limits), Math.max(...limits)];
  return {
    what: 'limits-swept',
    because: `${values} different output limits from ${least} to ${most} in ${limits.length} requests; the most usual in ${percent(usual)} of them`,
    numbers: { requests: limits.length, values, least, most, usual },
  };
}

function probing(events: readonly ShownEvent[]): Observation | undefined {
  const counts = tally(events.map(({ signals }) => signals?.refusalCategory));
  const refused = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const categories = Object.keys(counts).length;
  if (refused < FEWEST_REFUSED || categories < PROBED_CATEGORIES) return undefined;
  return {
    what: 'refusals-probed',
    because: `${refused} refused requests in ${categories} categories of refusal, of ${events.length} requests`,
    numbers: { refused, categories, requests: events.length },
  };
}

function timer(events: readonly ShownEvent[]): Observation | undefined {
  const starts = new Map<string, number>();
  for (const { at, signals } of events) if (signals?.session && !starts.has(signals.session)) starts.set(signals.session, Date.parse(at));
  const times = [...starts.values()].sort((one, other) => one - other);
  if (times.length < FEWEST_SESSIONS) return undefined;
  const pauses = times.slice(1).map((time, place) => time - (times[place] ?? 0));
  const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
  const spread = Math.sqrt(pauses.reduce((sum, pause) => sum + (pause - mean) ** 2, 0) / pauses.length) / mean;
  if (!(mean >= MINUTE) || spread > TIMER_SPREAD) return undefined;
  return {
    what: 'sessions-on-a-timer',
    because: `${times.length} sessions began ${(mean / MINUTE).toFixed(1)} minutes apart, within ${percent(spread)}: a timer starts them`,
    numbers: { sessions: times.length, minutes: mean / MINUTE, spread },
  };
}

/**
 * One key that is suddenly used from several networks and clients where nobody of the account ever was, while its owner goes on with it
 * where the account always was: somebody else has the key. The key is what to change, not the account, and not its organisation. One new
 * place may be a server of its own, so it takes several; a deployment that moves takes its key along, so the key must go on at home.
 */
function keysElsewhere(events: readonly ShownEvent[], states: KeyStates): Observation[] {
  const keys = [...new Set(events.flatMap(({ apiKey }) => apiKey ?? []))];
  const found = keys.flatMap((key) => keyElsewhere(key, events, states.get(key)) ?? []);
  // More than one: the account has moved, or somebody has the account.
  return found.length === 1 ? found : [];
}

function keyElsewhere(key: string, events: readonly ShownEvent[], state: KeyState | undefined): Observation | undefined {
  for (const since of beginnings(key, events)) {
    const before = placesOf(events.slice(0, since));
    const after = events.slice(since);
    const away = after.filter((event) => isNewPlace(event, before));
    const stays = after.filter((event) => !isNewPlace(event, before));
    const mine = away.filter(({ apiKey }) => apiKey === key);
    const networks = distinct(mine.map(({ prefix }) => prefix));
    const isSole = away.every(({ apiKey }) => apiKey === key || (apiKey !== null && apiKey === state?.replacedBy));
    const owners = stays.filter(({ apiKey }) => apiKey === key).length;
    if (!isSole || mine.length < FEWEST_OF_KEY || stays.length < FEWEST_OF_KEY || owners < FEWEST_OF_OWNER || networks < AWAY_NETWORKS)
      continue;
    const at = events[since]?.at ?? '';
    const followed = away.length - mine.length;
    return {
      what: 'key-elsewhere',
      key,
      because: `key ${key} alone came from elsewhere from ${at} on: ${mine.length} requests from ${networks} networks where nobody of the account ever was, while ${stays.length} others came from where it always was; ${adviceOf(state, Date.parse(at), followed)}`,
      numbers: { since: Date.parse(at), away: mine.length, networks, home: stays.length, owners, before: since, followed },
    };
  }
  return undefined;
}

/** Key before account: what to do about a key that is elsewhere since `since`. `followed`: requests from there with the key that took its place. */
function adviceOf(state: KeyState | undefined, since: number, followed: number): string {
  if (!state || state.state === 'live' || state.since < since) return 'change the key, not the account';
  const ended = `it was ${state.state} at ${iso(state.since)}${state.by === undefined ? '' : ` by the ${state.by}`}`;
  return followed > 0
    ? `${ended}, and ${followed} requests came from there with the key that took its place: the owner lets them in, or the account is taken and not its key`
    : `${ended}: nothing is left to change`;
}

/** Places in `events` where a key was first used from somewhere new, after it had been used for a while. */
function beginnings(key: string, events: readonly ShownEvent[]): number[] {
  const prefixes = new Set<string>();
  const clients = new Set<string>();
  const found: number[] = [];
  let mine = 0;
  for (const [place, event] of events.entries()) {
    if (event.apiKey === key && mine >= FEWEST_OF_KEY && isNewPlace(event, { prefixes, clients })) found.push(place);
    if (found.length === MOST_BEGINNINGS) return found;
    if (event.apiKey === key) mine++;
    if (event.prefix !== null) prefixes.add(event.prefix);
    if (event.client !== null) clients.add(event.client);
  }
  return found;
}

type Places = { prefixes: ReadonlySet<string>; clients: ReadonlySet<string> };
const placesOf = (events: readonly ShownEvent[]): Places => ({
  prefixes: new Set(events.flatMap(({ prefix }) => prefix ?? [])),
  clients: new Set(events.flatMap(({ client }) => client ?? [])),
});
const isNewPlace = ({ prefix, client }: ShownEvent, { prefixes, clients }: Places): boolean =>
  prefix !== null && client !== null && !prefixes.has(prefix) && !clients.has(client);

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
