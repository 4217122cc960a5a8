import { actingPorts } from '../../../shared/lambda/acting';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { ActingEnv } from '../../../shared/wiring';
import { carryOutAppeals } from '../account-actions/carry-out-appeals';
import { finishRestoring } from '../account-actions/reinstate';
import { restartLost } from '../case/restart-lost';
import { openEnforcement } from '../enforcement';
import { keepLabels } from '../labels/keep-labels';
import { watchReferrals } from '../referrals/watch-referrals';
import { watchVerifications } from '../verification/watch-verifications';

const enforcement = openEnforcement(actingPorts(environment(ActingEnv)));

/** Every few minutes: decided appeals are carried out, restores that did not arrive are sent again, lost executions are started again. */
export const handler = async (): Promise<void> => {
  const appeals = await carryOutAppeals(enforcement);
  for (const because of appeals.doubted) logger.error('a granted appeal is not carried out', { because });
  const restoring = await finishRestoring(enforcement);
  const cases = await restartLost(enforcement);
  await enforcement.standings.refresh();
  const [verifications, referrals] = [await watchVerifications(enforcement), await watchReferrals(enforcement)];
  const labels = await keepLabels(enforcement);
  logger.info('looked after', { ...appeals, restoring, ...cases, verifications, referrals, labels: labels.kept });
};
