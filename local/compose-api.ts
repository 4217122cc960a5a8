import { type AdmissionWorld, admissionRoutes } from '../functions/admission/routes';
import type { Appeals } from '../functions/appeals/appeals';
import { appealRoutes } from '../functions/appeals/routes';
import type { Names } from '../functions/enforcement/api/name-routes';
import { enforcementRoutes } from '../functions/enforcement/api/routes';
import type { Enforcement } from '../functions/enforcement/enforcement';
import { type TaxiiDependencies, taxiiRoutes } from '../functions/exchange/taxii/taxii-routes';
import { type ReceiveWorld, receiveRoutes } from '../functions/ingest/receive/routes';
import type { QueryDependencies } from '../functions/query/query-ports';
import { queryRoutes } from '../functions/query/routes';
import { type Api, type HttpPorts, makeApi } from '../shared/http/api';

export type HandlerPorts = {
  receive: ReceiveWorld;
  admission: AdmissionWorld;
  query: QueryDependencies;
  enforcement: Enforcement;
  appeals: Appeals;
  names: Names;
  exchange: TaxiiDependencies;
};

/** All of API v1 in one process. On AWS each stage serves its own routes behind the same gateway. */
export function composeApi(http: HttpPorts, ports: HandlerPorts): Api {
  const api = makeApi(http);
  receiveRoutes(api, http, ports.receive);
  admissionRoutes(api, http, ports.admission);
  queryRoutes(api, http, ports.query);
  enforcementRoutes(api, http, ports.enforcement, ports.names);
  appealRoutes(api, http, ports.appeals);
  taxiiRoutes(api, http, ports.exchange);
  return api;
}
