import { eventBridge, sqs } from '../../../shared/aws/clients';
import { EventBridgeBus } from '../../../shared/aws/event-bridge-bus';
import { SqsDeadLetterQueues } from '../../../shared/aws/sqs-dead-letter-queues';
import { systemClock as clock } from '../../../shared/aws/system-clock';
import { table } from '../../../shared/lambda/adapters';
import { environment } from '../../../shared/lambda/environment';
import { noticeChannels } from '../../../shared/lambda/notice-channels';
import { logger } from '../../../shared/lambda/observe';
import { NoticeEnv } from '../../../shared/wiring';
import { openTelling } from '../notices/open-telling';
import { tellPeople } from '../notices/tell-people';

const env = environment(NoticeEnv);
const bus = new EventBridgeBus(eventBridge(), env.EVENT_BUS);
const deadLetters = new SqsDeadLetterQueues(sqs(), env.DEAD_LETTERS);
const deps = openTelling({ table: table(env.ENFORCEMENT_TABLE), features: table(env.FEATURES_TABLE), deadLetters, clock });
const ways = { bus, channels: noticeChannels(env), origin: env.CONSOLE_ORIGIN };

/** Every few minutes: what waits for people goes to the bus and to the channels of the stage. */
export const handler = async (): Promise<void> => {
  const { failed, ...told } = await tellPeople(deps, ways);
  logger.info('told', told);
  // Everybody else was told: this says so where failures are seen.
  if (failed.length > 0) throw new Error(`not told: ${failed.join('; ')}`);
};
