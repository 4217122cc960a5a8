import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, deadLetters, table } from '../../shared/lambda/adapters';
import { queueDoor } from '../../shared/lambda/answer-each';
import { environment } from '../../shared/lambda/environment';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { count, logger } from '../../shared/lambda/observe';
import { IngestEnv } from '../../shared/wiring';
import { ingest } from './ingest';

const env = environment(IngestEnv);
const ports = { archive: bucket(env.ARCHIVE_BUCKET), features: table(env.FEATURES_TABLE), clock, segments: env.SEGMENTS };
const poison = deadLetters(env.DEAD_LETTERS_URL);
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

export const handler = queueDoor(async (messages) => {
  const { accepted, rejected, unreadable, chunk } = await ingest(messages, { ...ports, hasher: await hasher() });
  for (const { message, because } of unreadable) await poison.bury(message.body, because);
  count({ EventsAccepted: accepted, EventsRejected: rejected.length });
  logger.info('ingested', { messages: messages.length, accepted, rejected: rejected.length, unreadable: unreadable.length, chunk });
});
