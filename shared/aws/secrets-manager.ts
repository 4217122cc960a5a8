import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import type { Secrets } from '../ports';

/** A rotated secret is seen after at most this long (docs/deploy.md, key rotation). */
export const SECRET_MAX_AGE_SECONDS = 300;

/** The Secrets port on Secrets Manager, by name or ARN, cached per function instance. */
export class SecretsManagerSecrets implements Secrets {
  private readonly provider = new SecretsProvider();

  async get(id: string): Promise<string> {
    const value = await this.provider.get(id, { maxAge: SECRET_MAX_AGE_SECONDS }).catch((error: unknown) => {
      throw new Error(`secret ${id} cannot be read (${because(error)}): see docs/deploy.md, secrets`, { cause: error });
    });
    if (typeof value !== 'string' || value === '') throw new Error(`secret ${id} holds no text: see docs/deploy.md, secrets`);
    return value;
  }
}

const because = (error: unknown): string =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.name : error.name) : 'unknown';
