import type { Campaign, Link } from '../../../shared/domain/campaigns/campaign';
import { HOUR } from '../../../shared/domain/time';
import type { TraitIndex } from '../traits/trait-index';
import { reasonsOf } from './link-reasons';

const MOST_LINKS = 60_000;
/** The links of a campaign are kept again when it has so many more or fewer accounts, or a day later. */
const REDRAWN_AT = 0.1;
type FoundLink = { a: number; b: number; weight: number };

/** A campaign that this run did not find keeps the links by which it was found last. */
export function linksAreDue(campaign: Campaign, before: Campaign | undefined, run: string, now: number): boolean {
  const drawn = before?.links;
  if (!drawn) return true;
  if (campaign.provenance.run !== run) return false;
  return now - drawn.at >= 24 * HOUR || Math.abs(campaign.members.length - drawn.accounts) > REDRAWN_AT * drawn.accounts;
}

export function linksWithin(campaign: Campaign, links: readonly FoundLink[], index: TraitIndex): Link[] {
  const members = new Set(campaign.members.map(({ account }) => account));
  const within: Link[] = [];
  for (const { a, b, weight } of links) {
    const from = index.accounts[a]!.profile.account;
    const to = index.accounts[b]!.profile.account;
    if (!members.has(from) || !members.has(to)) continue;
    within.push({ from, to, weight: Math.round(weight * 10) / 10, reasons: reasonsOf(index, a, b) });
    if (within.length >= MOST_LINKS) break;
  }
  return within;
}
