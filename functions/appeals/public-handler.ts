import { systemClock as clock } from '../../shared/aws/system-clock';
import { queue, table } from '../../shared/lambda/adapters';
import { appealKeysIn } from '../../shared/lambda/appeal-keys-in';
import { environment } from '../../shared/lambda/environment';
import { httpHandler } from '../../shared/lambda/http-handler';
import { livePolicy } from '../../shared/lambda/live-policy';
import { PublicAppealsEnv } from '../../shared/wiring';
import { openAppeals } from './appeals';
import { publicAppealRoutes } from './public-routes';

const env = environment(PublicAppealsEnv);
const books = table(env.ENFORCEMENT_TABLE);
const keys = appealKeysIn(env.APPEAL_KEY_SECRET);
const deps = openAppeals({ table: books, clock, keys, policy: livePolicy(books, clock), requests: queue(env.REQUEST_QUEUE_URL) });

/** For the persons concerned, by signed link. It writes no ledger: what it takes is a request. */
export const handler = httpHandler(env, (api, http) => publicAppealRoutes(api, http, deps));
