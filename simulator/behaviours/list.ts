import type { Description } from '../scenarios/description';
import { ACCOUNTS } from './accounts';
import { CONTENT_AND_TIME } from './content-and-time';
import { NETWORKS_AND_CLIENTS } from './networks-and-clients';
import { NOT_DISTILLING } from './not-distilling';
import { SMALL_AND_HOSTED } from './small-and-hosted';

/** Every room of hostile behaviours, in the order of the table in docs/simulator.md. */
export const BEHAVIOUR_ROOMS: Readonly<Record<string, readonly Description[]>> = {
  'networks, clients and cards': NETWORKS_AND_CLIENTS,
  accounts: ACCOUNTS,
  'content and time': CONTENT_AND_TIME,
  'small, or among others': SMALL_AND_HOSTED,
  'no distillation': NOT_DISTILLING,
};
export const BEHAVIOURS: readonly Description[] = Object.values(BEHAVIOUR_ROOMS).flat();
