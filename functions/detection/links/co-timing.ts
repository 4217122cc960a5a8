import type { HourCell } from '../../../shared/formats/features';
import type { Profile } from '../profiles/profile';
import type { TimedSample } from '../profiles/timed-sample';

/** Active minutes kept of an account: those with the smallest hashes, so that two accounts keep the same of what they share. */
export const MINUTES = 16;
/** Fewest active minutes from which anything can be said, and fewest in common. */
const ENOUGH = 8;
const FEWEST = 3;
/** People have breaks and meetings in common: chance is taken as this many times what their hours alone would give, and a little more. */
const LIKELIER = 2;
const MORE = 0.02;
/** Two accounts driven by one operator share at least this much of their minutes. */
const TOGETHER = 0.5;
/** A job runs at the same minutes of every hour, like other people's jobs: of minutes in common, this share must be different ones of the hour. */
const APART = 0.6;
const STEP = 5;

/** Murmur3's finalizer, a bijection on 32 bits: what is in common can be read back. */
export function hashOfMinute(minute: number): number {
  let h = minute | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export function minuteOfHash(hash: number): number {
  let h = hash | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7ed1b41d);
  h = Math.imul(h ^ (h >>> 13) ^ (h >>> 26), 0xa5cb9243);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Puts the active minutes of one hour into a sample. */
export function addMinutes(sample: TimedSample, { hour, minutesLow, minutesHigh }: HourCell): void {
  for (let minute = 0; minute < 30; minute++) {
    if ((minutesLow >>> minute) & 1) sample.add(hashOfMinute(hour * 60 + minute), 1, hour);
    if ((minutesHigh >>> minute) & 1) sample.add(hashOfMinute(hour * 60 + minute + 30), 1, hour);
  }
}

/** `shared` of the `of` minutes with the smallest hashes of either. */
type Minutes = { shared: number; of: number };
/** `expected`: the share that their hours alone would give. */
export type CoTiming = Minutes & { expected: number };

/**
 * How far two accounts are active in the same minutes: the Jaccard index of their active minutes, estimated from bottom-k
 * samples (Broder 1997), as SynchroTrap compares actions (Cao et al., CCS 2014), beside what two independent accounts with
 * their hourly counts would have. Undefined with too little to say.
 */
export function coTiming(one: Profile, two: Profile): CoTiming | undefined {
  const minutes = minutesOf(one, two);
  return minutes && { ...minutes, expected: expectedShare(one, two) };
}

/** What co-timing says for one operator (nats, 0 or more): a binomial likelihood ratio over the minutes compared. */
export function coTimingNats(one: Profile, two: Profile): number {
  const minutes = minutesOf(one, two);
  // Most pairs have next to nothing in common: what is expected is asked of the others only.
  if (!minutes || minutes.shared < FEWEST) return 0;
  const { shared, of } = minutes;
  const chance = LIKELIER * expectedShare(one, two) + MORE;
  if (chance >= TOGETHER) return 0;
  return Math.max(0, shared * Math.log(TOGETHER / chance) + (of - shared) * Math.log((1 - TOGETHER) / (1 - chance)));
}

/** The most that co-timing can say for one operator (nats), by active minutes alone: whatever the hours say, chance is not taken lower. */
export function coTimingAtMost(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const minutes = minutesIn(left, right);
  if (!minutes || minutes.shared < FEWEST) return 0;
  const { shared, of } = minutes;
  return Math.max(0, shared * Math.log(TOGETHER / MORE) + (of - shared) * Math.log((1 - TOGETHER) / (1 - MORE)));
}

const minutesOf = (one: Profile, two: Profile): Minutes | undefined => minutesIn(one.minutes.keys, two.minutes.keys);

/** Over the smallest hashes of either, ascending. */
function minutesIn(left: ArrayLike<number>, right: ArrayLike<number>): Minutes | undefined {
  if (left.length < ENOUGH || right.length < ENOUGH) return undefined;
  let common: number[] | undefined;
  let of = 0;
  for (let i = 0, j = 0; of < MINUTES && (i < left.length || j < right.length); of++) {
    const x = i < left.length ? left[i]! : Number.POSITIVE_INFINITY;
    const y = j < right.length ? right[j]! : Number.POSITIVE_INFINITY;
    if (x === y) {
      common ??= [];
      common.push(x);
    }
    if (x <= y) i++;
    if (y <= x) j++;
  }
  if (!common) return { shared: 0, of };
  const shared = common.length;
  return { shared: shared >= FEWEST && scheduled(common.map(minuteOfHash)) ? 0 : shared, of };
}

/** Whether minutes are those of a timetable: few different ones of the hour, or all on one step of five. */
function scheduled(minutes: readonly number[]): boolean {
  const ofHour = new Set(minutes.map((minute) => minute % 60));
  return ofHour.size < APART * minutes.length || new Set(minutes.map((minute) => minute % STEP)).size === 1;
}

/** Jaccard index that independent accounts with these hourly counts would have. */
function expectedShare(one: Profile, two: Profile): number {
  let left = 0;
  let right = 0;
  let both = 0;
  for (let hour = 0; hour < one.hourly.length; hour++) {
    const [x, y] = [Math.min(60, one.hourly[hour]!), Math.min(60, two.hourly[hour]!)];
    left += x;
    right += y;
    both += (x * y) / 60;
  }
  return both / Math.max(1, left + right - both);
}

const PAIRS = 120;

/** Over a fixed sample of pairs of a group: active minutes in common, and how many their hours alone would give. */
export function coTimingOf(profiles: readonly Profile[]): { shared: number; expected: number; pairs: number } {
  const found = { shared: 0, expected: 0, pairs: 0 };
  const most = Math.min(PAIRS, (profiles.length * (profiles.length - 1)) / 2);
  for (let pair = 0; pair < most; pair++) {
    const a = (pair * 37) % profiles.length;
    const b = (a + 1 + ((pair * 53) % (profiles.length - 1))) % profiles.length;
    const timing = coTiming(profiles[a]!, profiles[b]!);
    if (!timing) continue;
    found.shared += timing.shared;
    found.expected += timing.of * timing.expected;
    found.pairs++;
  }
  return found;
}
