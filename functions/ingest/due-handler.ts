import { systemClock as clock } from '../../shared/aws/system-clock';
import { bucket, queue, table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { count, logger } from '../../shared/lambda/observe';
import { IngestEnv } from '../../shared/wiring';
import { takeDue } from './redrive';

const env = environment(IngestEnv);
const stores = { archive: bucket(env.ARCHIVE_BUCKET), refused: bucket(env.REFUSED_BUCKET), features: table(env.FEATURES_TABLE) };
const verifications = queue(env.VERIFICATION_QUEUE_URL);
const ports = { ...stores, verifications, clock, segments: env.SEGMENTS, producers: env.PRODUCERS };
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

export const handler = async (): Promise<void> => {
  const { accepted, rejected } = await takeDue({ ...ports, hasher: await hasher() });
  count({ EventsAccepted: accepted, EventsRejected: rejected });
  logger.info('due', { accepted, rejected });
};
