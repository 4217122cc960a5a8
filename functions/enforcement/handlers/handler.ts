import { actingPorts } from '../../../shared/lambda/acting';
import { queueDoor } from '../../../shared/lambda/answer-each';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { ActingEnv, DetectionRan } from '../../../shared/wiring';
import { enforce } from '../enforce';
import { openEnforcement } from '../enforcement';

const enforcement = openEnforcement(actingPorts(environment(ActingEnv)));

/** After each detection run: what is to be done about every campaign. */
export const handler = queueDoor(async (messages) => {
  for (const { body } of messages) {
    const { run, ...ran } = DetectionRan.parse(JSON.parse(body));
    for (const answer of await enforce(ran, enforcement)) if (answer.kind !== 'unchanged') logger.info('decided', { run, ...answer });
  }
});
