import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, queue, table } from '../../shared/lambda/adapters';
import { queueDoor } from '../../shared/lambda/answer-each';
import { environment } from '../../shared/lambda/environment';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { count, logger } from '../../shared/lambda/observe';
import { IngestEnv } from '../../shared/wiring';
import { ingest } from './ingest';

const env = environment(IngestEnv);
const stores = { archive: bucket(env.ARCHIVE_BUCKET), refused: bucket(env.REFUSED_BUCKET), features: table(env.FEATURES_TABLE) };
const verifications = queue(env.VERIFICATION_QUEUE_URL);
const ports = { ...stores, verifications, clock, segments: env.SEGMENTS, producers: env.PRODUCERS };
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

export const handler = queueDoor(async (messages) => {
  const { accepted, rejected, chunk } = await ingest(messages, { ...ports, hasher: await hasher() });
  count({ EventsAccepted: accepted, EventsRejected: rejected.length });
  logger.info('ingested', { messages: messages.length, accepted, rejected: rejected.length, chunk });
});
