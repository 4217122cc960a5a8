import type { Api, HttpPorts } from '../../../shared/http/api';
import { canaryRoutes } from '../canaries/canary-routes';
import type { Enforcement } from '../enforcement';
import { referralRoutes } from '../referrals/referral-routes';
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
export function enforcementRoutes(api: Api, http: HttpPorts, deps: Enforcement, names: Names): void {
  caseCommandRoutes(api, http, deps);
  previewRoutes(api, http, deps);
  choiceRoutes(api, http, deps);
  labelRoutes(api, http, deps);
  verificationRoutes(api, http, deps);
  canaryRoutes(api, http, deps, names);
  referralRoutes(api, http, deps, names);
  disclosureRoutes(api, http, deps);
  legalHoldRoutes(api, http, deps);
  regroupingRoutes(api, http, deps);
  exonerationRoutes(api, http, deps);
  knownOperatorRoutes(api, http, deps);
  // Before the policies, one of which could be called `rules`.
  ruleRoutes(api, http, deps);
  policyRoutes(api, http, deps, names);
  nameRoutes(api, http, deps, names);
  searchRoutes(api, http, deps, names);
}
