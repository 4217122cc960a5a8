import { SecretsManagerSecrets } from '../aws/secrets-manager';
import type { OpenedTenant, Referral } from '../domain/cases/referral';
import { KeyedHasher } from '../identity/keyed-hash';
import type { Secrets } from '../ports';
import { keysOf, tenantsUnder } from './key-ring';

/**
 * The hasher with the deployment's key, asked for at each batch and made again only when the key has changed: it remembers what
 * it has hashed, and the secret itself is cached (SECRET_MAX_AGE_SECONDS).
 */
export function identifierHasher(secretId: string, secrets: Secrets = new SecretsManagerSecrets()): () => Promise<KeyedHasher> {
  let made: { key: string; hasher: KeyedHasher } | undefined;
  return async () => {
    const [key] = keysOf(await secrets.get(secretId));
    if (made?.key !== key) made = { key, hasher: new KeyedHasher(key) };
    return made.hasher;
  };
}

/** Names tenants of a referral under whichever of the deployment's keys they were sealed; it remembers none. */
export const tenantNamer =
  (secretId: string, secrets: Secrets = new SecretsManagerSecrets()) =>
  async ({ tenants }: Pick<Referral, 'tenants'>): Promise<OpenedTenant[]> =>
    tenantsUnder(await secrets.get(secretId), tenants);
