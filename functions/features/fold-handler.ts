import { bucket, table } from '../../shared/lambda/adapters';
import { queueDoor } from '../../shared/lambda/answer-each';
import { environment } from '../../shared/lambda/environment';
import { count, logger } from '../../shared/lambda/observe';
import { FoldEnv } from '../../shared/wiring';
import { fold, isFolded } from './fold';
import { FoldTask } from './plan';

const env = environment(FoldEnv);
const ports = { archive: bucket(env.ARCHIVE_BUCKET), features: table(env.FEATURES_TABLE), rows: env.FEATURE_ROWS };

export const handler = queueDoor(async (messages) => {
  for (const { body } of messages) {
    const due = FoldTask.parse(JSON.parse(body));
    if (await isFolded(due, ports.features)) continue;
    const { task, ...result } = await fold(due, ports);
    count({ ConflictingDuplicates: result.conflicts });
    logger.info('folded', { ...task, ...result });
  }
});
