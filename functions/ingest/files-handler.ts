import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, table } from '../../shared/lambda/adapters';
import { queueDoor } from '../../shared/lambda/answer-each';
import { environment } from '../../shared/lambda/environment';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { objectCreated } from '../../shared/lambda/object-created';
import { count, logger } from '../../shared/lambda/observe';
import { IngestFilesEnv } from '../../shared/wiring';
import { ingestFile } from './ingest-file';

const env = environment(IngestFilesEnv);
const stores = { archive: bucket(env.ARCHIVE_BUCKET), inbox: bucket(env.INBOX_BUCKET), features: table(env.FEATURES_TABLE) };
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

export const handler = queueDoor(async (messages) => {
  for (const key of messages.map(({ body }) => objectCreated(body))) {
    const result = await ingestFile(key, { ...stores, clock, segments: env.SEGMENTS, hasher: await hasher() });
    logger.info('file', { file: key, ...result });
    if (result.kind !== 'gone') count({ EventsAccepted: result.accepted, EventsRejected: result.rejected });
  }
});
