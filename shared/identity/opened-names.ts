import type { NamedKey } from '../domain/api-key';
import type { OpenedTenant, ReferredTenant } from '../domain/cases/referral';
import type { Hash64, SealedId } from './ids';
import { hashText, type KeyedHasher } from './keyed-hash';

/** A sealed name that is not the one that the hash beside it was made of. */
export class ForgedName extends Error {
  constructor(of: string) {
    super(`the sealed name kept for a ${of} is another ${of}’s: somebody changed the row`);
    this.name = 'ForgedName';
  }
}

const WORDS = { tenant: 'tenant', 'billing-account': 'billing account', 'api-key': 'key' } as const;

/** What was sealed, whichever of the keys it was sealed under. Throws `ForgedName`, or when no key opens it. */
function opened(type: keyof typeof WORDS, sealed: SealedId, hash: Hash64, hashers: readonly KeyedHasher[]): string {
  for (const hasher of hashers) {
    let name: string;
    try {
      name = hasher.open(sealed);
    } catch {
      // Sealed under another key: the cipher's tag says so, and the next one is tried.
      continue;
    }
    if (hashText(hasher.object(type, name)) !== hash) throw new ForgedName(WORDS[type]);
    return name;
  }
  throw new Error(`the name of a ${WORDS[type]} is sealed under a key that the identifier secret no longer holds`);
}

/** An API key as the provider calls it. Throws as tenants do. */
export const openedKey = ({ key, sealed }: NamedKey, hashers: readonly KeyedHasher[]): string => opened('api-key', sealed, key, hashers);

/** Tenants as their cloud calls them. Throws `ForgedName`, or when no key opens one. */
export function openedTenants(tenants: readonly ReferredTenant[], hashers: readonly KeyedHasher[]): OpenedTenant[] {
  return tenants.map(({ tenant, tenantSealed, billingAccount, billingSealed, exchanges, firstSeen, lastSeen }) => ({
    tenant: opened('tenant', tenantSealed, tenant, hashers),
    billingAccount:
      billingAccount === null || billingSealed === null ? null : opened('billing-account', billingSealed, billingAccount, hashers),
    exchanges,
    firstSeen,
    lastSeen,
  }));
}
