import { AccountFacts } from '../../../shared/domain/account';
import { ByteReader, type ByteWriter } from '../../../shared/formats/bytes';
import { type AccountKey, accountKey, hash64, sealedId } from '../../../shared/identity/ids';
import { readCounts, readSparse, writeCounts, writeSparse } from './counts';
import { KeyHabits } from './key-habits';
import { PROFILE_SAMPLES, Profile } from './profile';
import type { TimedSample } from './timed-sample';

/** Raised when what is written changes. Of an older one checkpoints are built again from what was folded (checkpoints.ts: the format of a head). */
const VERSION = 4;
/** Without habits: of who never had a second API key, which is nearly everybody. */
const WITHOUT_HABITS = 3;

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
  for (const count of [profile.lifetimeTokens.input, profile.lifetimeTokens.output, profile.exchanges, profile.prevented])
    out.varint(count);
  for (const value of [profile.gaps.n, profile.gaps.sum, profile.gaps.squares]) out.double(value);
  writeSparse(out, profile.clock);
  writeSparse(out, profile.hourly);
  writeSparse(out, profile.stopped);
  // The window is read as the sum of its days.
  out.varint(profile.days.length);
  for (const { day, counts } of profile.days) {
    out.varint(day);
    out.raw(counts);
  }
  out.varint(profile.today ? 1 : 0);
  if (profile.today) writeCounts(out, profile.today);
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
  Object.assign(profile.lifetimeTokens, { input: from.varint(), output: from.varint() });
  profile.exchanges = from.varint();
  profile.prevented = from.varint();
  Object.assign(profile.gaps, { n: from.double(), sum: from.double(), squares: from.double() });
  readSparse(from, profile.clock);
  readSparse(from, profile.hourly);
  readSparse(from, profile.stopped);
  for (let left = from.varint(); left > 0; left--) {
    const day = from.varint();
    const counts = Uint8Array.from(from.raw());
    profile.days.push({ day, counts });
    profile.window.add(readCounts(new ByteReader(counts)));
  }
  if (from.varint() === 1) {
    profile.today = readCounts(from);
    profile.window.add(profile.today);
  }
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
