import type { AccountKey } from '../../shared/identity/ids';
import type { Clock, Stores } from '../../shared/ports';
import { ErasureStore } from '../../shared/stores/archive/erasure-store';
import { KnownAccountStore } from '../../shared/stores/archive/known-account-store';
import { SummaryStore } from '../../shared/stores/archive/summary-store';
import { CampaignGraphStore } from '../../shared/stores/campaigns/campaign-graph-store';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { DecidedRunStore } from '../../shared/stores/campaigns/decided-run-store';
import { FlaggedStore } from '../../shared/stores/campaigns/flagged-store';
import { LeaseStore } from '../../shared/stores/lease-store';
import { RiskTierStore } from '../../shared/stores/risk-tier-store';
import { LEASE, LEASE_FOR } from './lease';
import { Checkpoints } from './profiles/checkpoints';

type Ports = { stores: Pick<Stores, 'archive' | 'features' | 'graph'>; clock: Clock };
export type ErasedDetection =
  | { kind: 'erased'; checkpoints: number; documents: number; graphs: number; rows: number }
  /** A call of detection judges, or one was killed before it had said all: the next one ends it. */
  | { kind: 'busy'; because: string };

/**
 * Takes one account out of what detection keeps: profiles, campaigns, graphs, and the rows by which people find it. No run can write
 * meanwhile, and every process begins anew from the archive at its next run. After `eraseFromFeatures`, from which it would come back.
 */
export async function eraseFromDetection(
  account: AccountKey,
  { stores, clock }: Ports,
  { owner, placeholder }: { owner: string; placeholder: AccountKey },
): Promise<ErasedDetection> {
  const leases = new LeaseStore(stores.graph, clock);
  const lease = await leases.take(LEASE, owner, LEASE_FOR);
  if (lease.kind === 'held') return { kind: 'busy', because: 'detection runs, or was killed less than a quarter of an hour ago' };
  try {
    if (await new DecidedRunStore(stores.archive).unfinished())
      return { kind: 'busy', because: 'a run of detection was killed half-way: the next one ends it first' };
    const now = clock.now();
    const checkpoints = await new Checkpoints(stores.archive).erase(account);
    await new RiskTierStore(stores.archive).erase(account);
    const documents = await new CampaignStore(stores).erase(account, placeholder, now);
    const graphs = await new CampaignGraphStore(stores.archive).erase(account);
    const rows = (await new FlaggedStore(stores.graph).erase(account)) ? 1 : 0;
    await new KnownAccountStore(stores.graph).erase(account);
    await new SummaryStore(stores.graph).erase(account);
    await new ErasureStore(stores.features).note(account, now, now);
    return { kind: 'erased', checkpoints, documents, graphs, rows };
  } finally {
    await leases.release(LEASE, owner);
  }
}
