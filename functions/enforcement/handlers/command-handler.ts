import { canaryKeys } from '../../../shared/identity/canary';
import { hashesOf } from '../../../shared/identity/keyed-hash';
import { actingPorts } from '../../../shared/lambda/acting';
import { environment } from '../../../shared/lambda/environment';
import { httpHandler } from '../../../shared/lambda/http-handler';
import { identifierHasher, tenantNamer } from '../../../shared/lambda/identifier-hasher';
import { CommandEnv } from '../../../shared/wiring';
import { enforcementRoutes } from '../api/routes';
import { openEnforcement } from '../enforcement';

const env = environment(CommandEnv);
const hasher = identifierHasher(env.IDENTIFIER_KEY_SECRET);

/** What people may do: approve, reject, undo, exonerate, put policies live, stop everything. */
export const handler = httpHandler(env, (api, http) =>
  enforcementRoutes(api, http, openEnforcement(actingPorts(env)), {
    keyOf: async (id) => (await hasher()).account(id).key,
    idOf: async (sealed, account) => (await hasher()).openFor(account, sealed),
    hashesOf: async (value) => hashesOf(value, await hasher()),
    tenantsOf: tenantNamer(env.IDENTIFIER_KEY_SECRET),
    canaries: canaryKeys(hasher),
  }),
);
