import type { AccountFacts } from '../../../shared/domain/account';
import { HOUR } from '../../../shared/domain/time';
import { Features, SAMPLES, SUM, SUMS, type WordMap } from '../../../shared/formats/features';
import type { FactEntry } from '../../../shared/formats/fold-output';
import type { AccountKey, Hash64, SealedId } from '../../../shared/identity/ids';
import { addMinutes, MINUTES } from '../links/co-timing';
import { KeyHabits } from './key-habits';
import { TimedSample } from './timed-sample';

/** Hours in a half window. Sums are kept in two halves, so a window slides without subtracting. */
export const HALF_HOURS = 168;
const MOST_INSTRUMENTS = 16;

export const PROFILE_SAMPLES = ['ips', 'prefixes', 'asns', 'clients', 'systems', 'templates', 'phrases', 'keys'] as const;
/** Words that are shown to people and decide nothing. */
export const SHOWN_WORDS = ['channels', 'languages', 'countries'] as const satisfies readonly WordMap[];
export type ProfileSample = (typeof PROFILE_SAMPLES)[number];

/** Sums of one half window. */
export class Half {
  readonly sums = new Float64Array(SUMS);
  /** Exchanges by hour of the half. */
  readonly hourly = new Uint16Array(HALF_HOURS);
  /** Requests our own action prevented, by hour. */
  readonly stopped = new Uint16Array(HALF_HOURS);
  tasks = new Map<string, number>();
  models = new Map<string, number>();
  /** Exchanges by the words of SHOWN_WORDS: a map each, made when there is one. */
  shown: [channels?: Map<string, number>, languages?: Map<string, number>, countries?: Map<string, number>] = [];
  exchanges = 0;
  prevented = 0;

  show(which: number, word: string, count: number): void {
    let words = this.shown[which];
    if (!words) {
      words = new Map();
      this.shown[which] = words;
    }
    words.set(word, (words.get(word) ?? 0) + count);
  }
}

/** What detection knows of one account over the window: built from fold outputs alone, so it can be built again. */
export class Profile {
  readonly facts: AccountFacts = {};
  /** Instruments paid with, and when we were last told. */
  readonly instruments = new Map<Hash64, number>();
  readonly factTimes = new Map<string, { at: number; id: string }>();
  readonly samples: Record<ProfileSample, TimedSample>;
  /** With which clients it uses its API keys, once it has several. */
  habits: KeyHabits | undefined;
  /** Active minutes, hashed. */
  readonly minutes = new TimedSample(MINUTES);
  /** First and last evidence, ms; Infinity and -Infinity before any. */
  firstUse = Number.POSITIVE_INFINITY;
  lastUse = Number.NEGATIVE_INFINITY;
  /** Gaps between neighbouring exchanges over the window, seconds. */
  gaps = { n: 0, sum: 0, squares: 0, logs: 0, logSquares: 0 };
  /** Exchanges by hour of the day, UTC. */
  readonly clock = new Uint32Array(24);
  /** Lifetime totals. */
  readonly lifetimeTokens = { input: 0, output: 0 };
  exchanges = 0;
  prevented = 0;
  current = new Half();
  previous = new Half();
  /** Raised whenever a fact is another than before. */
  factsRevision = 0;
  /** Raised on every change: caches compare it. */
  revision = 0;

  constructor(
    readonly account: AccountKey,
    readonly sealed: SealedId,
    /** When we first heard of it, ms. */
    readonly firstSeen: number,
  ) {
    this.samples = Object.fromEntries(PROFILE_SAMPLES.map((name) => [name, new TimedSample(SAMPLES[name])])) as Record<
      ProfileSample,
      TimedSample
    >;
  }

  /** When we last heard of it, by use or by what the provider told us, ms. */
  get lastHeard(): number {
    let last = Math.max(this.firstSeen, this.lastUse);
    for (const { at } of this.factTimes.values()) if (at > last) last = at;
    return last;
  }

  /** When the provider says that it was made. */
  get createdAt(): number | undefined {
    return this.facts.createdAt;
  }

  /** When the account was made, as far as we know. */
  get bornAt(): number {
    return this.facts.createdAt ?? this.firstSeen;
  }

  learn(entries: readonly FactEntry[]): void {
    let changed = false;
    for (const { at, id, facts } of entries) {
      for (const [name, value] of Object.entries(facts) as [keyof AccountFacts, unknown][]) {
        const known = this.factTimes.get(name);
        if (name === 'paymentInstrument' && facts.paymentInstrument !== undefined) this.paidWith(facts.paymentInstrument, at);
        if (known && (known.at > at || (known.at === at && known.id >= id))) continue;
        this.factTimes.set(name, { at, id });
        if (this.facts[name] === value) continue;
        Object.assign(this.facts, { [name]: value });
        changed = true;
      }
    }
    if (changed) this.factsRevision++;
    this.revision++;
  }

  /** Keeps the latest few instruments: replacing a card does not cut the tie to those who shared it. */
  private paidWith(instrument: Hash64, at: number): void {
    const last = this.instruments.get(instrument);
    if (last === undefined || at > last) this.instruments.set(instrument, at);
    if (this.instruments.size <= MOST_INSTRUMENTS) return;
    const [oldest] = [...this.instruments].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))[0]!;
    this.instruments.delete(oldest);
  }

  /** Adds one hour. Hours come in order; an hour folded again makes the caller rebuild the state. */
  absorb(hour: Features, halfHour: number): void {
    const half = this.current;
    for (let i = 0; i < SUMS; i++) half.sums[i]! += hour.sums[i]!;
    half.exchanges += hour.exchanges;
    half.prevented += hour.prevented;
    this.exchanges += hour.exchanges;
    this.lifetimeTokens.input += hour.sums[SUM.input]!;
    this.lifetimeTokens.output += hour.sums[SUM.output]!;
    this.prevented += hour.prevented;
    for (const cell of hour.cells) {
      half.stopped[cell.hour - halfHour] = Math.min(65_535, (half.stopped[cell.hour - halfHour] ?? 0) + cell.prevented);
      if (cell.exchanges === 0) continue;
      half.hourly[cell.hour - halfHour] = Math.min(65_535, (half.hourly[cell.hour - halfHour] ?? 0) + cell.exchanges);
      this.clock[cell.hour % 24]! += cell.exchanges;
      addMinutes(this.minutes, cell);
      const start = cell.hour * HOUR;
      if (this.lastUse > 0) this.gap(Math.max(0, Math.round((start + cell.first - this.lastUse) / 1000)));
      if (cell.gaps > 0) this.gapsInside(cell.gaps, cell.gapSum, cell.gapSquares);
      this.firstUse = Math.min(this.firstUse, start + cell.first);
      this.lastUse = Math.max(this.lastUse, start + cell.last);
      this.absorbKeys(hour, cell.hour);
      for (const name of PROFILE_SAMPLES) {
        const from = hour.samples[name];
        const to = this.samples[name];
        for (let i = 0; i < from.keys.length; i++) to.add(from.keys[i]!, from.counts[i]!, cell.hour);
      }
    }
    for (const [task, count] of hour.words.tasks) half.tasks.set(task, (half.tasks.get(task) ?? 0) + count);
    for (const [model, count] of hour.words.models) half.models.set(model, (half.models.get(model) ?? 0) + count);
    for (let which = 0; which < SHOWN_WORDS.length; which++) {
      for (const [word, count] of hour.words[SHOWN_WORDS[which]!]) half.show(which, word, count);
    }
    // What was only prevented is not evidence: nothing that is judged has changed.
    if (hour.exchanges > 0) this.revision++;
  }

  /** Before the hour is in the samples. Made for who has a second key: of ten million accounts a few. */
  private absorbKeys(hour: Features, at: number): void {
    const { keys, clients } = this.samples;
    const now = hour.samples.keys.keys;
    if (!this.habits && now.length < 2 && (now.length === 0 || keys.keys.length === 0 || keys.keys[0] === now[0])) return;
    this.habits ??= new KeyHabits();
    this.habits.absorb(hour, at, keys, clients);
  }

  private gap(seconds: number): void {
    this.gaps.n++;
    this.gaps.sum += seconds;
    this.gaps.squares += seconds * seconds;
  }

  private gapsInside(n: number, sum: number, squares: number): void {
    this.gaps.n += n;
    this.gaps.sum += sum;
    this.gaps.squares += squares;
  }

  /** Moves on to the next half window: gaps and the daily clock are halved, samples forget what is older than the window. */
  roll(oldestHour: number): void {
    this.previous = this.current;
    this.current = new Half();
    for (const name of PROFILE_SAMPLES) this.samples[name].forget(oldestHour);
    this.minutes.forget(oldestHour);
    this.habits?.forget(oldestHour);
    this.gaps = { ...this.gaps, n: this.gaps.n / 2, sum: this.gaps.sum / 2, squares: this.gaps.squares / 2 };
    for (let i = 0; i < 24; i++) this.clock[i] = this.clock[i]! >>> 1;
    this.revision++;
  }

  /** [hour start ms, exchanges, prevented] over the window, oldest first. */
  hours(half: number): [number, number, number][] {
    const hours: [number, number, number][] = [];
    for (const [part, start] of [
      [this.previous, half - HALF_HOURS],
      [this.current, half],
    ] as const) {
      for (let hour = 0; hour < HALF_HOURS; hour++) {
        if (part.hourly[hour] !== 0 || part.stopped[hour] !== 0)
          hours.push([(start + hour) * HOUR, part.hourly[hour]!, part.stopped[hour]!]);
      }
    }
    return hours;
  }

  /** First and last hour with evidence, counted from the window's start, and the exchanges of the window; `undefined` without any. */
  activity(): { first: number; last: number; exchanges: number } | undefined {
    let first = -1;
    let last = -1;
    for (const [part, from] of [
      [this.previous, 0],
      [this.current, HALF_HOURS],
    ] as const) {
      for (let hour = 0; hour < HALF_HOURS; hour++) {
        if (part.hourly[hour] === 0) continue;
        if (first < 0) first = from + hour;
        last = from + hour;
      }
    }
    return first < 0 ? undefined : { first, last, exchanges: this.windowExchanges };
  }

  /** The window as features, for people to read. */
  asFeatures(half: number): Features {
    const features = new Features();
    for (let i = 0; i < SUMS; i++) features.sums[i] = this.sum(i);
    for (const part of [this.previous, this.current]) {
      for (const [task, count] of part.tasks) features.word('tasks', task, count);
      for (const [model, count] of part.models) features.word('models', model, count);
      SHOWN_WORDS.forEach((name, which) => {
        for (const [word, count] of part.shown[which] ?? []) features.word(name, word, count);
      });
    }
    for (const name of PROFILE_SAMPLES) {
      const sample = this.samples[name];
      sample.keys.forEach((key, i) => {
        features.samples[name].add(key, sample.counts[i]!);
      });
    }
    features.cells = this.hours(half).map(([start, exchanges, prevented]) => ({
      hour: start / HOUR,
      exchanges,
      prevented,
      first: -1,
      last: -1,
      gaps: 0,
      gapSum: 0,
      gapSquares: 0,
      minutesLow: 0,
      minutesHigh: 0,
    }));
    return features;
  }

  sum(index: number): number {
    return this.current.sums[index]! + this.previous.sums[index]!;
  }
  /** Evidence exchanges in the window. */
  get windowExchanges(): number {
    return this.current.exchanges + this.previous.exchanges;
  }
}
