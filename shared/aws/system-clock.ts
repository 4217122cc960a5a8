import { randomBytes } from 'node:crypto';
import type { Chance, Clock } from '../ports';

export const systemClock: Clock = { now: () => Date.now() };

/** Uniform in [0, 1) with 48 bits from the system's generator: an attacker cannot foresee when containment begins. */
export const systemChance: Chance = { next: () => randomBytes(6).readUIntBE(0, 6) / 281_474_976_710_656 };
