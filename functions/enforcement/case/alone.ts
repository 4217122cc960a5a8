import { MINUTE } from '../../../shared/domain/time';
import type { CaseId } from '../../../shared/identity/ids';
import type { Enforcement } from '../enforcement';

/** Longer than a function may run (15 minutes, infra/enforcement.ts): a lease that outlasts its worker is a worker that died. */
const LEASE_MS = 16 * MINUTE;

export const leaseOf = (id: CaseId): string => `case/${id}`;

/** Does what acts on the accounts of a case while nobody else does: the state machine, a detection run and the watchdog take turns. */
export async function alone<T>(
  id: CaseId,
  deps: Enforcement,
  { work, busy }: { work: () => Promise<T>; busy: (until: number) => T },
): Promise<T> {
  const owner = `${deps.clock.now()}-${deps.chance.next()}`;
  const lease = await deps.leases.take(leaseOf(id), owner, LEASE_MS);
  if (lease.kind === 'held') return busy(lease.until);
  try {
    return await work();
  } finally {
    await deps.leases.release(leaseOf(id), owner);
  }
}
