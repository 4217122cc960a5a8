import { eventBridge } from '../../shared/aws/clients';
import { EventBridgeBus } from '../../shared/aws/event-bridge-bus';
import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { logger } from '../../shared/lambda/observe';
import { DAY, dayOf } from '../../shared/model/time';
import { LedgerStore } from '../../shared/stores/ledger-store';
import { PublishEnv } from '../../shared/wiring';
import { publishLedger } from './publish';
import { anchorDay } from './verify-ledger';

const env = environment(PublishEnv);
const bus = new EventBridgeBus(eventBridge(), env.EVENT_BUS);
const archive = bucket(env.ARCHIVE_BUCKET);
const books = table(env.ENFORCEMENT_TABLE);
const world = { table: books, ledger: new LedgerStore(books, clock), clock };

/** Every few minutes: the ledger goes out to the provider's own systems, and yesterday's is anchored outside its table. */
export const handler = async (): Promise<void> => {
  const { published } = await publishLedger(bus, world);
  const anchored = await anchorDay(dayOf(clock.now() - DAY), archive, world);
  logger.info('published', { published, ...anchored });
};
