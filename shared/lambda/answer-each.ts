import { createHash } from 'node:crypto';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Message } from '../ports';
import { takeOff } from './adapters';
import { logger } from './observe';

/**
 * Answers a batch of messages one by one although they are worked on together: whatever `handle` throws is pinned on the messages
 * that cause it, and only those are delivered again.
 *
 * An outage (of an AWS service, of the network, of our own rights) is nobody's fault: the batch comes back as a whole. Anything else
 * is about the content, so the batch is halved until the message that cannot be handled stands alone; `handle` is idempotent.
 */
export async function answerEach(messages: readonly Message[], handle: (messages: readonly Message[]) => Promise<void>): Promise<string[]> {
  if (messages.length === 0) return [];
  try {
    await handle(messages);
    return [];
  } catch (error) {
    const ids = messages.map(({ id }) => id);
    if (messages.length === 1 || isOutage(error)) {
      logger.error('not handled, delivered again', { messages: ids.length, first: ids[0], outage: isOutage(error), ...nameOf(error) });
      return ids;
    }
    const middle = messages.length >> 1;
    return [...(await answerEach(messages.slice(0, middle), handle)), ...(await answerEach(messages.slice(middle), handle))];
  }
}

/** What the handler needs of its queue besides Lambda: to take off messages that are done before the others are begun. */
export type Acknowledge = (records: readonly SQSRecord[]) => Promise<void>;

/**
 * The handler of a queue: SQS records in, partial batch response out.
 *
 * A message that ends its reader (out of memory, out of time) is pinned on nobody: the process answers nothing, and the whole batch
 * comes back. So a batch that comes back is worked on in parts, half as large with each time, and what is done is taken off the queue
 * before the next part is begun; once from the front and once from the back, so that only who stands between two messages that kill
 * the reader is kept waiting, and then in another order. A killer stands alone before it is given up on (infra/parts/watched-queue.ts).
 */
export const queueDoor =
  (handle: (messages: readonly Message[]) => Promise<void>, acknowledge: Acknowledge = takeOff) =>
  async ({ Records }: SQSEvent, context?: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const failed: string[] = [];
    const begun = context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
    const parts = partsOf(Records);
    for (const [index, part] of parts.entries()) {
      // Out of time with the rest of it is out of time with all of it: the rest comes back by itself.
      if (index > 0 && (context?.getRemainingTimeInMillis() ?? begun) < begun / 4) failed.push(...part.map(({ messageId }) => messageId));
      else {
        const wrong = new Set(
          await answerEach(
            part.map(({ messageId, body }) => ({ id: messageId, body })),
            handle,
          ),
        );
        failed.push(...wrong);
        if (index < parts.length - 1) await acknowledge(part.filter(({ messageId }) => !wrong.has(messageId)));
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

/** The whole batch the first time; then halves, quarters, … by how often it came, forwards and backwards. */
function partsOf(records: readonly SQSRecord[]): SQSRecord[][] {
  const times = Math.max(1, ...records.map(({ attributes }) => Number(attributes?.ApproximateReceiveCount ?? 1)));
  if (times === 1) return [[...records]];
  const size = Math.max(1, Math.ceil(records.length / 2 ** (times - 1)));
  const order = (record: SQSRecord): string =>
    createHash('sha256')
      .update(`${times >> 1} ${record.messageId}`)
      .digest('hex');
  const shuffled = records.map((record) => ({ record, at: order(record) })).sort((one, other) => (one.at < other.at ? -1 : 1));
  const parts: SQSRecord[][] = [];
  for (let start = 0; start < shuffled.length; start += size) parts.push(shuffled.slice(start, start + size).map(({ record }) => record));
  return times % 2 === 0 ? parts : parts.reverse();
}

const NETWORK = new Set(['TimeoutError', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT']);
/** Faults that AWS calls the caller's and that no message can be blamed for: rights, keys, names, and too much at once. */
const OURS =
  /AccessDenied|Unauthorized|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|ExpiredToken|TokenRefreshRequired|ResourceNotFound|NonExistentQueue|QueueDoesNotExist|NoSuchBucket|Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|LimitExceeded|SlowDown|RequestTimeout|RequestExpired|KMS|Disabled/;

/** Nobody's fault: the batch comes back as a whole. Any other error is about what is in the messages, also where AWS says so. */
function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('cause' in error && isOutage(error.cause)) return true;
  const name = 'name' in error ? String(error.name) : '';
  if ('$metadata' in error) return !('$fault' in error && error.$fault === 'client') || '$retryable' in error || OURS.test(name);
  return ('code' in error && NETWORK.has(String(error.code))) || NETWORK.has(name);
}

/** Messages of errors may quote what was being worked on; names and the place do not. */
function nameOf(error: unknown): { names: string[]; at?: string } {
  const names: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) names.push(cause.name);
  return { names, at: error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined };
}
