import { readRiskTier, writeRiskTier } from '../domain/policy/risk-tier';
import type { AccountKey } from '../identity/ids';
import type { ObjectStore } from '../ports';

const KEY = 'detection/risk-tier';

/** The risk tier as the last run of detection left it: one object, written by detection, read by the fold. */
export class RiskTierStore {
  private last: ReadonlySet<AccountKey> | undefined;

  constructor(private readonly archive: ObjectStore) {}

  /** Written only when it changed since this store last wrote it. */
  async put(accounts: readonly AccountKey[]): Promise<void> {
    const tier = new Set(accounts);
    const { last } = this;
    if (last?.size === tier.size && accounts.every((account) => last.has(account))) return;
    await this.archive.put(KEY, writeRiskTier([...tier]));
    this.last = tier;
  }

  async erase(account: AccountKey): Promise<void> {
    const tier = await this.get();
    if (tier.delete(account)) await this.archive.put(KEY, writeRiskTier([...tier]));
  }

  /** Empty before the first run. */
  async get(): Promise<Set<AccountKey>> {
    const bytes = await this.archive.get(KEY);
    return bytes ? readRiskTier(bytes) : new Set();
  }
}
