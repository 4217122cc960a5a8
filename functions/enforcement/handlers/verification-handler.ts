import { actingPorts } from '../../../shared/lambda/acting';
import { queueDoor } from '../../../shared/lambda/answer-each';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { ActingEnv } from '../../../shared/wiring';
import { openEnforcement } from '../enforcement';
import { takeIn } from '../verification/verification-desk';

const enforcement = openEnforcement(actingPorts(environment(ActingEnv)));

/** Somebody has to prove something, the provider's own check of somebody ended, or a canary came back. */
export const handler = queueDoor(async (messages) => {
  for (const { body } of messages) {
    const { kind, because } = await takeIn(body, enforcement);
    logger.info('news', { kind, because });
  }
});
