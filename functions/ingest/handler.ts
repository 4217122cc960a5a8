import { dynamoDb, s3, sqs } from '../../shared/aws/clients';
import { SqsDeadLetters } from '../../shared/aws/dead-letters';
import { DynamoTable } from '../../shared/aws/dynamo-table';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { systemClock as clock } from '../../shared/aws/system-clock';
import { queueDoor } from '../../shared/lambda/answer-each';
import { environment } from '../../shared/lambda/environment';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { count, logger } from '../../shared/lambda/observe';
import { IngestEnv } from '../../shared/wiring';
import { ingest } from './ingest';

const env = environment(IngestEnv);
const archive = new S3ObjectStore(s3(), env.ARCHIVE_BUCKET);
const features = new DynamoTable(dynamoDb(), env.FEATURES_TABLE, clock);
const deadLetters = new SqsDeadLetters(sqs(), env.DEAD_LETTERS_URL);
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

export const handler = queueDoor(async (messages) => {
  const { accepted, rejected, unreadable, chunk } = await ingest(messages, {
    archive,
    features,
    clock,
    segments: env.SEGMENTS,
    hasher: await hasher(),
  });
  for (const { message, because } of unreadable) await deadLetters.bury(message.body, because);
  count({ EventsAccepted: accepted, EventsRejected: rejected.length });
  logger.info('ingested', { messages: messages.length, accepted, rejected: rejected.length, unreadable: unreadable.length, chunk });
});
