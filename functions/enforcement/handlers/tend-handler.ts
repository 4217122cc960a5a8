import { actingPorts } from '../../../shared/lambda/acting';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { ActingEnv } from '../../../shared/wiring';
import { carryOutAppeals } from '../account-actions/carry-out-appeals';
import { advance } from '../case/advance';
import { openEnforcement } from '../enforcement';

const enforcement = openEnforcement(actingPorts(environment(ActingEnv)));

/** Every few minutes: decided appeals are carried out, a case whose execution died is taken up again, and the list of flagged accounts follows. */
export const handler = async (): Promise<void> => {
  const appeals = await carryOutAppeals(enforcement);
  const cases = await advance(enforcement);
  await enforcement.standings.refresh();
  logger.info('tended', { ...appeals, ...cases });
};
