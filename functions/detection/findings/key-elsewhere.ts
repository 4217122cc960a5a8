import type { Hash64 } from '../../../shared/identity/ids';
import { hashText } from '../../../shared/identity/keyed-hash';
import type { Profile } from '../profiles/profile';
import { keysOfNewClients, newOriginOf } from './new-origin';

/**
 * The one API key with which somebody works from a new origin beside the account's own: key before account. Undefined where there is no
 * such origin, where it uses several keys (then the account is taken, or it is the owner), and where not all pairs are known.
 */
export function keyElsewhereOf(profile: Pick<Profile, 'samples' | 'habits'>): Hash64 | undefined {
  if (newOriginOf(profile) !== 'beside') return undefined;
  const { keys } = profile.samples.keys;
  const { habits } = profile;
  if (habits === undefined || habits.habits.length === 0) return keys.length === 1 ? hashText(keys[0]!) : undefined;
  if (habits.isCut) return undefined;
  const used = keysOfNewClients(profile);
  return used.size === 1 ? hashText([...used][0]!) : undefined;
}
