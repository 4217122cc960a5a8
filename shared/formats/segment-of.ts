import type { AccountKey } from '../identity/ids';

/** Which of `segments` (a power of two up to 64) an account belongs to: from its key, which is uniform. Of fewer, the remainder: shards divide segments. */
export const segmentOf = (account: AccountKey, segments: number): number =>
  ((account.charCodeAt(0) * 31 + account.charCodeAt(1)) * 31 + account.charCodeAt(2)) % segments;
