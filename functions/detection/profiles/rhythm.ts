import type { Profile } from './profile';

/** Fewest gaps from which a rhythm can be read. */
const ENOUGH = 10;

/**
 * How regularly an account works, as a class: the coefficient of variation of the gaps between exchanges, how flat its
 * day is, and its rate. People come in bursts (CV well above 1) and sleep; a load balancer deals requests out evenly.
 * `undefined` while there is too little to read.
 */
export function rhythmOf(profile: Profile): number | undefined {
  const { n, sum, squares } = profile.gaps;
  if (n < ENOUGH || sum <= 0) return undefined;
  const mean = sum / n;
  const cv = Math.sqrt(Math.max(0, squares / n - mean * mean)) / mean;
  const regular = cv < 0.35 ? 0 : cv < 0.7 ? 1 : cv < 1.25 ? 2 : 3;
  const day = restShare(profile.clock);
  const flat = day === undefined ? 2 : day > 0.2 ? 0 : 1;
  if (regular === 3) return undefined;
  const rate = Math.round(Math.log2(86_400 / mean));
  return 1 + regular * 1000 + flat * 100 + Math.max(0, rate);
}

/** Share of exchanges in the quietest eight hours of the day: a third when flat, near nothing for a person. `undefined` below 24 exchanges. */
export function restShare(clock: ArrayLike<number>): number | undefined {
  let total = 0;
  for (let i = 0; i < 24; i++) total += clock[i]!;
  if (total < 24) return undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let start = 0; start < 24; start++) {
    let sum = 0;
    for (let i = 0; i < 8; i++) sum += clock[(start + i) % 24]!;
    least = Math.min(least, sum);
  }
  return least / total;
}
