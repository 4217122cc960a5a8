import { dayLabel } from '../domain/time';

/** Bytes of a time of the usual form: to the second, or to the nanosecond and with the offset of UTC written out. */
export const SHORTEST = 20;
export const LONGEST = 35;
const HEAD = 11;

/** Of most events the day is that of the event before: its text up to the `T`, and its first millisecond. */
const day = new Uint8Array(HEAD);
let dayStart = 0;

const DAY_FORM = /^\d{4}-\d\d-\d\dT$/;
const COLON = 58;
const POINT = 46;
const Z = 90;
const OFFSET = Buffer.from('+00:00');
/** Digits of a second. */
const FINEST = 9;

/**
 * Milliseconds of a time in UTC written as `2026-04-22T00:00:03.125Z` in the bytes `from` to `to` (not with it), without a Date for
 * each: the fraction may be missing or finer (what is below a millisecond is cut off), `+00:00` may stand for `Z`. `undefined` for
 * any other form, which is then the business of the schema. Agrees with the schema and with Date.parse wherever it answers.
 */
export function instantIn(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (to - from < SHORTEST || to - from > LONGEST || bytes[from + 13] !== COLON || bytes[from + 16] !== COLON) return undefined;
  for (let at = 0; at < HEAD; at++) {
    if (bytes[from + at] === day[at]) continue;
    if (!readDay(bytes, from)) return undefined;
    break;
  }
  const hour = pair(bytes, from + 11);
  const minute = pair(bytes, from + 14);
  const second = pair(bytes, from + 17);
  // A byte that is no digit makes its number NaN, and NaN is below nothing.
  if (!(hour < 24 && minute < 60 && second < 60)) return undefined;
  let at = from + 19;
  let fraction = 0;
  if (bytes[at] === POINT) {
    const first = ++at;
    for (let unit = 100; at < to; at++, unit = unit > 1 ? unit / 10 : 0) {
      const value = digit(bytes, at);
      if (!(value < 10)) break;
      fraction += value * unit;
    }
    if (at === first || at > first + FINEST) return undefined;
  }
  if (!endsInUtc(bytes, at, to)) return undefined;
  return dayStart + ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
}

function endsInUtc(bytes: Uint8Array, at: number, to: number): boolean {
  if (bytes[at] === Z) return at + 1 === to;
  if (at + OFFSET.length !== to) return false;
  for (let place = 0; place < OFFSET.length; place++) if (bytes[at + place] !== OFFSET[place]) return false;
  return true;
}

function digit(bytes: Uint8Array, place: number): number {
  const value = bytes[place]! - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

const pair = (bytes: Uint8Array, place: number): number => digit(bytes, place) * 10 + digit(bytes, place + 1);

function readDay(bytes: Uint8Array, from: number): boolean {
  const head = String.fromCharCode(...bytes.subarray(from, from + HEAD));
  if (!DAY_FORM.test(head)) return false;
  const start = Date.parse(`${head}00:00:00.000Z`);
  // There is no 30 February: some engines take it for 2 March.
  if (Number.isNaN(start) || dayLabel(start) !== head.slice(0, 10)) return false;
  day.set(bytes.subarray(from, from + HEAD));
  dayStart = start;
  return true;
}
