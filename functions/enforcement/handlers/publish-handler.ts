import { eventBridge } from '../../../shared/aws/clients';
import { EventBridgeBus } from '../../../shared/aws/event-bridge-bus';
import { systemClock as clock } from '../../../shared/aws/system-clock';
import { table } from '../../../shared/lambda/adapters';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';
import { PublishEnv } from '../../../shared/wiring';
import { publishLedger } from '../ledger/publish';

const env = environment(PublishEnv);
const bus = new EventBridgeBus(eventBridge(), env.EVENT_BUS);
const books = table(env.ENFORCEMENT_TABLE);
const ledger = new LedgerStore(books, clock);

/** Every few minutes: what was written into the ledger goes out to the provider's own systems. */
export const handler = async (): Promise<void> => {
  logger.info('published', await publishLedger(bus, { table: books, ledger, clock }));
};
