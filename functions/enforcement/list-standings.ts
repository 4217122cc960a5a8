import { inBatches } from '../../shared/in-batches';
import type { CampaignId } from '../../shared/model/ids';
import type { FlaggedStore } from '../../shared/stores/flagged-store';
import type { Enforcement } from './enforcement';
import { standingOf } from './standing';

/** After a run: members that are watched or in review get that standing in the list, and lose it when it no longer holds. */
export async function listStandings(campaigns: readonly CampaignId[], flagged: FlaggedStore, world: Enforcement): Promise<void> {
  for (const id of campaigns) {
    const campaign = await world.campaigns.get(id);
    await inBatches(campaign?.members ?? [], 32, async ({ account }) => {
      const { standing } = await standingOf(account, world);
      // Only rows that detection wrote: a bystander is on no list.
      if (await flagged.get(account)) await flagged.stands(account, standing, world.clock.now());
    });
  }
}
