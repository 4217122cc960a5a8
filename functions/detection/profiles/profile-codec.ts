import { AccountFacts } from '../../../shared/domain/account';
import { ByteReader, type ByteWriter } from '../../../shared/formats/bytes';
import { SUMS } from '../../../shared/formats/features';
import { type AccountKey, accountKey, hash64, sealedId } from '../../../shared/identity/ids';
import { KeyHabits } from './key-habits';
import { type Half, PROFILE_SAMPLES, Profile, SHOWN_WORDS } from './profile';
import type { TimedSample } from './timed-sample';

/** Raised when a field is added: what an older version wrote is read by the branch for it. */
const VERSION = 2;
/** Without habits: of who never had a second API key, which is nearly everybody. */
const WITHOUT_HABITS = 1;

/** All of a profile, exactly: what goes on from it is what would have gone on without a stop. */
export function writeProfile(out: ByteWriter, profile: Profile): void {
  out.varint(profile.habits ? VERSION : WITHOUT_HABITS);
  out.text(profile.account);
  out.text(profile.sealed);
  out.double(profile.firstSeen);
  const times = [...profile.factTimes].sort(([one], [other]) => (one < other ? -1 : 1));
  out.text(times.length === 0 ? '' : JSON.stringify({ facts: profile.facts, times }));
  out.varint(profile.instruments.size);
  for (const [instrument, at] of profile.instruments) {
    out.text(instrument);
    out.double(at);
  }
  for (const name of PROFILE_SAMPLES) writeSample(out, profile.samples[name]);
  writeSample(out, profile.minutes);
  out.double(profile.firstUse);
  out.double(profile.lastUse);
  for (const value of [profile.gaps.n, profile.gaps.sum, profile.gaps.squares]) out.double(value);
  for (const count of profile.clock) out.varint(count);
  for (const count of [profile.lifetimeTokens.input, profile.lifetimeTokens.output, profile.exchanges, profile.prevented])
    out.varint(count);
  writeHalf(out, profile.current);
  writeHalf(out, profile.previous);
  profile.habits?.encode(out);
}

/** Whose profile it is. Throws on damage. */
export function accountOf(packed: Uint8Array): AccountKey {
  const from = new ByteReader(packed);
  versionOf(from);
  return accountKey(from.text());
}

function versionOf(from: ByteReader): number {
  const version = from.varint();
  if (version !== VERSION && version !== WITHOUT_HABITS) throw new Error(`a profile of version ${version} cannot be read by this code`);
  return version;
}

/** Throws on damage. */
export function readProfile(from: ByteReader): Profile {
  const version = versionOf(from);
  const account = accountKey(from.text());
  const sealed = sealedId(from.text());
  const profile = new Profile(account, sealed, from.double());
  const text = from.text();
  if (text !== '') {
    const { facts, times }: { facts: Record<string, unknown>; times: [string, { at: number; id: string }][] } = JSON.parse(text);
    const parsed = AccountFacts.parse(facts);
    // In the order in which they were told, as they stood.
    for (const name of Object.keys(facts)) if (name in parsed) Object.assign(profile.facts, { [name]: parsed[name as keyof AccountFacts] });
    for (const [name, time] of times) profile.factTimes.set(name, time);
    profile.factsRevision = 1;
  }
  for (let left = from.varint(); left > 0; left--) profile.instruments.set(hash64(from.text()), from.double());
  for (const name of PROFILE_SAMPLES) readSample(from, profile.samples[name]);
  readSample(from, profile.minutes);
  profile.firstUse = from.double();
  profile.lastUse = from.double();
  Object.assign(profile.gaps, { n: from.double(), sum: from.double(), squares: from.double() });
  for (let hour = 0; hour < profile.clock.length; hour++) profile.clock[hour] = from.varint();
  Object.assign(profile.lifetimeTokens, { input: from.varint(), output: from.varint() });
  profile.exchanges = from.varint();
  profile.prevented = from.varint();
  readHalf(from, profile.current);
  readHalf(from, profile.previous);
  if (version === VERSION) {
    profile.habits = new KeyHabits();
    profile.habits.decode(from);
  }
  profile.revision = 1;
  return profile;
}

function writeSample(out: ByteWriter, { keys, counts, first, last }: TimedSample): void {
  out.varint(keys.length);
  for (let i = 0; i < keys.length; i++) {
    out.hash(keys[i]!);
    out.varint(counts[i]!);
    out.varint(last[i]!);
    out.varint(last[i]! - first[i]!);
  }
}

function readSample(from: ByteReader, { keys, counts, first, last }: TimedSample): void {
  const length = from.varint();
  for (let i = 0; i < length; i++) {
    keys.push(from.hash());
    counts.push(from.varint());
    last.push(from.varint());
    first.push(last[i]! - from.varint());
  }
}

function writeHalf(out: ByteWriter, half: Half): void {
  writeSparse(out, half.sums);
  writeSparse(out, half.hourly);
  writeSparse(out, half.stopped);
  for (const words of [half.tasks, half.models, ...SHOWN_WORDS.map((_, which) => half.shown[which])]) {
    out.varint(words?.size ?? 0);
    for (const [word, count] of words ?? []) {
      out.text(word);
      out.varint(count);
    }
  }
  out.varint(half.exchanges);
  out.varint(half.prevented);
}

function readHalf(from: ByteReader, half: Half): void {
  readSparse(from, half.sums, SUMS);
  readSparse(from, half.hourly, half.hourly.length);
  readSparse(from, half.stopped, half.stopped.length);
  for (const words of [half.tasks, half.models]) for (let left = from.varint(); left > 0; left--) words.set(from.text(), from.varint());
  for (let which = 0; which < SHOWN_WORDS.length; which++)
    for (let left = from.varint(); left > 0; left--) half.show(which, from.text(), from.varint());
  half.exchanges = from.varint();
  half.prevented = from.varint();
}

function writeSparse(out: ByteWriter, values: ArrayLike<number>): void {
  let filled = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) filled++;
  out.varint(filled);
  for (let i = 0, last = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    out.varint(i - last);
    out.varint(values[i]!);
    last = i;
  }
}

function readSparse(from: ByteReader, values: Float64Array | Uint16Array, length: number): void {
  for (let left = from.varint(), at = 0; left > 0; left--) {
    at += from.varint();
    if (at >= length) throw new Error('profile: damaged');
    values[at] = from.varint();
  }
}
