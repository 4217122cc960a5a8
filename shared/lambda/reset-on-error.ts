import type { Context } from 'aws-lambda';

/**
 * What an instance remembers between calls, made again after a call that failed: half a memory is worse than none.
 * Lambda keeps the process, with everything in it, when a handler throws.
 */
export function resetOnError<T>(make: () => T): <R>(use: (made: T) => Promise<R>) => Promise<R> {
  let made: T | undefined;
  return async (use) => {
    made ??= make();
    try {
      return await use(made);
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}

/** Says true until half of the time that a call has left is over: the rest is for what is done with what was read. */
export function firstHalf(context: Pick<Context, 'getRemainingTimeInMillis'>): () => boolean {
  const half = context.getRemainingTimeInMillis() / 2;
  return () => context.getRemainingTimeInMillis() > half;
}
