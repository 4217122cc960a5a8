import { HOUR } from '../../shared/domain/time';
import type { Dice } from '../draws/dice';
import { DAY_FLAT, DAY_OFFICE, DAY_PERSON, DAY_SHIFT, dayShape } from '../draws/parameters';
import { arrivals, balanced, type Day, localHour, type Rhythm, sittings } from '../draws/rhythms';
import type { DayShape, Pace } from '../scenarios/description';
import type { World } from '../world';

/** Requests by local hour, mean 1. Stated; the first three are the simulator's own. */
const SHAPES: Readonly<Record<DayShape, readonly number[]>> = {
  office: DAY_OFFICE,
  person: DAY_PERSON,
  shift: DAY_SHIFT,
  flat: DAY_FLAT,
  evening: dayShape([0.8, 0.4, 0.1, 0, 0, 0.1, 0.2, 0.3, 0.3, 0.3, 0.4, 0.4, 0.6, 0.5, 0.4, 0.5, 0.8, 1.2, 1.9, 2.6, 3, 3.1, 2.5, 1.5]),
  night: dayShape([2.4, 2.5, 2.5, 2.3, 1.9, 1.2, 0.4, 0.1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.4, 0.9, 1.5, 2, 2.3]),
  commute: dayShape([0, 0, 0, 0, 0, 0.3, 1.6, 3.2, 2.6, 0.8, 0.3, 0.3, 0.5, 0.4, 0.3, 0.6, 1.6, 3, 2.4, 1, 0.4, 0.3, 0.2, 0.1]),
  school: dayShape([0, 0, 0, 0, 0, 0, 0, 0.3, 2.4, 3, 2.8, 2.6, 1.2, 2.2, 1.8, 0.7, 0.4, 0.4, 0.5, 0.6, 0.5, 0.2, 0, 0]),
};

export type When = {
  /** Zones of the member and of the group, hours from UTC. */
  zones: { own: number; group: number };
  /** The member's turn, and when a use begins and ends; all in hours of the world. */
  turn: number;
  from: number;
  to: number;
};

const dayOf = (world: World, shape: DayShape, zone: number, weekend: number): Day => ({
  epochHour: world.epochHour,
  zone,
  shape: SHAPES[shape],
  weekend,
});

const rhythmOf = (world: World, dice: Dice, pace: Pace, when: When): Rhythm => {
  if ('sit' in pace) {
    const [median, sigma] = pace.perDay;
    return sittings(dice.lognormal({ median, sigma }), dayOf(world, pace.sit, when.zones[pace.zone ?? 'own'], pace.weekend ?? 0.6));
  }
  if ('load' in pace) {
    const [median, sigma] = pace.perDay;
    return arrivals(
      dice.lognormal({ median, sigma }),
      dayOf(world, pace.load, when.zones.own, pace.weekend ?? 0.6),
      pace.burst ?? dice.between(0.3, 1.2),
    );
  }
  if ('even' in pace) return balanced(24 / pace.even, pace.jitter ?? 0.25, () => true);
  if ('clock' in pace) {
    const phase = pace.phase ? dice.below(60) : 0;
    const hours = new Set(pace.hours);
    return (hour, d, into) => {
      if (!hours.has(localHour(world.epochHour, hour, when.zones.group))) return;
      for (const minute of pace.clock)
        for (let k = d.poisson(pace.each); k > 0; k--)
          into.push(Math.min(HOUR - 1, ((minute + phase) % 60) * 60_000 + d.exponential(8_000)));
    };
  }
  return (hour, d, into) => {
    for (const [from, to] of pace.windows) {
      const start = Math.max(hour, when.turn + from);
      const end = Math.min(hour + 1, when.turn + to);
      for (let k = start < end ? d.poisson(pace.perHour * (end - start)) : 0; k > 0; k--)
        into.push(d.between(start - hour, end - hour) * HOUR);
    }
  };
};

/** A use's rhythm between its bounds. */
export const pacing = (world: World, dice: Dice, pace: Pace | readonly Pace[], when: When): Rhythm => {
  const rhythms = (Array.isArray as (x: unknown) => x is readonly Pace[])(pace)
    ? pace.map((one) => rhythmOf(world, dice, one, when))
    : [rhythmOf(world, dice, pace, when)];
  const { from, to } = when;
  return (hour, d, into) => {
    if (hour + 1 <= from || hour >= to) return;
    const before = into.length;
    for (const rhythm of rhythms) rhythm(hour, d, into);
    if (hour >= from && hour + 1 <= to) return;
    const within = into.slice(before).filter((moment) => hour + moment / HOUR >= from && hour + moment / HOUR < to);
    into.length = before;
    into.push(...within);
  };
};
