import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, queue, table } from '../../shared/lambda/adapters';
import { queueDoor } from '../../shared/lambda/answer-each';
import { environment } from '../../shared/lambda/environment';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { count, logger } from '../../shared/lambda/observe';
import { IngestFilesEnv } from '../../shared/wiring';
import { ingestNotified } from './ingest-notified';

const env = environment(IngestFilesEnv);
const stores = { archive: bucket(env.ARCHIVE_BUCKET), refused: bucket(env.REFUSED_BUCKET), features: table(env.FEATURES_TABLE) };
const verifications = queue(env.VERIFICATION_QUEUE_URL);
const ports = { ...stores, verifications, clock, segments: env.SEGMENTS, producers: env.PRODUCERS };
const places = { inbox: env.INBOX_BUCKET, sources: env.SOURCES, bucket };
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

export const handler = queueDoor(async (messages) => {
  for await (const { file, result } of ingestNotified(messages, places, { ...ports, hasher: await hasher() })) {
    logger.info('file', { ...file, ...result });
    if ('accepted' in result) count({ EventsAccepted: result.accepted, EventsRejected: result.rejected });
    if (result.kind === 'unreadable' || result.kind === 'unknown') count({ FilesNotRead: 1 });
  }
});
