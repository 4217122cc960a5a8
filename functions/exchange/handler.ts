import { table } from '../../shared/lambda/adapters';
import { environment } from '../../shared/lambda/environment';
import { httpHandler } from '../../shared/lambda/http-handler';
import { ExchangeEnv } from '../../shared/wiring';
import { taxiiRoutes } from './taxii/taxii-routes';

const env = environment(ExchangeEnv);

/** TAXII 2.1: what this lab says to its partners, and what they say back. */
export const handler = httpHandler(env, (api, http) =>
  taxiiRoutes(api, http, { objects: table(env.ENFORCEMENT_TABLE), access: http.state }),
);
