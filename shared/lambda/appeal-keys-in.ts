import { SecretsManagerSecrets } from '../aws/secrets-manager';
import type { AppealKeys } from '../identity/appeal-link';
import type { Secrets } from '../ports';
import { appealKeys } from './key-ring';

/** The keys of appeal links, asked for at each use: they change over. Whoever holds the secret can make a link for anybody. */
export const appealKeysIn =
  (secretId: string, secrets: Secrets = new SecretsManagerSecrets()) =>
  async (): Promise<AppealKeys> =>
    appealKeys(await secrets.get(secretId));
