import { z } from 'zod';

/** What became of a request to erase what is held of one account: a chain an account, by its keyed hash. The reason stands in the entries. */
export const Erasure = z.object({
  progress: z.enum(['asked', 'erased']),
  /** What was taken away, by kind; zeros when it was asked for. */
  removed: z.record(z.string(), z.int()),
});
export type Erasure = z.infer<typeof Erasure>;

export const ERASURE_CHAIN = { prefix: 'ER#', state: Erasure, listedIn: (): string => 'ERASURES' };
