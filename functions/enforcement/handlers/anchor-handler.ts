import { systemClock as clock } from '../../../shared/aws/system-clock';
import { DAY, dayOf } from '../../../shared/domain/time';
import { bucket, table } from '../../../shared/lambda/adapters';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { AnchorEnv } from '../../../shared/wiring';
import { anchorDays } from '../ledger/anchors';

const env = environment(AnchorEnv);
const anchors = bucket(env.ANCHOR_BUCKET);
const ledger = new LedgerStore(table(env.ENFORCEMENT_TABLE), clock);

/** Every day: how far each chain of the ledger had come is written down outside its table, for yesterday and for days that were left out. */
export const handler = async (): Promise<void> => {
  logger.info('anchored', await anchorDays(dayOf(clock.now() - DAY), anchors, { ledger }));
};
