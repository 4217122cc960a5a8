import { HOUR } from '../../shared/domain/time';
import type { Dice } from './dice';
import { DAY_FLAT, PARAMETERS } from './parameters';

/** Adds the moments of one hour's requests, in ms after its start, unsorted. `hour` counts from the start of the world. */
export type Rhythm = (hour: number, dice: Dice, into: number[]) => void;

/** The world's clock: `epochHour` is the first hour, in hours since the epoch. */
export const localHour = (epochHour: number, hour: number, zone: number): number => (((epochHour + hour + zone) % 24) + 24) % 24;
/** Saturday or Sunday where the account lives (the epoch began on a Thursday). */
export const isWeekend = (epochHour: number, hour: number, zone: number): boolean =>
  (Math.floor((epochHour + hour + zone) / 24) + 3) % 7 >= 5;

export type Day = { epochHour: number; zone: number; shape: readonly number[]; weekend: number };

/** People: sittings at the hours of their day, on some days more than on others. `perDay` is the mean on a weekday. */
export const sittings = (perDay: number, day: Day): Rhythm => {
  let today = -1;
  let mood = 1;
  return (hour, dice, into) => {
    const date = Math.floor((day.epochHour + hour + day.zone) / 24);
    if (date !== today) {
      today = date;
      mood = dice.gamma(PARAMETERS.mood);
    }
    const mean =
      (perDay / 24) *
      day.shape[localHour(day.epochHour, hour, day.zone)]! *
      (isWeekend(day.epochHour, hour, day.zone) ? day.weekend : 1) *
      mood;
    for (let k = dice.poisson(mean / PARAMETERS.sitting.requests); k > 0; k--) {
      let at = dice.next() * HOUR;
      for (let left = 1 + dice.poisson(PARAMETERS.sitting.requests - 1); left > 0 && at < HOUR; left--) {
        into.push(at);
        at += dice.exponential(PARAMETERS.sitting.gapSeconds * 1_000);
      }
    }
  };
};

/** Programs: a load that follows `day` with bursts. `burst` is the gamma shape of an hour's load (small: bursty). */
export const arrivals =
  (perDay: number, day: Day, burst: number): Rhythm =>
  (hour, dice, into) => {
    const mean =
      (perDay / 24) * day.shape[localHour(day.epochHour, hour, day.zone)]! * (isWeekend(day.epochHour, hour, day.zone) ? day.weekend : 1);
    for (let k = dice.poisson(mean * dice.gamma(burst)); k > 0; k--) into.push(dice.next() * HOUR);
  };

/** A steady `mean(hour)` requests an hour, at random moments. */
export const steady =
  (mean: (hour: number) => number): Rhythm =>
  (hour, dice, into) => {
    for (let k = dice.poisson(mean(hour)); k > 0; k--) into.push(dice.next() * HOUR);
  };

/** Scheduled jobs: `each` requests some seconds after the same minutes of every hour in `hours`. */
export const clockwork =
  (minutes: readonly number[], each: number, hours: (hour: number) => boolean): Rhythm =>
  (hour, dice, into) => {
    if (!hours(hour)) return;
    for (const minute of minutes)
      for (let k = dice.poisson(each); k > 0; k--) into.push(Math.min(HOUR - 1, minute * 60_000 + dice.exponential(6_000)));
  };

/**
 * One worker of a load balancer: a request every `gapHours`, spread by `jitter` (share of the gap; 1 means exponential gaps).
 * `open` says when the balancer hands out work.
 */
export const balanced = (gapHours: number, jitter: number, open: (hour: number) => boolean): Rhythm => {
  let next = -1;
  return (hour, dice, into) => {
    if (next < hour) next = next < 0 ? hour + dice.next() * gapHours : Math.max(next, hour);
    while (next < hour + 1) {
      if (open(hour)) into.push((next - hour) * HOUR);
      next += jitter >= 1 ? dice.exponential(gapHours) : gapHours * dice.between(1 - jitter, 1 + jitter);
    }
  };
};

export const roundTheClock = (epochHour: number): Day => ({ epochHour, zone: 0, shape: DAY_FLAT, weekend: 1 });
