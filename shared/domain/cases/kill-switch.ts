import { z } from 'zod';

/**
 * armed: actions may be asked for. stopped: none may, by anybody; restoring stays possible. Never set counts as stopped,
 * and when it cannot be read the step that asked fails: it fails closed.
 */
export const KillSwitch = z.object({ kind: z.enum(['armed', 'stopped']) });
export type KillSwitch = z.infer<typeof KillSwitch>;

export const SWITCH_CHAIN = { prefix: 'SWITCH#', state: KillSwitch };
export const THE_SWITCH = 'enforcement';
