import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, queue, table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { count, logger } from '../../shared/lambda/observe';
import { PlanEnv } from '../../shared/wiring';
import { plan } from './plan';

const env = environment(PlanEnv);
const ports = {
  archive: bucket(env.ARCHIVE_BUCKET),
  features: table(env.FEATURES_TABLE),
  clock,
  shards: env.SHARDS,
  settle: env.SETTLE_SECONDS * 1000,
  foldAgainAfter: env.FOLD_AGAIN_SECONDS * 1000,
  archiveDays: env.ARCHIVE_DAYS,
};
const folds = queue(env.FOLD_QUEUE_URL);

export const handler = async (): Promise<void> => {
  const tasks = await plan(ports);
  await folds.send(tasks.map((task) => JSON.stringify(task)));
  count({ HoursNotFolded: new Set(tasks.map(({ hour }) => hour)).size });
  logger.info('planned', { tasks: tasks.length });
};
