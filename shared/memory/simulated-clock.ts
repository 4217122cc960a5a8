import type { Chance, Clock } from '../ports';

/** A clock that is told the time: event time in replay, whatever a test says. Never goes back. */
export class SimulatedClock implements Clock {
  constructor(private at: number) {}
  now(): number {
    return this.at;
  }
  advanceTo(at: number): void {
    if (at > this.at) this.at = at;
  }
}

/** Uniform numbers from a seed (mulberry32, Tommy Ettinger, public domain): the same seed, the same numbers. */
export class SeededChance implements Chance {
  constructor(private state: number) {}
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
