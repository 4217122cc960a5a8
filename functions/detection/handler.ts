import { queue } from '../../shared/lambda/adapters';
import { afresh } from '../../shared/lambda/afresh';
import { detectingPorts } from '../../shared/lambda/detecting';
import { environment } from '../../shared/lambda/environment';
import { count, logger } from '../../shared/lambda/observe';
import { DetectEnv, type DetectionRan } from '../../shared/wiring';
import { Detection } from './detect';

const env = environment(DetectEnv);
const { live, operators, ...ports } = detectingPorts(env);
const decisions = queue(env.DECISION_QUEUE_URL);
const remembering = afresh(() => new Detection(ports));

export const handler = () =>
  remembering(async (detection) => {
    const { policy, digest } = await live();
    const { changed, ...run } = await detection.run(policy.detection, digest, await operators());
    const campaigns: DetectionRan['campaigns'] = [];
    for await (const { id } of detection.campaigns.headers()) campaigns.push({ id });
    await decisions.send([JSON.stringify({ run: run.id, activeAccounts: run.active, campaigns } satisfies DetectionRan)]);
    count({ DetectionRuns: 1, CampaignsChanged: changed.length });
    logger.info('detected', { ...run, changed: changed.map(({ id }) => id), policy: digest });
  });
