import { MINUTE } from '../../shared/domain/time';

/** One at a time judges, or changes what is judged. Longer than a call may take: who is killed holds up the next no longer than this. */
export const LEASE = 'detection';
export const LEASE_FOR = 16 * MINUTE;
