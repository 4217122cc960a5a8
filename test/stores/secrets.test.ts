import { z } from 'zod';
import { startJsonEndpoint } from '../../local/engines/json-endpoint';
import { SecretsManagerSecrets } from '../../shared/aws/secrets-manager';
import { MemorySecrets } from '../../shared/memory/memory-secrets';
import type { Secrets } from '../../shared/ports';

const values = { 'identifier-key': 'k'.repeat(64), empty: '' };
const held = new Map<string, string>(Object.entries(values));
const GetSecretValue = z.object({ SecretId: z.string() });

async function overTheWire() {
  let requests = 0;
  const engine = await startJsonEndpoint((_, request) => {
    requests++;
    const { SecretId } = GetSecretValue.parse(request);
    const SecretString = held.get(SecretId);
    if (SecretString === undefined) return { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no such secret' } };
    return { body: { Name: SecretId, SecretString } };
  });
  // The provider makes its own client, so the SDK's variables name the endpoint, as `npm run local` does.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: engine.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  return { secrets: new SecretsManagerSecrets(), requests: () => requests, stop: () => engine.stop() };
}

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

const inMemory = async () => ({ secrets: new MemorySecrets(values), stop: async () => undefined });

describe.each([
  ['memory', inMemory],
  ['Secrets Manager', overTheWire],
])('Secrets on %s', (_, make: () => Promise<{ secrets: Secrets; stop(): Promise<unknown> }>) => {
  test('gives a secret by its name', async () => {
    const { secrets, stop } = await make();
    expect(await secrets.get('identifier-key')).toBe(values['identifier-key']);
    await stop();
  });

  test.each(['nothing', 'empty'])('throws for %s, names it, and shows no value', async (name) => {
    const { secrets, stop } = await make();
    await expect(secrets.get(name)).rejects.toThrow(new RegExp(`secret .*${name}`));
    await stop();
  });
});

test('a secret is asked for once, not for every event', async () => {
  const { secrets, requests, stop } = await overTheWire();
  await secrets.get('identifier-key');
  await secrets.get('identifier-key');
  expect(requests()).toBe(1);
  await stop();
});
