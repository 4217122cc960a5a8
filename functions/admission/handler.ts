import { dynamoDb } from '../../shared/aws/clients';
import { SecretsManagerSecrets } from '../../shared/aws/secrets-manager';
import { queue } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { httpHandler } from '../../shared/lambda/http-handler';
import { count } from '../../shared/lambda/observe';
import { AdmissionEnv } from '../../shared/wiring';
import { countsOf } from './check';
import { openGate } from './embed';
import { admissionRoutes } from './routes';

const env = environment(AdmissionEnv);
const secrets = new SecretsManagerSecrets();
const gate = openGate({
  tables: { graph: env.GRAPH_TABLE, enforcement: env.ENFORCEMENT_TABLE },
  identifierKey: () => secrets.get(env.IDENTIFIER_KEY_SECRET),
  dynamodb: dynamoDb(),
  verifications: queue(env.VERIFICATION_QUEUE_URL),
});

export const handler = httpHandler(env, (api, http) => {
  admissionRoutes(api, http, { gate, access: http.state, count: (checked) => count(countsOf(checked)) });
});
