import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Message } from '../ports';
import { logger } from './observe';

/**
 * Answers a batch of messages one by one although they are worked on together: whatever `handle` throws is pinned on the messages
 * that cause it, and only those are delivered again.
 *
 * An outage (an error of an AWS service or of the network) is nobody's fault: the batch comes back as a whole. Anything else is
 * about the content, so the batch is halved until the message that cannot be handled stands alone; `handle` is idempotent.
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

/** The door of a queue: SQS records in, partial batch response out. */
export const queueDoor =
  (handle: (messages: readonly Message[]) => Promise<void>) =>
  async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const failed = await answerEach(
      Records.map(({ messageId, body }) => ({ id: messageId, body })),
      handle,
    );
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

const NETWORK = new Set(['TimeoutError', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT']);

function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('cause' in error && isOutage(error.cause)) return true;
  return (
    '$metadata' in error || ('code' in error && NETWORK.has(String(error.code))) || ('name' in error && NETWORK.has(String(error.name)))
  );
}

/** Messages of errors may quote what was being worked on; names and the place do not. */
function nameOf(error: unknown): { names: string[]; at?: string } {
  const names: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) names.push(cause.name);
  return { names, at: error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined };
}
