import { systemClock as clock } from '../../../shared/aws/system-clock';
import { DAY, dayOf } from '../../../shared/domain/time';
import { bucket, table } from '../../../shared/lambda/adapters';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { LedgerStore } from '../../../shared/stores/ledger-store';
import { AnchorEnv } from '../../../shared/wiring';
import { anchorDay } from '../ledger/verify-ledger';

const env = environment(AnchorEnv);
const archive = bucket(env.ARCHIVE_BUCKET);
const ledger = new LedgerStore(table(env.ENFORCEMENT_TABLE), clock);

/** Every day: how far each chain of the ledger had come yesterday is written down outside its table. */
export const handler = async (): Promise<void> => {
  const day = dayOf(clock.now() - DAY);
  logger.info('anchored', { day, ...(await anchorDay(day, archive, { ledger })) });
};
