import { type NamedKey, nameOfKey, stateOf } from '../../../shared/domain/api-key';
import type { AccountKey, Hash64 } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';
import type { Plan } from '../policy/plan';

/** Which keys of an account an action is about: `all` where none can be named, `ended` where none of them works any more. */
export type KeysToName =
  | { kind: 'all'; because: string[] }
  | { kind: 'these'; keys: NamedKey[]; because: string[] }
  | { kind: 'ended'; because: string };
export const ALL_KEYS: KeysToName = { kind: 'all', because: [] };

/**
 * Key before account: the keys that a person named, or the one that detection found elsewhere, as the provider calls them. A key that its
 * owner replaced or ended meanwhile needs nothing.
 */
export async function keysToName(
  account: AccountKey,
  { keys: chosen, members }: Pick<Plan, 'keys' | 'members'>,
  { keys }: Pick<Enforcement, 'keys'>,
): Promise<KeysToName> {
  const found = members.get(account)?.key;
  const wanted: readonly Hash64[] = chosen ?? (found === undefined ? [] : [found]);
  if (wanted.length === 0) return ALL_KEYS;
  const known = await Promise.all(wanted.map((key) => keys.get(account, key)));
  const unnamed = wanted.filter((_, place) => known[place] === undefined);
  // Whoever only reads may read these sentences: which key it is stands in the action, by its hash.
  const names = (of: readonly Hash64[]): string => of.map((key) => nameOfKey(account, key)).join(', ');
  // Where a person named one key, nothing is done about others in its place.
  if (unnamed.length > 0 && chosen) return { kind: 'ended', because: `${names(unnamed)} is not known any more` };
  if (unnamed.length > 0)
    return {
      kind: 'all',
      because: [`It is about all keys: ${names(unnamed)} cannot be named, no key event told what the provider calls it.`],
    };
  const live = known.flatMap((one) => (one && stateOf(one).state === 'live' ? [{ key: one.key, sealed: one.sealed }] : []));
  return live.length === 0
    ? { kind: 'ended', because: `the provider said that ${names(wanted)} was replaced or ended` }
    : { kind: 'these', keys: live, because: [`It is about ${names(live.map(({ key }) => key))} alone.`] };
}
