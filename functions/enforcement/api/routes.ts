import type { Api, HttpPorts } from '../../../shared/http/api';
import { canaryRoutes } from '../canaries/canary-routes';
import type { Enforcement } from '../enforcement';
import { caseCommandRoutes } from './case-command-routes';
import { choiceRoutes } from './choice-routes';
import { disclosureRoutes } from './disclosure-routes';
import { exonerationRoutes } from './exoneration-routes';
import { knownOperatorRoutes } from './known-operator-routes';
import { labelRoutes } from './label-routes';
import { legalHoldRoutes } from './legal-hold-routes';
import { type Names, nameRoutes } from './name-routes';
import { policyRoutes } from './policy-routes';
import { previewRoutes } from './preview-routes';
import { regroupingRoutes } from './regrouping-routes';
import { ruleRoutes } from './rule-routes';
import { searchRoutes } from './search-routes';
import { verificationRoutes } from './verification-routes';

/** The commands of API v1 that change what is done to accounts. */
export function enforcementRoutes(api: Api, http: HttpPorts, world: Enforcement, names: Names): void {
  caseCommandRoutes(api, http, world);
  previewRoutes(api, http, world);
  choiceRoutes(api, http, world);
  labelRoutes(api, http, world);
  verificationRoutes(api, http, world);
  canaryRoutes(api, http, world, names);
  disclosureRoutes(api, http, world);
  legalHoldRoutes(api, http, world);
  regroupingRoutes(api, http, world);
  exonerationRoutes(api, http, world);
  knownOperatorRoutes(api, http, world);
  // Before the policies, one of which could be called `rules`.
  ruleRoutes(api, http, world);
  policyRoutes(api, http, world, names);
  nameRoutes(api, http, world, names);
  searchRoutes(api, http, world, names);
}
