import { SecretsManagerSecrets } from '../aws/secrets-manager';
import type { Secrets } from '../ports';
import { derivedKey, keysOf } from './key-ring';

/** The key in use for one purpose, of the secret that only who needs it may read. Read once an instance. */
export async function serviceKey(
  secretId: string,
  purpose: 'cursor' | 'producer-key',
  secrets: Secrets = new SecretsManagerSecrets(),
): Promise<string> {
  const [inUse] = keysOf(await secrets.get(secretId));
  return derivedKey(inUse, purpose);
}
