import { actingPorts } from '../../../shared/lambda/acting';
import { table } from '../../../shared/lambda/adapters';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { WatchdogEnv } from '../../../shared/wiring';
import { openEnforcement } from '../enforcement';
import { lookAfter } from '../look-after';

const env = environment(WatchdogEnv);
const ports = actingPorts(env);
const enforcement = openEnforcement({ ...ports, stores: { ...ports.stores, features: table(env.FEATURES_TABLE) } });

/** Every few minutes: what waits for nobody in particular. */
export const handler = async (): Promise<void> => {
  const { failed, ...done } = await lookAfter(enforcement);
  for (const because of done.appeals?.doubted ?? []) logger.error('a granted appeal is not carried out', { because });
  logger.info('looked after', done);
  // All else was done: this says so where failures are seen.
  if (failed.length > 0) throw new Error(`not looked after: ${failed.join('; ')}`);
};
