import type { Profile } from '../profiles/profile';
import type { TimedSample } from '../profiles/timed-sample';

/** Hours between two first uses that are two origins; hours that one must go on beside, or after, another. */
const APART_HOURS = 24;
const BESIDE_HOURS = 24;

/**
 * A client build and a network taken up together, long after the account's first, while the old ones go on: somebody else besides. Who
 * changes his client alone has a new client, and who stops using the old origin has moved.
 *
 * `beside`: what a stolen key looks like from outside. `kept`: it goes on although every key that the account had was replaced since.
 * Whoever is there has the new key too, so that replacing it again helps nobody: the owner lets him in, or is robbed of each key. Where a
 * key was made for the new origin, and nothing else is used there, no key was stolen: who is in the account put it there.
 */
export function newOriginOf(profile: Pick<Profile, 'samples' | 'habits'>): 'none' | 'beside' | 'kept' {
  const { clients, prefixes, keys } = profile.samples;
  const since = addedAt(clients);
  if (since === undefined) return 'none';
  const isNew = prefixes.first.some((hour) => Math.abs(hour - since) <= APART_HOURS);
  const oldGoesOn = prefixes.first.some((hour, i) => hour < since - APART_HOURS && prefixes.last[i]! >= since + BESIDE_HOURS);
  if (!isNew || !oldGoesOn || hasKeysOfItsOwn(profile, since)) return 'none';
  const replaced = replacedAt(keys, since);
  const goesOn = clients.first.some((hour, i) => hour === since && replaced !== undefined && clients.last[i]! >= replaced + BESIDE_HOURS);
  return goesOn ? 'kept' : 'beside';
}

/** Keys that the client builds of the newest origin are used with, where `newOriginOf` finds one. */
export function keysOfNewClients({ samples: { clients }, habits }: Pick<Profile, 'samples' | 'habits'>): Set<number> {
  const since = addedAt(clients);
  const theirs = new Set(clients.keys.filter((_, place) => clients.first[place] === since));
  return new Set(habits?.habits.filter(({ client }) => theirs.has(client)).map(({ key }) => key));
}

/** Every key that the clients of `since` use is as new as they are; no word on it where not all pairs are known. */
function hasKeysOfItsOwn(profile: Pick<Profile, 'samples' | 'habits'>, since: number): boolean {
  const { habits } = profile;
  if (!habits || habits.isCut) return false;
  const keys = keysOfNewClients(profile);
  const before = habits.habits.some(({ key, first }) => keys.has(key) && first < since - APART_HOURS);
  return keys.size > 0 && !before;
}

/** Hour since which something is used beside something older that goes on; undefined if nothing is. */
function addedAt({ first, last }: TimedSample): number | undefined {
  if (first.length < 2) return undefined;
  const latest = Math.max(...first);
  return first.some((hour, i) => hour < latest - APART_HOURS && last[i]! >= latest + BESIDE_HOURS) ? latest : undefined;
}

/** Hour after `since` from which a new key stands in the place of every older one; undefined if an older one goes on, or none is new. */
function replacedAt({ first, last }: TimedSample, since: number): number | undefined {
  return first
    .filter((hour) => hour > since)
    .sort((a, b) => a - b)
    .find((hour) => first.some((other) => other < hour) && first.every((other, i) => other >= hour || last[i]! <= hour + APART_HOURS));
}
