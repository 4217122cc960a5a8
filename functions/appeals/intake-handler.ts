import { systemClock as clock } from '../../shared/aws/system-clock';
import { table } from '../../shared/lambda/adapters';
import { queueDoor } from '../../shared/lambda/answer-each';
import { appealKeysIn } from '../../shared/lambda/appeal-keys-in';
import { environment } from '../../shared/lambda/environment';
import { livePolicy } from '../../shared/lambda/live-policy';
import { logger } from '../../shared/lambda/observe';
import { IntakeEnv } from '../../shared/wiring';
import { AppealRequest, openAppeal } from './appeal';
import { openAppeals } from './appeals';

const env = environment(IntakeEnv);
const books = table(env.ENFORCEMENT_TABLE);
const deps = openAppeals({ table: books, clock, keys: appealKeysIn(env.APPEAL_KEY_SECRET), policy: livePolicy(books, clock) });

/** Requests of the public handler become appeals, once their links are checked again. */
export const handler = queueDoor(async (messages) => {
  for (const { token, statement } of messages.map(({ body }) => AppealRequest.parse(JSON.parse(body))))
    logger.info('appeal', { kind: (await openAppeal(token, statement, deps)).kind });
});
