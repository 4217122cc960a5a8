import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { checkedJson } from '../../domain/checked';
import type { AccountKey } from '../../identity/ids';
import type { ObjectStore } from '../../ports';

/** What a run of detection decided, whole: the campaigns that it changes and all that is said of it afterwards. */
export const DecidedRun = z.object({
  run: z.string(),
  at: z.number(),
  networks: z.number(),
  /** Accounts of networks that were left whole. */
  resting: z.number(),
  /** Accounts that are in a network. */
  linked: z.array(z.custom<AccountKey>((value) => typeof value === 'string')),
  /** Documents of the campaigns that changed, by their keys in the archive. */
  documents: z.array(z.string()),
});
export type DecidedRun = z.infer<typeof DecidedRun>;

const KEY = 'detection/decided-run';
const NOTHING = new Uint8Array(0);

/**
 * The run that is being written down: put before the first word of it is said, taken away after the last. Whoever finds one finishes it
 * first, so that a run that was killed half-way ends as it would have ended, whatever was said of it before.
 */
export class DecidedRunStore {
  constructor(private readonly archive: Pick<ObjectStore, 'put' | 'get'>) {}

  async begin(run: DecidedRun): Promise<void> {
    await this.archive.put(KEY, gzipSync(checkedJson(DecidedRun, run, `what ${run.run} decided`), { level: 1 }));
  }

  async unfinished(): Promise<DecidedRun | undefined> {
    const bytes = await this.archive.get(KEY);
    if (!bytes || bytes.length === 0) return undefined;
    return DecidedRun.parse(JSON.parse(gunzipSync(bytes).toString('utf8')));
  }

  async end(): Promise<void> {
    await this.archive.put(KEY, NOTHING);
  }
}
