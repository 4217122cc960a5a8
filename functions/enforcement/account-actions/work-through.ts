import type { EnforcementPolicy } from '../../../shared/domain/policy/enforcement-policy';
import type { AccountKey } from '../../../shared/identity/ids';
import { inBatches } from '../../../shared/in-batches';

/** Accounts worked on between two looks at what came of it, and side by side. */
export const BATCH = 100;
export const WIDTH = 32;
/** Accounts worked on in one step: a few minutes, well inside a function's quarter of an hour. */
export const STEP = 5_000;

/** What work on one account came to: it needed none, it is done (a refusal is an answer), or the provider could not be reached for it. */
export type Worked = 'none' | 'done' | 'unreachable';
export type WorkedThrough = {
  /** Accounts behind it: all of them, unless it ended early. */
  upTo: number;
  unreachable: number;
  /** `enough`: there are more, for another step. `outage`: too many of the last batch could not be reached; if nobody could, it is to be begun again. */
  ended: 'all' | 'enough' | 'outage';
};

/** Works on accounts in order, batch by batch; ends when enough was done for one step, or the provider is in trouble. */
export async function workThrough<T>(
  accounts: readonly T[],
  policy: EnforcementPolicy,
  work: (account: T) => Promise<Worked>,
): Promise<WorkedThrough> {
  let worked = 0;
  let unreachable = 0;
  for (let start = 0; start < accounts.length; start += BATCH) {
    if (worked >= STEP) return { upTo: start, unreachable, ended: 'enough' };
    const batch = accounts.slice(start, start + BATCH);
    const count = { none: 0, done: 0, unreachable: 0 };
    await inBatches(batch, WIDTH, async (account) => {
      const came = await work(account);
      count[came]++;
    });
    unreachable += count.unreachable;
    worked += count.done + count.unreachable;
    if (tooMany(count.unreachable, count.done + count.unreachable, policy))
      return { upTo: count.done > 0 ? start + batch.length : start, unreachable, ended: 'outage' };
  }
  return { upTo: accounts.length, unreachable, ended: 'all' };
}

/** Whether so many failures, of so many, are the provider's system in trouble: not to be added to. */
export const tooMany = (failed: number, of: number, { stop: { errors, afterAccounts } }: EnforcementPolicy): boolean =>
  failed > 0 && failed >= Math.min(of, afterAccounts.value) && failed > errors.value * of;

/** Of accounts in the order of their keys, those behind one that was come to. */
export const behind = (accounts: readonly AccountKey[], past: string | undefined): readonly AccountKey[] =>
  past === undefined ? accounts : accounts.filter((account) => account > past);
