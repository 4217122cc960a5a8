import { dynamoDb, s3 } from '../../shared/aws/clients';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { systemClock as clock } from '../../shared/aws/system-clock';
import { queueDoor } from '../../shared/lambda/answer-each';
import { environment } from '../../shared/lambda/environment';
import { count, logger } from '../../shared/lambda/observe';
import { FoldEnv } from '../../shared/wiring';
import { fold } from './fold';
import { FoldTask } from './plan';

const env = environment(FoldEnv);
const archive = new S3ObjectStore(s3(), env.ARCHIVE_BUCKET);
const features = new DynamoTable(dynamoDb(), env.FEATURES_TABLE, clock);
const materialize = () => env.FEATURE_ROWS === 'all';

export const handler = queueDoor(async (messages) => {
  for (const { body } of messages) {
    const { task, ...result } = await fold(FoldTask.parse(JSON.parse(body)), { archive, features, materialize });
    count({ ConflictingDuplicates: result.conflicts });
    logger.info('folded', { ...task, ...result });
  }
});
