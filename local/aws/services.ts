import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { startJsonEndpoint } from '../engines/json-endpoint';
import type { World } from './world';

const GetSecretValue = z.object({ SecretId: z.string() });
const PutEvents = z.object({ Entries: z.array(z.looseObject({ DetailType: z.string(), Detail: z.string() })) });

/** The services that no embedded engine speaks: Secrets Manager, EventBridge (events out are printed). */
export async function startServices() {
  let world: World | undefined;
  const engine = await startJsonEndpoint((operation, request) => {
    switch (operation) {
      case 'GetSecretValue': {
        const { SecretId } = GetSecretValue.parse(request);
        const SecretString = world?.secrets.get(SecretId);
        return SecretString === undefined
          ? { status: 400, body: { __type: 'ResourceNotFoundException' } }
          : { body: { ARN: SecretId, SecretString } };
      }
      case 'PutEvents': {
        const { Entries } = PutEvents.parse(request);
        for (const { DetailType, Detail } of Entries) console.log(`event out: ${DetailType} ${Detail}`);
        return { body: { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) } };
      }
      default:
        return { status: 400, body: { __type: 'UnknownOperationException', message: `npm run local does not answer ${operation}` } };
    }
  });
  return {
    ...engine,
    know: (made: World): void => {
      world = made;
    },
  };
}
