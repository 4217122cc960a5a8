import { systemClock as clock } from '../../shared/aws/system-clock';
import { table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { httpDoor } from '../../shared/lambda/http-door';
import { identifierHasher } from '../../shared/lambda/identifier-hasher';
import { livePolicy } from '../../shared/lambda/live-policy';
import { count } from '../../shared/lambda/observe';
import { AdmissionEnv } from '../../shared/wiring';
import { countsOf } from './check';
import { admissionRoutes } from './routes';

const env = environment(AdmissionEnv);
const enforcement = table(env.ENFORCEMENT_TABLE);

export const handler = httpDoor(env, (api, http) => {
  admissionRoutes(api, http, {
    graph: table(env.GRAPH_TABLE),
    enforcement,
    clock,
    access: http.state,
    hasher: identifierHasher(env.IDENTIFIER_KEY_SECRET),
    policy: livePolicy(enforcement, clock),
    count: (checked) => count(countsOf(checked)),
  });
});
