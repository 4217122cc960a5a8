import type { Context } from 'aws-lambda';
import { queue } from '../../shared/lambda/adapters';
import { detectingPorts } from '../../shared/lambda/detecting';
import { environment } from '../../shared/lambda/environment';
import { count, logger } from '../../shared/lambda/observe';
import { firstHalf, resetOnError } from '../../shared/lambda/reset-on-error';
import { DetectEnv, type DetectionRan } from '../../shared/wiring';
import { decisionsDue } from './decisions-due';
import { Detection } from './detect';

const env = environment(DetectEnv);
const { live, operators, ...ports } = detectingPorts(env);
const decisions = queue(env.DECISION_QUEUE_URL);
const remembering = resetOnError(() => new Detection(ports));

export const handler = (_event: unknown, context: Context) =>
  remembering(async (detection) => {
    const { policy, digest } = await live();
    const ran = await detection.run(policy.detection, digest, await operators(), firstHalf(context));
    if (ran.kind !== 'ran') return logger.warn('nothing was judged', ran);
    const due = await decisionsDue(ran, detection.campaigns.headers());
    await decisions.send(due.map((one) => JSON.stringify(one satisfies DetectionRan)));
    count({ DetectionRuns: 1 });
    logger.info('detected', { ...ran, changed: ran.changed.map(({ id }) => id), policy: digest });
  });
