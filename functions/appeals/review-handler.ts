import { systemClock as clock } from '../../shared/aws/system-clock';
import { table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { httpHandler } from '../../shared/lambda/http-handler';
import { livePolicy } from '../../shared/lambda/live-policy';
import { ReviewEnv } from '../../shared/wiring';
import { openAppeals } from './appeals';
import { reviewRoutes } from './review-routes';

const env = environment(ReviewEnv);
const books = table(env.ENFORCEMENT_TABLE);
const deps = openAppeals({ table: books, clock, keys: async () => [], policy: livePolicy(books, clock) });

/** For reviewers, by role: the queue of appeals, and verdicts. It can restore and suspend nobody. */
export const handler = httpHandler(env, (api, http) => reviewRoutes(api, http, deps));
