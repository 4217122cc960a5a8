import { systemClock as clock } from '../../shared/aws/system-clock';
import { table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { httpDoor } from '../../shared/lambda/http-door';
import { livePolicy } from '../../shared/lambda/live-policy';
import { AppealsEnv } from '../../shared/wiring';
import { openAppeals } from './appeals';
import { appealRoutes } from './routes';

const env = environment(AppealsEnv);
const books = table(env.ENFORCEMENT_TABLE);

/** For the persons concerned, by signed link; for reviewers, by role. It can restore and suspend nobody. */
export const handler = httpDoor(env, (api, http, { appeals: keys }) =>
  appealRoutes(api, http, openAppeals({ table: books, clock, keys, policy: livePolicy(books, clock) })),
);
