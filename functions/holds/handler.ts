import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { logger } from '../../shared/lambda/observe';
import { CampaignStore } from '../../shared/stores/campaigns/campaign-store';
import { LedgerStore } from '../../shared/stores/cases/ledger-store';
import { LegalHoldStore } from '../../shared/stores/cases/legal-hold-store';
import { HoldEnv } from '../../shared/wiring';
import { keepHeld } from './keep-held';

const env = environment(HoldEnv);
const archive = bucket(env.ARCHIVE_BUCKET);
const campaigns = new CampaignStore({ archive, graph: table(env.GRAPH_TABLE) });
const holds = new LegalHoldStore(new LedgerStore(table(env.ENFORCEMENT_TABLE), clock));
const ports = { archive, features: table(env.FEATURES_TABLE), campaigns, holds, clock, archiveDays: env.ARCHIVE_DAYS };

/** Every hour: what is held is copied before the archive lets it go. */
export const handler = async (): Promise<void> => {
  const kept = await keepHeld(ports);
  logger.info('kept', kept);
  if (kept.gone.length > 0) logger.warn('gone before it was copied', { hours: kept.gone.slice(0, 20), of: kept.gone.length });
};
