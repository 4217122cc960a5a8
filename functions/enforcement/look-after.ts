import { carryOutAppeals } from './account-actions/carry-out-appeals';
import { finishRestoring } from './account-actions/reinstate';
import { restartLost } from './case/restart-lost';
import type { Enforcement } from './enforcement';
import { watchKeys } from './keys/watch-keys';
import { keepLabels } from './labels/keep-labels';
import { watchReferrals } from './referrals/watch-referrals';
import { watchTenants } from './referrals/watch-tenants';
import { watchVerifications } from './verification/watch-verifications';

/** In this order: what is quick, and what gives back, before what only keeps lists. */
const PARTS = {
  cases: restartLost,
  appeals: carryOutAppeals,
  restoring: finishRestoring,
  verifications: watchVerifications,
  referrals: watchReferrals,
  keys: watchKeys,
  tenants: watchTenants,
  standings: (deps: Enforcement) => deps.standings.refresh(),
  labels: async (deps: Enforcement) => (await keepLabels(deps)).kept,
} as const;
export type LookedAfter = { [part in keyof typeof PARTS]?: Awaited<ReturnType<(typeof PARTS)[part]>> } & { failed: string[] };

/**
 * Every few minutes: lost executions are started again, decided appeals are carried out, restores that did not arrive are sent again, lists are
 * kept. A part that fails keeps no other from being done: `failed` says which did, and why.
 */
export async function lookAfter(deps: Enforcement): Promise<LookedAfter> {
  const done: Record<string, unknown> = {};
  const failed: string[] = [];
  for (const [part, work] of Object.entries(PARTS)) {
    try {
      done[part] = await work(deps);
    } catch (error) {
      failed.push(`${part}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const { cases } = done as LookedAfter;
  return { ...done, failed: [...failed, ...(cases?.failed ?? [])] };
}
