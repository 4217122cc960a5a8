import { SecretsManagerSecrets } from '../../../shared/aws/secrets-manager';
import { canaryKeys } from '../../../shared/identity/canary';
import { hashesOf } from '../../../shared/identity/keyed-hash';
import { actingPorts } from '../../../shared/lambda/acting';
import { environment } from '../../../shared/lambda/environment';
import { httpHandler } from '../../../shared/lambda/http-handler';
import { identifierHasher } from '../../../shared/lambda/identifier-hasher';
import { tenantsUnder } from '../../../shared/lambda/key-ring';
import { CommandEnv } from '../../../shared/wiring';
import { enforcementRoutes } from '../api/routes';
import { openEnforcement } from '../enforcement';

const env = environment(CommandEnv);
const secrets = new SecretsManagerSecrets();
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

/** What people may do: approve, reject, undo, exonerate, put policies live, stop everything. */
export const handler = httpHandler(env, (api, http) =>
  enforcementRoutes(api, http, openEnforcement(actingPorts(env)), {
    keyOf: async (id) => (await hasher()).account(id).key,
    idOf: async (sealed, account) => (await hasher()).openFor(account, sealed),
    hashesOf: async (value) => hashesOf(value, await hasher()),
    tenantsOf: async ({ tenants }) => tenantsUnder(await secrets.get(env.IDENTIFIER_KEY_SECRET), tenants),
    canaries: canaryKeys(hasher),
  }),
);
