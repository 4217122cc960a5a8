import type { Campaign } from '../../../shared/domain/campaigns/campaign';
import { campaignsOf, type Regrouping, regrouped } from '../../../shared/domain/campaigns/regrouping';
import { counted, type TrackContext, worthSaving } from './track';

/**
 * What a run changed, once people's word about who belongs together is laid over it. `found`: what detection changed; `machine`: all
 * campaigns as it had found them before; `shown`: all of them as people see them now. Campaigns that no regrouping concerns are as found.
 * Pure.
 */
export function followPeople(
  found: readonly Campaign[],
  machine: readonly Campaign[],
  shown: readonly Campaign[],
  regroupings: readonly Regrouping[],
  context: Pick<TrackContext, 'profiles' | 'now' | 'start'>,
): Campaign[] {
  if (nobodyIsMoved(shown, regroupings)) return [...found];
  const changed = new Map(found.map((campaign) => [campaign.id, campaign]));
  const known = new Set(machine.map(({ id }) => id));
  const now = [...machine.map((campaign) => changed.get(campaign.id) ?? campaign), ...found.filter(({ id }) => !known.has(id))];
  const before = new Map(shown.map((campaign) => [campaign.id, campaign]));
  const isMoved = movedByPeople(regroupings);
  return regrouped(now, shown, regroupings, context.now).flatMap((campaign) => {
    const was = before.get(campaign.id);
    const asIs = changed.get(campaign.id);
    const concerned = isMoved(campaign) || was?.members.some(({ placed }) => placed);
    if (!concerned && sameMembers(campaign, asIs ?? was)) return asIs ? [asIs] : [];
    if (!worthSaving(campaign, was, context)) return [];
    return [counted(campaign, was, context)];
  });
}

/** Whether people said nothing about who belongs together, neither now nor before. */
export const nobodyIsMoved = (shown: readonly Campaign[], regroupings: readonly Regrouping[]): boolean =>
  regroupings.length === 0 && !shown.some(({ handMade, members }) => handMade || members.some(({ placed }) => placed));

const sameMembers = (one: Campaign, other: Campaign | undefined): boolean =>
  one.members.length === other?.members.length && one.members.every(({ account }, place) => account === other.members[place]?.account);

/** Whether people decided who is in a campaign, or said so of any of its members. */
export function movedByPeople(regroupings: readonly Regrouping[]): (campaign: Campaign) => boolean {
  const named = new Set(regroupings.flatMap(({ change }) => campaignsOf(change)));
  return ({ id, handMade, members }) => named.has(id) || handMade === true || members.some(({ placed }) => placed);
}
