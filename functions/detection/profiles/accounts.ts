import type { AccountKey } from '../../../shared/identity/ids';
import type { Glance } from '../risk-tier';
import type { PackedProfiles } from './profiles';

/** The accounts of a population, wherever their profiles are: in this process (held-accounts.ts), or in objects, by segment (segments/). */
export interface Accounts {
  readonly size: number;
  /** Of each model, when it was first met (ms). */
  readonly releases: ReadonlyMap<string, number>;
  /** First hour of the window and the newest hour absorbed, since the epoch. */
  readonly span: { readonly start: number; readonly last: number };
  /** Profiles of some accounts: asked together, for where they are elsewhere each question is a step of tasks. */
  some(accounts: readonly AccountKey[]): Promise<PackedProfiles>;
  /** The same, of those alone of whom the provider may have said something since the last run. */
  told(accounts: readonly AccountKey[]): Promise<PackedProfiles>;
  /** Everybody, some at a time, each once. */
  glances(): AsyncIterable<Iterable<Glance>>;
}
