/** Times are milliseconds since the epoch, UTC; ISO text exists only at the edges. */
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

/** The start of the hour that `at` falls into. */
export const hourOf = (at: number): number => at - (((at % HOUR) + HOUR) % HOUR);
/** The start of the UTC day that `at` falls into. */
export const dayOf = (at: number): number => at - (((at % DAY) + DAY) % DAY);
/** `2026-04-22T07` for the hour starting at `hour`: sorts as time does. */
export const hourLabel = (hour: number): string => new Date(hour).toISOString().slice(0, 13);
/** `2026-04-22` for the day starting at `day`. */
export const dayLabel = (day: number): string => new Date(day).toISOString().slice(0, 10);
export const iso = (at: number): string => new Date(at).toISOString();
