import type { Chance } from '../../shared/ports';

/** 32 bits of a text: FNV-1a, finished as MurmurHash3 finishes (both public domain). Not for secrets. */
export const hash32 = (text: string): number => {
  let h = 2_166_136_261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16_777_619);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85eb_ca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** Sixteen hexadecimal digits that look random and always are the same for the same text. */
export const token = (text: string): string =>
  hash32(text).toString(16).padStart(8, '0') + hash32(`${text}~`).toString(16).padStart(8, '0');

/** A log-normal quantity: `median`, and the standard deviation `sigma` of its natural logarithm. */
export type Spread = { median: number; sigma: number };

/**
 * Chance with the distributions the simulator needs. Every account and every group owns dice named after it, so that
 * adding one population leaves the draws of all others as they were.
 */
export class Dice implements Chance {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  /** sfc32 (Chris Doty-Humphrey, PractRand, public domain), started from four hashes of the name. */
  constructor(name: string) {
    this.a = hash32(name);
    this.b = hash32(`${name}/b`);
    this.c = hash32(`${name}/c`);
    for (let i = 0; i < 12; i++) this.next();
  }

  next(): number {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }
  /** An integer in [low, high]. */
  whole(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }
  is(probability: number): boolean {
    return this.next() < probability;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
  /** `count` different entries, in random order (all of them when there are fewer). */
  some<T>(list: readonly T[], count: number): T[] {
    const rest = [...list];
    const taken: T[] = [];
    while (taken.length < count && rest.length > 0) taken.push(rest.splice(this.below(rest.length), 1)[0]!);
    return taken;
  }
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
  lognormal({ median, sigma }: Spread): number {
    return median * Math.exp(sigma * this.normal());
  }
  /** Knuth's product method; above a mean of 60 the normal approximation, which is then off by less than 1 %. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.next(); product > limit; product *= this.next()) count++;
    return count;
  }
  /** Gamma with mean 1 and variance 1/shape (Marsaglia and Tsang, 2000). */
  gamma(shape: number): number {
    if (shape < 1) return (this.gamma(shape + 1) * (shape + 1) * (1 - this.next()) ** (1 / shape)) / shape;
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / shape;
    }
  }
  /** An index, with probability proportional to its weight. */
  weighted(weights: readonly number[]): number {
    let left = this.next() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < weights.length; i++) {
      left -= weights[i]!;
      if (left < 0) return i;
    }
    return weights.length - 1;
  }
  /** A rank in [0, n): rank r is chosen about in proportion to 1/(r + 1). */
  rank(n: number): number {
    return Math.min(n - 1, Math.floor((n + 1) ** this.next()) - 1);
  }
}
