import type { OpenedTenant, ReferredTenant } from '../domain/cases/referral';
import type { Hash64, SealedId } from './ids';
import { hashText, type KeyedHasher } from './keyed-hash';

/** A sealed name of a tenant that is not the one that the row beside it was hashed from. */
export class ForgedTenant extends Error {
  constructor() {
    super('the sealed name kept for a tenant is another tenant’s: somebody changed the row');
    this.name = 'ForgedTenant';
  }
}

/** Tenants as their cloud calls them, whichever of the keys they were sealed under. Throws `ForgedTenant`, or when no key opens one. */
export function openedTenants(tenants: readonly ReferredTenant[], hashers: readonly KeyedHasher[]): OpenedTenant[] {
  const open = (type: 'tenant' | 'billing-account', sealed: SealedId, hash: Hash64): string => {
    for (const hasher of hashers) {
      let name: string;
      try {
        name = hasher.open(sealed);
      } catch {
        // Sealed under another key: the cipher's tag says so, and the next one is tried.
        continue;
      }
      if (hashText(hasher.object(type, name)) !== hash) throw new ForgedTenant();
      return name;
    }
    throw new Error('the name of a tenant is sealed under a key that the identifier secret no longer holds');
  };
  return tenants.map(({ tenant, tenantSealed, billingAccount, billingSealed, exchanges, firstSeen, lastSeen }) => ({
    tenant: open('tenant', tenantSealed, tenant),
    billingAccount: billingAccount === null || billingSealed === null ? null : open('billing-account', billingSealed, billingAccount),
    exchanges,
    firstSeen,
    lastSeen,
  }));
}
