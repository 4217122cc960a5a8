import type { Policy } from '../../shared/model/policy';
import type { AccountReader, Chance, Clock, Provider, Stores, Workflow } from '../../shared/ports';

/** The policy that judges now, with its digest (`policyDigest`). On AWS: the policy store's live version; in replay: the file. */
export type LivePolicy = () => Promise<{ policy: Policy; digest: string }>;

/** Makes the address under which a person can appeal without a login; undefined when none is configured. */
export type AppealLinks = { link(subject: { account: string; case: string; expiresAt: number }): Promise<string> };

/** What every use case of this stage is given. */
export type Enforcement = {
  stores: Pick<Stores, 'enforcement' | 'graph' | 'archive'>;
  accounts: AccountReader;
  provider: Provider;
  workflow: Workflow;
  policy: LivePolicy;
  appeals?: AppealLinks;
  clock: Clock;
  chance: Chance;
};
