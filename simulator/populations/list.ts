import type { Description } from '../scenarios/description';
import { CUSTOMERS } from './customers';
import { FRAMED } from './framed';
import { MACHINES } from './machines';
import { ONE_DAY } from './one-day';
import { ONE_PAYER } from './one-payer';
import { ONE_TASK } from './one-task';
import { ONE_TOOL } from './one-tool';
import { SHARED_EGRESS } from './shared-egress';
import { THEFT_LOOK_ALIKES } from './theft-look-alikes';

/** Every room of honest populations, in the order of the table in docs/simulator.md. */
export const ROOMS: Readonly<Record<string, readonly Description[]>> = {
  'shared egress': SHARED_EGRESS,
  'one customer, or a known one': CUSTOMERS,
  'one tool': ONE_TOOL,
  'one task': ONE_TASK,
  'one payer': ONE_PAYER,
  'one day': ONE_DAY,
  machines: MACHINES,
  'looks like theft': THEFT_LOOK_ALIKES,
  framed: FRAMED,
};
export const POPULATIONS: readonly Description[] = Object.values(ROOMS).flat();
