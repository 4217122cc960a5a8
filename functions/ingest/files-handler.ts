import { dynamoDb, s3 } from '../../shared/aws/clients';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { systemClock as clock } from '../../shared/aws/system-clock';
import { queueDoor } from '../../shared/lambda/answer-each';
import { environment } from '../../shared/lambda/environment';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { objectCreated } from '../../shared/lambda/object-created';
import { count, logger } from '../../shared/lambda/observe';
import { IngestFilesEnv } from '../../shared/wiring';
import { ingestFile } from './ingest-file';

const env = environment(IngestFilesEnv);
const client = s3();
const archive = new S3ObjectStore(client, env.ARCHIVE_BUCKET);
const inbox = new S3ObjectStore(client, env.INBOX_BUCKET);
const features = new DynamoTable(dynamoDb(), env.FEATURES_TABLE, clock);
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

export const handler = queueDoor(async (messages) => {
  for (const key of messages.map(({ body }) => objectCreated(body))) {
    const result = await ingestFile(key, { archive, inbox, features, clock, segments: env.SEGMENTS, hasher: await hasher() });
    logger.info('file', { file: key, ...result });
    if (result.kind !== 'gone') count({ EventsAccepted: result.accepted, EventsRejected: result.rejected });
  }
});
