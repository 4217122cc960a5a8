import type { Api, HttpPorts } from '../../../shared/http/api';
import type { KeyPorts } from '../../../shared/http/producer-keys';
import { eventRoutes } from './event-routes';
import { keyRoutes } from './key-routes';
import type { ReceivePorts } from './receive';

export type ReceiveWorld = ReceivePorts & KeyPorts;

/** Events over HTTP, and the keys that they are sent with. */
export function receiveRoutes(api: Api, http: HttpPorts, deps: ReceiveWorld): void {
  eventRoutes(api, http, deps);
  keyRoutes(api, http, deps);
}
