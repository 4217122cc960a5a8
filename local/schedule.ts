import { HOUR, MINUTE } from '../shared/domain/time';

/** Events may come ten minutes late before an hour is folded; detection reads what is folded. */
export const FOLD_AFTER = 10 * MINUTE;
export const DETECT_AFTER = 12 * MINUTE;

/** When something is folded or detected next after a time, ms: known before anything happens. */
export const dueAfter = (at: number, detectEvery: number): number =>
  Math.min(next(at, HOUR, FOLD_AFTER), next(at, detectEvery, DETECT_AFTER));

const next = (at: number, every: number, after: number): number => (Math.floor((at - after) / every) + 1) * every + after;
