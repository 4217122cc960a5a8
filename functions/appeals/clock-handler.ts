import { systemClock as clock } from '../../shared/aws/system-clock';
import { table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { livePolicy } from '../../shared/lambda/live-policy';
import { logger } from '../../shared/lambda/observe';
import { AppealClockEnv } from '../../shared/wiring';
import { openAppeals } from './appeals';
import { watchAppeals } from './review';

const env = environment(AppealClockEnv);
const books = table(env.ENFORCEMENT_TABLE);
const deps = openAppeals({ table: books, clock, keys: async () => [], policy: livePolicy(books, clock) });

/** Every hour: appeals that nobody answered in time are escalated, and those whose restriction ended are closed. */
export const handler = async (): Promise<void> => logger.info('appeals', await watchAppeals(deps));
