import { VerificationNews } from '../../../shared/domain/cases/verification';
import { actingPorts } from '../../../shared/lambda/acting';
import { queueDoor } from '../../../shared/lambda/answer-each';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { ActingEnv } from '../../../shared/wiring';
import { openEnforcement } from '../enforcement';
import { takeNews } from '../verification/take-news';

const enforcement = openEnforcement(actingPorts(environment(ActingEnv)));

/** Somebody has to prove something, or the provider's own check of somebody ended. */
export const handler = queueDoor(async (messages) => {
  for (const { body } of messages) {
    const { kind, because } = await takeNews(VerificationNews.parse(JSON.parse(body)), enforcement);
    logger.info('verification', { kind, because });
  }
});
