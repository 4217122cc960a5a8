import type { Api, HttpPorts } from '../../shared/http/api';
import { caseCommandRoutes } from './case-command-routes';
import type { Enforcement } from './enforcement';
import { exonerationRoutes } from './exoneration-routes';
import { type Identify, lookupRoutes } from './lookup-routes';
import { policyRoutes } from './policy-routes';

/** The commands of API v1 that change what is done to accounts. */
export function enforcementRoutes(api: Api, http: HttpPorts, world: Enforcement, identify: Identify): void {
  caseCommandRoutes(api, http, world);
  exonerationRoutes(api, http, world);
  policyRoutes(api, http, world);
  lookupRoutes(api, http, identify);
}
