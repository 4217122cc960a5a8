import { createHash, createHmac } from 'node:crypto';
import type { NamedKey } from '../domain/api-key';
import type { OpenedTenant, ReferredTenant } from '../domain/cases/referral';
import type { AppealKeys } from '../identity/appeal-link';
import type { AccountKey, SealedId } from '../identity/ids';
import { ForgedIdentity, KeyedHasher } from '../identity/keyed-hash';
import { openedKey, openedTenants } from '../identity/opened-names';

/**
 * The keys in one secret, one a line. The first is in use; the others are honoured until they are taken
 * out, which is how a key is changed over (docs/deploy.md, key rotation).
 */
export function keysOf(secret: string): [string, ...string[]] {
  const [first, ...others] = secret.split(/\s+/).filter((key) => key !== '');
  if (first === undefined) throw new Error('a secret of keys holds none');
  return [first, ...others];
}

/** A key of its own for each purpose, so that no signature made for one is good for another. */
export const derivedKey = (key: string, purpose: 'cursor' | 'appeal-link' | 'producer-key'): string =>
  createHmac('sha256', key).update(`lockstep/${purpose}/v1`).digest('hex');

/** Keys of appeal links by id: links signed before a change of keys work until they expire. */
export const appealKeys = (secret: string): AppealKeys =>
  keysOf(secret).map((key) => {
    const derived = derivedKey(key, 'appeal-link');
    return { id: createHash('sha256').update(derived).digest('hex').slice(0, 8), secret: derived };
  });

/** Standard Webhooks wants base64 behind a prefix; what Secrets Manager makes (64 letters and digits) is that already. */
export const webhookSecrets = (secret: string): string[] => keysOf(secret).map((key) => (key.startsWith('whsec_') ? key : `whsec_${key}`));

/** Opens the id of an account whichever of the keys it was hashed and sealed under; throws `ForgedIdentity` when it is another's. */
export function openerFor(secret: string): (sealed: SealedId, account: AccountKey) => string {
  const open = openerOf(secret);
  const hashers = keysOf(secret).map((key) => new KeyedHasher(key));
  return (sealed, account) => {
    const id = open(sealed);
    if (!hashers.some((hasher) => hasher.account(id).key === account)) throw new ForgedIdentity(account);
    return id;
  };
}

/** Names an API key to the provider, whichever of the keys it was sealed under. */
export function keyOpenerFor(secret: string): (named: NamedKey) => string {
  const hashers = keysOf(secret).map((key) => new KeyedHasher(key));
  return (named) => openedKey(named, hashers);
}

/** Names the tenants of a referral to their own cloud, whichever of the keys they were sealed under. */
export const tenantsUnder = (secret: string, tenants: readonly ReferredTenant[]): OpenedTenant[] =>
  openedTenants(
    tenants,
    keysOf(secret).map((key) => new KeyedHasher(key)),
  );

/** Opens an account id whichever of the keys it was sealed under. */
export function openerOf(secret: string): (sealed: SealedId) => string {
  const hashers = keysOf(secret).map((key) => new KeyedHasher(key));
  return (sealed) => {
    for (const hasher of hashers) {
      try {
        return hasher.open(sealed);
      } catch {
        // Sealed under another key: the cipher's tag says so, and the next one is tried.
      }
    }
    throw new Error('an account id is sealed under a key that the identifier secret no longer holds');
  };
}
