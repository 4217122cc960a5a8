import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import type { AccountKey } from '../../../shared/identity/ids';
import type { Profile } from '../profiles/profile';
import { QUIET } from './track';

/**
 * Who rests: a member of a campaign who exchanged something once, and nothing for two days. A network of such accounts alone is one that
 * tracking passes over (`silent`), so a component of them need not be taken apart and assessed: what was found of its campaign stands until
 * one of them is at work again, or is linked with somebody who is. A campaign that only content holds together lies in no component.
 */
export function restingOf(
  campaigns: readonly Pick<Campaign, 'members' | 'foundBy'>[],
  now: number,
): (profile: Pick<Profile, 'account' | 'lastUse'>) => boolean {
  const members = new Set<AccountKey>();
  for (const { members: held, foundBy } of campaigns) if (foundBy !== 'content') for (const { account } of held) members.add(account);
  return (profile) => isQuiet(profile, now) && members.has(profile.account);
}

/** Whether an account exchanged something once, and nothing for two days. */
export const isQuiet = ({ lastUse }: Pick<Profile, 'lastUse'>, now: number): boolean =>
  lastUse !== Number.NEGATIVE_INFINITY && lastUse <= now - QUIET;
