import recommended from '../../policies/recommended.json';
import { Policy, policyDigest, withMode } from '../domain/policy/policy';
import type { Clock, Table } from '../ports';
import { LedgerStore } from '../stores/cases/ledger-store';
import { PolicyStore } from '../stores/policy-store';

/** What judges until somebody puts a policy live: the recommended numbers, and nothing is done to anybody. */
const FIRST = withMode(Policy.parse(recommended), 'observe', 'No policy is live yet: a new deployment looks and does nothing.');
const first = { policy: FIRST, digest: policyDigest(FIRST) };

/** The policy that judges now, read from the system of record at every use: what was rolled back judges nobody any more. */
export function livePolicy(enforcement: Table, clock: Clock): () => Promise<{ policy: Policy; digest: string }> {
  return livePolicyOf(new PolicyStore(enforcement, new LedgerStore(enforcement, clock)));
}

export const livePolicyOf = (policies: PolicyStore) => async (): Promise<{ policy: Policy; digest: string }> =>
  (await policies.live()) ?? first;
