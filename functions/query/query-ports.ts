import type { Cursors } from '../../shared/http/cursor';
import type { Clock, Stores } from '../../shared/ports';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';

/** What the read side is given. It holds no permission to write any of it. */
export type QueryDependencies = {
  stores: Stores;
  clock: Clock;
  cursors: Cursors;
  /** Detection's own instance, where both run in one process: it remembers the documents it saved. */
  campaigns?: CampaignStore;
};
export type QueryPorts = Omit<QueryDependencies, 'campaigns'> & { campaigns: CampaignStore };

/** One store of campaigns for the life of the handler: the pages of a large campaign read its document once. */
export const openQuery = (deps: QueryDependencies): QueryPorts => ({
  ...deps,
  campaigns: deps.campaigns ?? new CampaignStore(deps.stores),
});
