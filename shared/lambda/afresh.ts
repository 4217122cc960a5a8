/**
 * What an instance remembers between calls, made again after a call that failed: half a memory is worse than none.
 * Lambda keeps the process, with everything in it, when a handler throws.
 */
export function afresh<T>(make: () => T): <R>(use: (made: T) => Promise<R>) => Promise<R> {
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
