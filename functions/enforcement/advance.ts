import type { Enforcement } from './enforcement';

/** Takes every open case as far as it can go now. `nextDue` (ms): when to call again; undefined when nothing waits for time. */
export async function advance(_world: Enforcement): Promise<{ steps: number; nextDue?: number }> {
  throw new Error('being written: the signature is the contract');
}
