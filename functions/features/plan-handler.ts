import { dynamoDb, s3, sqs } from '../../shared/aws/clients';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { SqsQueue } from '../../shared/aws/sqs-queue';
import { systemClock as clock } from '../../shared/aws/system-clock';
import { environment } from '../../shared/lambda/environment';
import { count, logger } from '../../shared/lambda/observe';
import { PlanEnv } from '../../shared/wiring';
import { plan } from './plan';

const env = environment(PlanEnv);
const archive = new S3ObjectStore(s3(), env.ARCHIVE_BUCKET);
const features = new DynamoTable(dynamoDb(), env.FEATURES_TABLE, clock);
const folds = new SqsQueue(sqs(), env.FOLD_QUEUE_URL);

export const handler = async (): Promise<void> => {
  const tasks = await plan({ archive, features, clock, shards: env.SHARDS });
  await folds.send(tasks.map((task) => JSON.stringify(task)));
  count({ HoursNotFolded: new Set(tasks.map(({ hour }) => hour)).size });
  logger.info('planned', { tasks: tasks.length });
};
