import type { Api, HttpPorts } from '../../shared/http/api';
import { accountRoutes } from './accounts/account-routes';
import { eventRoutes } from './accounts/event-routes';
import { keyRoutes } from './accounts/key-routes';
import { observedRoutes } from './accounts/observed-routes';
import { campaignRoutes } from './campaigns/campaign-routes';
import { pictureRoutes } from './campaigns/picture-routes';
import { regroupingRoutes } from './campaigns/regrouping-routes';
import { canaryRoutes } from './canaries/canary-routes';
import { caseRoutes } from './cases/case-routes';
import { disclosureRoutes } from './disclosures/disclosure-routes';
import { holdRoutes } from './holds/hold-routes';
import { labelRoutes } from './labels/label-routes';
import { ledgerRoutes } from './ledger/ledger-routes';
import { noticeRoutes } from './notices/notice-routes';
import { openQuery, type QueryDependencies } from './query-ports';
import { referralRoutes } from './referrals/referral-routes';
import { siemRoutes } from './siem/siem-routes';
import { sourceRoutes } from './sources/source-routes';
import { statusRoutes } from './status-routes';
import { verificationRoutes } from './verifications/verification-routes';

/** The read side of API v1. */
export function queryRoutes(api: Api, http: HttpPorts, deps: QueryDependencies): void {
  const ports = openQuery(deps);
  accountRoutes(api, http, ports);
  eventRoutes(api, http, ports);
  observedRoutes(api, http, ports);
  keyRoutes(api, http, ports);
  campaignRoutes(api, http, ports);
  pictureRoutes(api, http, ports);
  regroupingRoutes(api, http, ports);
  canaryRoutes(api, http, ports);
  caseRoutes(api, http, ports);
  disclosureRoutes(api, http, ports);
  holdRoutes(api, http, ports);
  labelRoutes(api, http, ports);
  ledgerRoutes(api, http, ports);
  noticeRoutes(api, http, ports);
  referralRoutes(api, http, ports);
  siemRoutes(api, http, ports);
  sourceRoutes(api, http, ports);
  verificationRoutes(api, http, ports);
  statusRoutes(api, http, ports);
}
